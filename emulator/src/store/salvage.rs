//! What can be read of a damaged data folder.

use std::fs::{DirBuilder, remove_dir_all};
use std::io;
use std::path::{Path, PathBuf};

use super::backup::{Backup, copy_folder};
use super::content::{COMMIT_ENTRY, EARLIER_FORMAT, FORMAT_ENTRY, Last};
use super::database::{self, DATABASE, Database};
use super::disk::lock;
use super::guard::guarded;
use super::pieces::{self, Joined};
use super::recent::{self, Commit};
use super::writer::missing_writes;
use super::{Name, Records, Snapshot, StoreError, acknowledged, log};

/// What can be read, and what cannot.
pub(crate) struct Salvage {
    pub(crate) records: Snapshot,
    /// One sentence for each problem.
    pub(crate) problems: Vec<String>,
}

/// Reads what can be read of the database in a folder. Works on a copy, and changes nothing in the folder.
///
/// # Errors
///
/// The folder is in use, or cannot be copied.
pub(crate) fn salvage(folder: &Path) -> Result<Salvage, StoreError> {
    let folder_error = |error: io::Error| StoreError::folder(folder, error);
    let _lock = lock(folder)?;
    let original = Backup::new(&folder.join(DATABASE)).current();
    let acknowledged = acknowledged::read(folder).map_err(folder_error)?;
    let recent = recent::read(folder).map_err(folder_error)?;
    // With corrected checksums, more can be read, unless sled cannot read the damaged part at all.
    let mut best = None;
    for is_mended in [true, false] {
        let attempt = read(&original, is_mended, acknowledged, &recent).map_err(folder_error)?;
        if best
            .as_ref()
            .is_none_or(|best: &Salvage| best.records.0.len() < attempt.records.0.len())
        {
            best = Some(attempt);
        }
    }
    best.ok_or(StoreError::WriterStopped)
}

fn read(
    original: &Path,
    is_mended: bool,
    acknowledged: Option<u64>,
    recent: &[Commit],
) -> io::Result<Salvage> {
    let copy = Scratch::new()?;
    let path = copy.0.join(DATABASE);
    copy_folder(original, &path)?;
    if is_mended {
        let file = database::file(&path);
        let mut bytes = std::fs::read(&file)?;
        let segment_size = database::segment_size(&mut std::fs::File::open(&file)?)?;
        log::mend(&mut bytes, segment_size as usize);
        std::fs::write(&file, bytes)?;
    }
    let mut entries = Vec::new();
    let mut problems = Vec::new();
    // The entries before a panic are kept.
    let read = guarded(|| {
        for entry in Database::open(&path)?.entries() {
            entries.push(entry?);
        }
        Ok::<_, sled::Error>(())
    });
    let failure = match read {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(panic) => Some(panic.to_string()),
    };
    problems.extend(
        failure.map(|failure| format!("the rest of the database cannot be read: {failure}")),
    );

    let own = |key: &[u8]| {
        let entry = entries.iter().find(|(other, _)| other.as_ref() == key);
        entry.map(|(_, value)| value.clone())
    };
    let is_earlier = own(FORMAT_ENTRY).is_some_and(|format| format == EARLIER_FORMAT);
    let last = own(COMMIT_ENTRY).and_then(|last| Last::read(&last));
    entries.retain(|(key, _)| key != FORMAT_ENTRY && key != COMMIT_ENTRY);
    let mut records: Records = if is_earlier {
        let named = entries.into_iter().filter_map(|(name, bytes)| {
            Some((str::from_utf8(&name).ok()?.into(), bytes.as_ref().into()))
        });
        named.collect()
    } else {
        let joined = pieces::join(entries.into_iter().map(Ok::<_, std::convert::Infallible>));
        let Ok(Joined {
            records,
            sum,
            unreadable,
        }) = joined;
        problems.extend(
            unreadable
                .iter()
                .map(|name| format!("the record {name} cannot be read")),
        );
        if unreadable.is_empty() && last.is_some_and(|last| last.sum != sum) {
            problems.push("some records are missing or out of date".to_owned());
        }
        records
    };
    if let Some(last) = last {
        let mut missing = 0;
        let mut number = last.number;
        for commit in recent.iter().filter(|commit| commit.number > last.number) {
            missing += commit.number - number - 1;
            number = commit.number;
        }
        missing += acknowledged.unwrap_or(0).saturating_sub(number);
        if missing > 0 {
            problems.push(missing_writes(missing));
        }
    } else {
        problems.push("the number of missing writes is not known".to_owned());
    }
    for commit in recent {
        if last.is_none_or(|last| commit.number > last.number) {
            for (name, bytes) in &commit.changes {
                records.set(Name::clone(name), bytes.clone());
            }
        }
    }
    Ok(Salvage {
        records: Snapshot(records),
        problems,
    })
}

/// A private folder for the copy, removed on drop.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> io::Result<Self> {
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let mut number = 0;
        loop {
            let name = format!("kms-emulator-{}-{number}", std::process::id());
            let path = std::env::temp_dir().join(name);
            match builder.create(&path) {
                Ok(()) => return Ok(Self(path)),
                // Another program may have a folder with that name.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1000 => {
                    number += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = remove_dir_all(&self.0) {
            tracing::warn!("cannot remove {}: {error}", self.0.display());
        }
    }
}
