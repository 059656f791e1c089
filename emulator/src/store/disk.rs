//! The disk: sled, with workarounds so that it neither hangs nor loses data.
//!
//! One thread does all writing. It applies all waiting batches as one, calls `flush`, then
//! `fdatasync` on sled's file, and then acknowledges them. All of these steps are necessary:
//! `flush_async` of sled 0.34 hangs under concurrency (spacejam/sled#1308), its timer acknowledges
//! before it writes, and its `flush` writes without syncing (spacejam/sled#1351).
//!
//! **Damage.** sled treats a damaged byte of its log as the end of the log: it opens the database
//! with the part before it, and overwrites the part after it, without an error. Therefore each
//! commit has a number, and a separate file has the number of the last acknowledged commit. A
//! database with fewer commits is rejected. Opening can destroy data, so a copy exists while the
//! database is being opened (`backup.rs`).
//!
//! ```text
//! DIR/lock           locked by the process that uses the folder
//! DIR/acknowledged   the number of the last acknowledged commit, 8 bytes, big endian
//! DIR/sled           the database
//! DIR/sled.copy      only while the database is being opened
//! ```

use std::any::Any;
use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use super::backup::Backup;
use super::{Change, Completion, Records, StoreError};
use crate::folder::{private_folder, sync_folder};

/// The format of the store. Each record also has a version of its own format.
const FORMAT: &str = "2";
const FORMAT_RECORD: &str = "meta/format";
/// The number of the last commit. It belongs to the disk, not to the records of the store.
const COMMIT_RECORD: &str = "meta/commit";

/// The folder of the database, in the data folder.
const DATABASE: &str = "sled";

/// The maximum number of batches that wait for the writing thread. Further writers block.
const MAX_WAITING: usize = 1024;
/// The size of sled's page cache in bytes. It is small because reads do not use sled.
const CACHE_CAPACITY: u64 = 16 << 20;

/// An open database and the thread that writes to it.
pub(super) struct Disk {
    commits: Option<SyncSender<Commit>>,
    thread: Option<JoinHandle<()>>,
    /// The first failure. All later writes are rejected.
    failure: Arc<OnceLock<StoreError>>,
}

struct Commit {
    batch: Vec<Change>,
    done: Completion,
}

/// Whether a folder contains a database, of this version or of another.
#[cfg(feature = "cli")]
pub(crate) fn exists(folder: &Path) -> bool {
    folder.join(DATABASE).is_dir()
}

impl Disk {
    /// Opens or creates the database in a folder, and reads all records.
    pub(super) fn open(folder: &Path) -> Result<(Self, Records), StoreError> {
        let folder_error = |error: io::Error| StoreError::folder(folder, error);
        private_folder(folder).map_err(folder_error)?;
        let lock = lock(folder)?;
        let path = folder.join(DATABASE);
        let opens = |path: &Path| Writer::open(folder, path).is_ok();
        let backup = Backup::create(&path, opens).map_err(folder_error)?;
        let opened = Writer::open(folder, &path);
        let (mut writer, mut records) = match opened {
            Ok(opened) => {
                backup.remove().map_err(folder_error)?;
                opened
            }
            Err(error) => {
                backup.restore().map_err(folder_error)?;
                return Err(error);
            }
        };
        // The format, like the number of the commit, belongs to the disk.
        if records.remove(FORMAT_RECORD).is_none() {
            let change = (FORMAT_RECORD.into(), Some(FORMAT.as_bytes().into()));
            writer.write([&change].into_iter()).map_err(folder_error)?;
        }
        // A new file survives a power failure only if its folders are synced, too.
        for folder in [path.as_path(), folder] {
            sync_folder(folder).map_err(folder_error)?;
        }

        let failure = Arc::new(OnceLock::new());
        let (commits, waiting) = sync_channel(MAX_WAITING);
        let thread = std::thread::Builder::new()
            .name("kms-store".to_owned())
            .spawn({
                let failure = Arc::clone(&failure);
                move || {
                    writer.run(&waiting, &failure);
                    drop(writer);
                    drop(lock);
                }
            });
        let thread = Some(thread.map_err(folder_error)?);
        Ok((
            Self {
                commits: Some(commits),
                thread,
                failure,
            },
            records,
        ))
    }

    /// Fails if an earlier write failed.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        match self.failure.get() {
            Some(failure) => Err(failure.clone()),
            None => Ok(()),
        }
    }

    /// Hands a batch to the writing thread. Batches are written in the order of these calls.
    pub(super) fn write(&self, batch: Vec<Change>, done: Completion) -> Result<(), StoreError> {
        let commits = self.commits.as_ref().ok_or(StoreError::WriterStopped)?;
        commits
            .send(Commit { batch, done })
            .map_err(|_| StoreError::WriterStopped)
    }
}

/// Waits until all batches are written.
impl Drop for Disk {
    fn drop(&mut self) {
        self.commits = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that writes to the data folder panicked");
        }
    }
}

struct Writer {
    database: sled::Db,
    /// sled's file, to sync it.
    file: File,
    /// `DIR/acknowledged`.
    acknowledged: File,
    /// The number of the last commit.
    commit: u64,
}

impl Writer {
    /// Opens the database and reads all records. Converts panics of sled to errors.
    fn open(folder: &Path, path: &Path) -> Result<(Self, Records), StoreError> {
        let open = || {
            let (database, mut records) = read(folder, path)?;
            let folder_error = |error: io::Error| StoreError::folder(folder, error);
            let file = File::open(path.join("db")).map_err(folder_error)?;
            let mut options = File::options();
            let options = options.read(true).write(true).create(true).truncate(false);
            let mut acknowledged = options
                .open(folder.join("acknowledged"))
                .map_err(folder_error)?;

            let commit = records
                .remove(COMMIT_RECORD)
                .map_or(0, |number| parse(&number));
            let mut number = Vec::new();
            acknowledged
                .read_to_end(&mut number)
                .map_err(folder_error)?;
            let missing = parse(&number).saturating_sub(commit);
            if missing > 0 {
                let cause = format!("the last {missing} acknowledged writes are missing");
                return Err(StoreError::damaged(folder, cause));
            }
            Ok((
                Self {
                    database,
                    file,
                    acknowledged,
                    commit,
                },
                records,
            ))
        };
        guarded(open).unwrap_or_else(|panic| Err(StoreError::damaged(folder, panic)))
    }

    fn run(&mut self, waiting: &Receiver<Commit>, failure: &OnceLock<StoreError>) {
        while let Ok(first) = waiting.recv() {
            let mut commits = vec![first];
            commits.extend(waiting.try_iter().take(MAX_WAITING));
            let result = match failure.get() {
                Some(failure) => Err(failure.clone()),
                None => self.commit(&commits).inspect_err(|error| {
                    tracing::error!("{error}");
                    let _ = failure.set(error.clone());
                }),
            };
            for Commit { done, .. } in commits {
                done.send(result.clone());
            }
        }
    }

    fn commit(&mut self, commits: &[Commit]) -> Result<(), StoreError> {
        let changes = commits.iter().flat_map(|commit| &commit.batch);
        guarded(|| self.write(changes).map_err(StoreError::write))
            .unwrap_or_else(|panic| Err(StoreError::write(panic)))
    }

    fn write<'c>(&mut self, changes: impl Iterator<Item = &'c Change>) -> Result<(), io::Error> {
        let mut batch = sled::Batch::default();
        for (name, bytes) in changes {
            match bytes {
                Some(bytes) => batch.insert(name.as_bytes(), bytes.as_ref()),
                None => batch.remove(name.as_bytes()),
            }
        }
        let commit = (self.commit + 1).to_be_bytes();
        batch.insert(COMMIT_RECORD.as_bytes(), &commit);
        self.database.apply_batch(batch)?;
        self.database.flush()?;
        self.file.sync_data()?;
        self.commit += 1;
        // Not synced: a lower number after a power failure only weakens the check.
        self.acknowledged.rewind()?;
        self.acknowledged.write_all(&commit)
    }
}

/// Reads all records, and checks the format.
fn read(folder: &Path, path: &Path) -> Result<(sled::Db, Records), StoreError> {
    let damaged = |error: sled::Error| match error {
        sled::Error::Io(error) => StoreError::folder(folder, error),
        other => StoreError::damaged(folder, other),
    };
    let foreign = || StoreError::Foreign {
        folder: folder.to_owned(),
    };
    private_folder(path).map_err(|error| damaged(error.into()))?;
    let config = sled::Config::new()
        .path(path)
        .cache_capacity(CACHE_CAPACITY)
        .flush_every_ms(None);
    let database = config.open().map_err(damaged)?;

    let mut records = Vec::new();
    for entry in database.iter() {
        let (name, bytes) = entry.map_err(damaged)?;
        let name = str::from_utf8(&name).map_err(|_| foreign())?;
        records.push((name.into(), bytes.as_ref().into()));
    }
    // The records are sorted, so building the map is fast.
    let records: Records = records.into_iter().collect();
    match records.get(FORMAT_RECORD) {
        Some(format) if format.as_ref() == FORMAT.as_bytes() => {}
        Some(format) => {
            let format = String::from_utf8_lossy(format).into_owned();
            return Err(StoreError::OtherFormat {
                folder: folder.to_owned(),
                format,
            });
        }
        None if records.is_empty() && database.tree_names().len() == 1 => {}
        None => return Err(foreign()),
    }
    Ok((database, records))
}

/// The number of a commit; 0 if it is malformed.
fn parse(number: &[u8]) -> u64 {
    number.try_into().map_or(0, u64::from_be_bytes)
}

/// Locks the folder for one process. sled has its own lock, but its error cannot be distinguished
/// from other errors.
fn lock(folder: &Path) -> Result<File, StoreError> {
    let folder_error = |error: io::Error| StoreError::folder(folder, error);
    let mut options = File::options();
    let file = options
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join("lock"));
    let file = file.map_err(folder_error)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse {
            folder: folder.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(folder_error(error)),
    }
}

/// Catches panics. sled panics on some damage instead of returning an error.
fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|panic| panic_message(panic.as_ref()))
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("the database library panicked").to_owned()
}
