//! The state of a damaged data folder, as far as it can be read.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use serde_json::value::to_raw_value;

use super::pieces::value;
use super::{FORMAT, StateError, VERSION, import};
use crate::clock::{Clock, Mode};
use crate::store::Salvage;

/// The maximum number of records that are left out because they refer to a missing record.
const MAX_LEFT_OUT: usize = 1000;

#[derive(Serialize)]
struct Document<'r> {
    format: &'static str,
    version: u32,
    clock: Mode,
    records: &'r BTreeMap<String, Value>,
}

/// The text of a state file that can be imported, and one sentence for each problem.
///
/// # Errors
///
/// Nothing that is left can be imported.
pub(crate) fn export(salvage: Salvage) -> Result<(String, Vec<String>), StateError> {
    let Salvage {
        records: stored,
        mut problems,
    } = salvage;
    let mut records = BTreeMap::new();
    for (name, bytes) in stored.iter() {
        match value(name, bytes) {
            Ok(None) => {}
            Ok(Some(value)) => drop(records.insert(name.to_owned(), value)),
            Err(error) => problems.push(error.to_string()),
        }
    }
    // An import refuses a state whose records refer to a missing record.
    let mut left_out = 0;
    while let Err(error) = check(&records) {
        let is_left_out = match &error.record {
            Some(name) if left_out < MAX_LEFT_OUT => leave_out(&mut records, name),
            _ => false,
        };
        if !is_left_out {
            return Err(error);
        }
        left_out += 1;
        problems.push(format!("left out {error}"));
    }
    let document = Document {
        format: FORMAT,
        version: VERSION,
        clock: Clock::system().mode(),
        records: &records,
    };
    let text = serde_json::to_string_pretty(&document).map_err(StateError::unwritable)?;
    Ok((text + "\n", problems))
}

/// Removes an invalid record. If it is the material of a key, and missing, removes the key.
fn leave_out(records: &mut BTreeMap<String, Value>, name: &str) -> bool {
    let is_removed = records.remove(name).is_some();
    let key = name
        .strip_prefix("material/")
        .and_then(|path| path.rsplit_once('/'));
    is_removed || key.is_some_and(|(key, _)| records.remove(&format!("key/{key}")).is_some())
}

/// Reads the records as an import does.
fn check(records: &BTreeMap<String, Value>) -> Result<(), StateError> {
    let mut texts = BTreeMap::new();
    for (name, value) in records {
        let text = to_raw_value(value).map_err(StateError::unwritable)?;
        texts.insert(name.clone(), text);
    }
    let texts = texts.iter();
    let texts = texts.map(|(name, text)| (name.clone(), text.as_ref()));
    import::import(&texts.collect())?;
    Ok(())
}
