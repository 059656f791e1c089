//! The state of a damaged data folder, as far as it can be read.

use std::collections::BTreeMap;

use super::{StateError, reader, value, write};
use crate::clock::Clock;
use crate::store::Salvage;

/// The maximum number of records that are left out because they refer to a missing record.
const MAX_LEFT_OUT: usize = 1000;

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
            Ok(value) => records.extend(value.map(|value| (name.to_owned(), value))),
            Err(error) => problems.push(error.to_string()),
        }
    }
    // An import refuses a state whose records refer to a missing record.
    let mut left_out = 0;
    while let Err(error) = reader::read(&records) {
        let is_left_out = match &error.record {
            Some(name) if left_out < MAX_LEFT_OUT => records.remove(name).is_some(),
            _ => false,
        };
        if !is_left_out {
            return Err(error);
        }
        left_out += 1;
        problems.push(format!("left out {error}"));
    }
    Ok((write(Clock::system().mode(), records)?, problems))
}
