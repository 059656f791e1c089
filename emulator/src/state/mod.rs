//! The state as one readable file: all records and the clock.
//!
//! ```json
//! {
//!   "format": "simulated-kms-state",
//!   "version": 1,
//!   "clock": {"ahead": 604800000},
//!   "records": {
//!     "alias/000000000000/us-east-1/alias/orders": {"target": "1234abcd-…", …},
//!     "key/000000000000/us-east-1/1234abcd-…": {"spec": "SYMMETRIC_DEFAULT", …},
//!     "material/000000000000/us-east-1/1234abcd-…/0": {"secret": "…"},
//!     …
//!   }
//! }
//! ```
//!
//! The file has the records of the store without its indices, which an import rebuilds. A record
//! name starts with the kind of the record. An import decodes each record and each secret, so an
//! invalid file is rejected without a change. The file contains secrets, like the data folder.

mod import;
mod materials;
mod pieces;
#[cfg(feature = "cli")]
pub(crate) mod readable;
mod reader;

use std::collections::BTreeMap;
use std::error::Error as StdError;

use serde::Deserialize;
use serde_json::value::RawValue;

use pieces::Pieces;

use crate::clock::Mode;
use crate::kms::{BuildError, Kms};
use crate::store::StoreError;

const FORMAT: &str = "simulated-kms-state";
const VERSION: u32 = 1;

/// The kind of the records of scheduled changes.
const SCHEDULED: &str = "agenda";

/// Kinds of records, in the order in which an import reads them: a record comes after the records
/// that it refers to. All other kinds are indices.
const KINDS: [&str; 12] = [
    "meta",
    "account",
    "managed-policy",
    "principal",
    "identity",
    "custom-key-store",
    "key",
    "material",
    "alias",
    "grant",
    "last-use",
    SCHEDULED,
];

/// The text of each record is parsed when the record is read: parsed JSON needs several times the
/// memory of its text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StateFile<'t> {
    format: String,
    version: u32,
    clock: Mode,
    #[serde(borrow)]
    records: BTreeMap<String, &'t RawValue>,
}

/// The reason why a state cannot be exported or imported. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StateError {
    message: String,
    /// The name of the invalid record.
    record: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl StateError {
    fn new(message: String) -> Self {
        Self {
            message,
            record: None,
            source: None,
        }
    }

    /// The scratch KMS of an import cannot be built.
    fn scratch(error: BuildError) -> Self {
        Self {
            message: error.to_string(),
            record: None,
            source: Some(error.into()),
        }
    }

    fn unwritable(error: serde_json::Error) -> Self {
        Self {
            message: format!("cannot write the state: {error}"),
            record: None,
            source: Some(error.into()),
        }
    }

    /// The record with that name is invalid.
    fn in_record(name: &str, message: &str) -> Self {
        Self {
            record: Some(name.to_owned()),
            ..Self::new(format!("records.{name}: {message}"))
        }
    }
}

impl From<StoreError> for StateError {
    fn from(error: StoreError) -> Self {
        Self {
            message: error.to_string(),
            record: None,
            source: Some(error.into()),
        }
    }
}

impl Kms {
    /// Exports the state as the text of a file.
    ///
    /// # Errors
    ///
    /// A record is damaged.
    pub fn export(&self) -> Result<String, StateError> {
        self.export_pieces()?.collect()
    }

    /// Exports the state as pieces of the text, each made when it is needed.
    ///
    /// # Errors
    ///
    /// A record is damaged.
    pub(crate) fn export_pieces(&self) -> Result<Pieces, StateError> {
        Pieces::new(self.snapshot())
    }

    /// Replaces the state by the state in a file. Deletes events, and keeps faults.
    ///
    /// # Errors
    ///
    /// The file is not a valid state; then nothing changes.
    pub fn import(&self, text: &str) -> Result<(), StateError> {
        let file = serde_json::from_str(text);
        let file: StateFile<'_> = file.map_err(|error| StateError {
            message: format!("not a state file: {error}"),
            record: None,
            source: Some(error.into()),
        })?;
        if file.format != FORMAT || file.version != VERSION {
            let StateFile {
                format, version, ..
            } = file;
            return Err(StateError::new(format!(
                "expected format {FORMAT}, version {VERSION}; found format {format}, version {version}"
            )));
        }
        let records = import::import(&file.records)?;
        self.replace(&records, file.clock)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
