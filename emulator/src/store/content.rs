//! What a database contains: its format, the last commit, and the records.

use std::path::Path;

use super::database::{Database, FORMAT};
use super::pieces::{self, Joined};
use super::{Records, StoreError};

/// Format 2 has one entry of sled for each record, of any size, and no sum.
pub(super) const EARLIER_FORMAT: &str = "2";
pub(super) const FORMAT_ENTRY: &[u8] = b"meta/format";
/// The number of the last commit, and the sum over all records, 8 bytes each, big endian.
pub(super) const COMMIT_ENTRY: &[u8] = b"meta/commit";

/// The last commit.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) struct Last {
    pub(super) number: u64,
    pub(super) sum: u64,
}

impl Last {
    pub(super) fn to_bytes(self) -> Vec<u8> {
        [self.number.to_be_bytes(), self.sum.to_be_bytes()].concat()
    }

    /// The sum is 0 in format 2.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (number, sum) = bytes.split_first_chunk()?;
        let number = u64::from_be_bytes(*number);
        let sum = sum.first_chunk().map_or(0, |sum| u64::from_be_bytes(*sum));
        Some(Self { number, sum })
    }
}

/// What a database contains.
pub(super) struct Content {
    pub(super) database: Database,
    pub(super) records: Records,
    pub(super) format: Format,
    pub(super) last: Last,
}

/// The format of a database.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Format {
    /// Nothing was ever stored. The first commit gives it the current format.
    None,
    Earlier,
    Current,
}

impl Content {
    /// Opens a database, reads all records, and checks its format and its sum. `known` gives the records of the
    /// last commit, if they were read from another file.
    pub(super) fn read(
        folder: &Path,
        path: &Path,
        known: impl FnOnce(Last) -> Option<Records>,
    ) -> Result<Self, StoreError> {
        let damaged = |error: sled::Error| match error {
            sled::Error::Io(error) => StoreError::folder(folder, error),
            other => StoreError::damaged(folder, other),
        };
        let foreign = || StoreError::Foreign {
            folder: folder.to_owned(),
        };
        let database = Database::open(path).map_err(damaged)?;
        let format = database.get(FORMAT_ENTRY).map_err(damaged)?;
        let last = database.get(COMMIT_ENTRY).map_err(damaged)?;
        let last = last.and_then(|last| Last::read(&last)).unwrap_or_default();
        let ours = [FORMAT_ENTRY, COMMIT_ENTRY];
        let entries = database.entries().filter(|entry| {
            !entry
                .as_ref()
                .is_ok_and(|(key, _)| ours.contains(&key.as_ref()))
        });
        let (records, format) = match format.as_deref().map(str::from_utf8) {
            None if database.is_new() => (Records::default(), Format::None),
            None | Some(Err(_)) => return Err(foreign()),
            Some(Ok(FORMAT)) => {
                let records = match known(last) {
                    Some(records) => records,
                    None => checked(folder, pieces::join(entries).map_err(damaged)?, last)?,
                };
                (records, Format::Current)
            }
            Some(Ok(EARLIER_FORMAT)) => {
                let mut records = Vec::new();
                for entry in entries {
                    let (name, bytes) = entry.map_err(damaged)?;
                    let name = str::from_utf8(&name).map_err(|_| foreign())?;
                    records.push((name.into(), bytes.as_ref().into()));
                }
                (records.into_iter().collect(), Format::Earlier)
            }
            Some(Ok(format)) => {
                return Err(StoreError::OtherFormat {
                    folder: folder.to_owned(),
                    format: format.to_owned(),
                });
            }
        };
        Ok(Self {
            database,
            records,
            format,
            last,
        })
    }
}

/// The records of a database, if they are those of its last commit.
fn checked(folder: &Path, joined: Joined, last: Last) -> Result<Records, StoreError> {
    if let Some(name) = joined.unreadable.first() {
        return Err(StoreError::damaged(
            folder,
            format!("the record {name} cannot be read"),
        ));
    }
    if joined.sum != last.sum {
        return Err(StoreError::damaged(
            folder,
            "records are missing or out of date",
        ));
    }
    Ok(joined.records)
}
