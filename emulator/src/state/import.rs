//! Reads all records of a state file.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::reader::Reader;
use super::{KINDS, StateError, materials};
use crate::kms::Kms;
use crate::store;

/// Reads records, and builds their indices in a scratch KMS.
pub(super) fn import(records: &BTreeMap<String, &RawValue>) -> Result<store::Snapshot, StateError> {
    for name in records.keys() {
        if !KINDS.contains(&name.split('/').next().unwrap_or_default()) {
            return Err(StateError::in_record(name, "unknown kind of record"));
        }
    }
    let scratch = Kms::builder()
        .build_temporary()
        .map_err(StateError::scratch)?;
    let mut reader = Reader::new(&scratch.services, records);
    for kind in KINDS {
        let prefix = format!("{kind}/");
        let of_kind = records.range(prefix.clone()..);
        let of_kind = of_kind.take_while(|(name, _)| name.starts_with(&prefix));
        if kind == materials::KIND {
            materials::import(&reader, &of_kind.collect::<Vec<_>>())?;
            continue;
        }
        for (name, value) in of_kind {
            let path = name.strip_prefix(&prefix).unwrap_or_default();
            reader
                .import(kind, path, value)
                .map_err(|message| StateError::in_record(name, &message))?;
        }
    }
    if let Some(name) = reader.missing() {
        return Err(StateError::in_record(&name, "missing"));
    }
    Ok(scratch.snapshot().records().clone())
}
