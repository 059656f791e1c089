//! The disk: sled, used in the one narrow way that neither hangs nor loses anything.
//!
//! One thread owns all writing. It gathers the batches that wait, applies them as one, calls
//! `flush` and then `fdatasync` on sled's file itself, and only then answers. All three are
//! needed: `flush_async` of sled 0.34 hangs under concurrency (spacejam/sled#1308), its timer
//! acknowledges before anything is written, and its `flush` writes without syncing
//! (spacejam/sled#1351).
//!
//! **Damage.** sled takes any damaged byte of its log for the end of it: it opens with what came
//! before and overwrites what comes after, without a word. So every commit carries a number, the
//! last acknowledged one stands in a file of its own, and a database that has fewer is refused.
//! As opening is what destroys, it happens only while a copy lies beside (`backup.rs`).
//!
//! ```text
//! DIR/lock           held by the process that has the folder open
//! DIR/acknowledged   the number of the last acknowledged commit, 8 bytes, big endian
//! DIR/sled           the database
//! DIR/sled.backup    only while the database is being opened
//! ```

use std::any::Any;
use std::fs::{DirBuilder, File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use super::backup::Backup;
use super::{Change, Receipt, Records, StoreError};

/// The format of the whole store; each record has a version of its own besides.
const FORMAT: &str = "2";
const FORMAT_RECORD: &str = "meta/format";
/// The number of the commit that wrote last: the disk's own, not one of the store's records.
const COMMIT_RECORD: &str = "meta/commit";

/// The folder of the database, in the data folder.
const DATABASE: &str = "sled";

/// Batches that may wait for the writing thread; those beyond hold up their writers.
const WAITING: usize = 1024;
/// sled's page cache. Reads do not come here, so it need not be large.
const CACHE: u64 = 16 << 20;

/// An open database and the thread that writes to it.
pub(super) struct Disk {
    commits: Option<SyncSender<Commit>>,
    thread: Option<JoinHandle<()>>,
    /// The first failure; after it, nothing is written.
    failure: Arc<OnceLock<StoreError>>,
}

struct Commit {
    batch: Vec<Change>,
    done: oneshot::Sender<Result<(), StoreError>>,
}

/// Whether a folder holds a database, of this version or of another.
#[cfg(feature = "cli")]
pub(crate) fn exists(folder: &Path) -> bool {
    folder.join(DATABASE).is_dir()
}

impl Disk {
    /// Opens or makes the database in a folder, and reads all of it.
    pub(super) fn open(folder: &Path) -> Result<(Self, Records), StoreError> {
        let cannot = |error: io::Error| StoreError::Folder {
            folder: folder.to_owned(),
            cause: error.to_string(),
        };
        private_folder(folder).map_err(cannot)?;
        let lock = lock(folder)?;
        let path = folder.join(DATABASE);
        let backup = Backup::make(&path).map_err(cannot)?;
        let opened = Writer::open(folder, &path);
        let (mut writer, mut records) = match opened {
            Ok(opened) => {
                backup.remove().map_err(cannot)?;
                opened
            }
            Err(error) => {
                backup.restore().map_err(cannot)?;
                return Err(error);
            }
        };
        // Like the commit's number, the format is the disk's own affair.
        if records.remove(FORMAT_RECORD).is_none() {
            let change = (FORMAT_RECORD.into(), Some(FORMAT.as_bytes().into()));
            writer
                .write([&change].into_iter())
                .map_err(|error| cannot(io::Error::other(error)))?;
        }
        // A new file is found again after a power cut only if its folders are on the disk too.
        for folder in [path.as_path(), folder] {
            sync_folder(folder).map_err(cannot)?;
        }

        let failure = Arc::new(OnceLock::new());
        let (commits, waiting) = sync_channel(WAITING);
        let thread = std::thread::Builder::new()
            .name("kms-store".to_owned())
            .spawn({
                let failure = Arc::clone(&failure);
                move || {
                    writer.run(&waiting, &failure);
                    drop(writer);
                    drop(lock); // only now may another process open the folder
                }
            });
        let thread = Some(thread.map_err(cannot)?);
        Ok((
            Self {
                commits: Some(commits),
                thread,
                failure,
            },
            records,
        ))
    }

    /// Refuses, if an earlier write failed.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        match self.failure.get() {
            Some(failure) => Err(failure.clone()),
            None => Ok(()),
        }
    }

    /// Hands a batch to the writing thread. Batches are written in the order of these calls.
    pub(super) fn write(&self, batch: Vec<Change>) -> Result<Receipt, StoreError> {
        let (done, receipt) = oneshot::channel();
        let commits = self.commits.as_ref().ok_or(StoreError::WriterGone)?;
        commits
            .send(Commit { batch, done })
            .map_err(|_| StoreError::WriterGone)?;
        Ok(Receipt(Some(receipt)))
    }
}

/// Waits until everything handed over is written.
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
    /// Opens the database and reads all records. Panics of sled, which it has for some damage,
    /// are errors here.
    fn open(folder: &Path, path: &Path) -> Result<(Self, Records), StoreError> {
        let open = || {
            let (database, mut records) = read(folder, path)?;
            let cannot = |error: io::Error| StoreError::Folder {
                folder: folder.to_owned(),
                cause: error.to_string(),
            };
            let file = File::open(path.join("db")).map_err(cannot)?;
            let mut options = File::options();
            let options = options.read(true).write(true).create(true).truncate(false);
            let mut acknowledged = options.open(folder.join("acknowledged")).map_err(cannot)?;

            let commit = records
                .remove(COMMIT_RECORD)
                .map_or(0, |number| parse(&number));
            let mut number = Vec::new();
            acknowledged.read_to_end(&mut number).map_err(cannot)?;
            let missing = parse(&number).saturating_sub(commit);
            if missing > 0 {
                let cause = format!("the last {missing} acknowledged writes are missing");
                return Err(StoreError::Damaged {
                    folder: folder.to_owned(),
                    cause,
                });
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
        guarded(open).unwrap_or_else(|panic| {
            Err(StoreError::Damaged {
                folder: folder.to_owned(),
                cause: panic,
            })
        })
    }

    fn run(&mut self, waiting: &Receiver<Commit>, failure: &OnceLock<StoreError>) {
        while let Ok(first) = waiting.recv() {
            let mut commits = vec![first];
            commits.extend(waiting.try_iter().take(WAITING));
            let result = match failure.get() {
                Some(failure) => Err(failure.clone()),
                None => self.commit(&commits).inspect_err(|error| {
                    tracing::error!("{error}");
                    let _ = failure.set(error.clone());
                }),
            };
            for Commit { done, .. } in commits {
                // A client that went away in the meantime has nobody to tell.
                let _ = done.send(result.clone());
            }
        }
    }

    fn commit(&mut self, commits: &[Commit]) -> Result<(), StoreError> {
        let changes = commits.iter().flat_map(|commit| &commit.batch);
        let written = guarded(|| self.write(changes)).unwrap_or_else(Err);
        written.map_err(|cause| StoreError::Write { cause })
    }

    fn write<'c>(&mut self, changes: impl Iterator<Item = &'c Change>) -> Result<(), String> {
        let mut batch = sled::Batch::default();
        for (name, bytes) in changes {
            match bytes {
                Some(bytes) => batch.insert(name.as_bytes(), bytes.as_ref()),
                None => batch.remove(name.as_bytes()),
            }
        }
        let commit = (self.commit + 1).to_be_bytes();
        batch.insert(COMMIT_RECORD.as_bytes(), &commit);
        self.database
            .apply_batch(batch)
            .map_err(|error| error.to_string())?;
        self.database.flush().map_err(|error| error.to_string())?;
        self.file.sync_data().map_err(|error| error.to_string())?;
        self.commit += 1;
        // Not synced: after a power cut an older number is there, which promises less, not more.
        self.acknowledged
            .rewind()
            .map_err(|error| error.to_string())?;
        self.acknowledged
            .write_all(&commit)
            .map_err(|error| error.to_string())
    }
}

/// Reads all records, and checks that they are ours to read.
fn read(folder: &Path, path: &Path) -> Result<(sled::Db, Records), StoreError> {
    let damaged = |error: sled::Error| match error {
        sled::Error::Io(error) => StoreError::Folder {
            folder: folder.to_owned(),
            cause: error.to_string(),
        },
        other => StoreError::Damaged {
            folder: folder.to_owned(),
            cause: other.to_string(),
        },
    };
    let foreign = || StoreError::Foreign {
        folder: folder.to_owned(),
    };
    private_folder(path).map_err(|error| damaged(error.into()))?;
    let config = sled::Config::new()
        .path(path)
        .cache_capacity(CACHE)
        .flush_every_ms(None);
    let database = config.open().map_err(damaged)?;

    let mut records = Vec::new();
    for entry in database.iter() {
        let (name, bytes) = entry.map_err(damaged)?;
        let name = str::from_utf8(&name).map_err(|_| foreign())?;
        records.push((name.into(), bytes.as_ref().into()));
    }
    // Sorted already, so the map is built without a search for each.
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

/// A commit's number; anything else promises nothing.
fn parse(number: &[u8]) -> u64 {
    number.try_into().map_or(0, u64::from_be_bytes)
}

/// One process at a time. sled has such a lock too, but tells it from other faults by a text only.
fn lock(folder: &Path) -> Result<File, StoreError> {
    let cannot = |cause: io::Error| StoreError::Folder {
        folder: folder.to_owned(),
        cause: cause.to_string(),
    };
    let mut options = File::options();
    let file = options
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join("lock"));
    let file = file.map_err(cannot)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse {
            folder: folder.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(cannot(error)),
    }
}

/// Makes a folder that only its owner can read: keys lie in it unprotected.
pub(crate) fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened, and is in the file system's own care.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on Unix")]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// sled panics on some damage where it could have answered an error.
fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|panic| panic_text(panic.as_ref()))
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("the database library panicked").to_owned()
}
