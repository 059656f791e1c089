//! The disk: a data folder with a database of sled, and the thread that writes to it.
//!
//! One thread does all writing. It appends waiting batches, as one commit, to the file of recent commits
//! (`recent.rs`), syncs it, and then acknowledges them. When there are enough, the database gets them: the thread
//! applies them, calls `flush`, and then `fdatasync` on sled's file. All of these steps are necessary: `flush_async`
//! of sled 0.34 hangs under concurrency (spacejam/sled#1308), its timer acknowledges before it writes, and its
//! `flush` writes without syncing (spacejam/sled#1351).
//!
//! **Damage.** sled treats a damaged byte of its log as the end of the log, or of a part of it: it opens
//! the database without what follows, and overwrites it, without an error. Therefore each commit has a
//! number and the sum of the checksums of all records, and a separate file has the number of the last
//! acknowledged commit. A database with another sum, or with fewer commits together with the recent ones, is rejected. Opening can
//! destroy data. So either the database was closed and is unchanged since then (`clean.rs`), or a copy
//! exists while it is being opened (`backup.rs`).
//!
//! ```text
//! DIR/lock           locked by the process that uses the folder
//! DIR/acknowledged   the number of the last acknowledged commit
//! DIR/recent         the latest commits, which the database may not have yet
//! DIR/sled           the database
//! DIR/sled.copy      only while the database is being opened or replaced
//! DIR/clean          only while the database is closed: its length and checksum
//! DIR/records        only while a large database is closed: its records, for the next start
//! ```

use std::fs::{File, TryLockError, remove_dir_all};
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

use super::backup::Backup;
use super::clean::{self, Comparison};
use super::completion::Completion;
use super::database::{self, DATABASE};
use super::visible::Visible;
use super::writer::Writer;
use super::{Change, StoreError, records_file};
use crate::folder::{make_private, private_file, private_folder, sync_folder};

/// The maximum number of batches that wait for the writing thread. Further writers block.
const MAX_WAITING: usize = 1024;
/// After this time without writes, the number of the last acknowledged commit is synced.
const IDLE: Duration = Duration::from_millis(200);

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
    Backup::new(&folder.join(DATABASE)).exists()
}

impl Disk {
    /// Opens or creates the database in a folder, and reads all records.
    pub(super) fn open(folder: &Path) -> Result<(Self, Arc<Visible>), StoreError> {
        let folder_error = |error: io::Error| StoreError::folder(folder, error);
        let parents = private_folder(folder).map_err(folder_error)?;
        let lock = lock(folder)?;
        let path = folder.join(DATABASE);
        let backup = Backup::new(&path);
        let records = records_file::exists(folder).then(|| {
            let folder = folder.to_owned();
            let thread = std::thread::Builder::new().name("kms-records".to_owned());
            thread.spawn(move || records_file::read(&folder))
        });
        let comparison = clean::compare(folder, &database::file(&path)).map_err(folder_error)?;
        let (writer, records) = match comparison {
            Comparison::Equal => {
                backup.remove().map_err(folder_error)?;
                clean::remove(folder).map_err(folder_error)?;
                Writer::open(folder, |commit| {
                    let (last, records) = records?.ok()?.join().ok()??;
                    (last == commit).then_some(records)
                })?
            }
            Comparison::Unknown => {
                clean::remove(folder).map_err(folder_error)?;
                // A new database needs no copy: its opening writes nothing to its file.
                let is_new = !backup.exists();
                if !is_new {
                    let opens = |path: &Path| Writer::can_open(folder, path);
                    backup.create(opens).map_err(folder_error)?;
                }
                match Writer::open(folder, |_| None) {
                    Ok(opened) => {
                        backup.remove().map_err(folder_error)?;
                        opened
                    }
                    Err(error) => {
                        if is_new {
                            let _ = remove_dir_all(&path);
                        } else {
                            backup.restore().map_err(folder_error)?;
                        }
                        return Err(error);
                    }
                }
            }
            Comparison::Different(cause) => return Err(StoreError::damaged(folder, cause)),
            Comparison::OtherFormat(format) => {
                return Err(StoreError::OtherFormat {
                    folder: folder.to_owned(),
                    format,
                });
            }
        };
        let writer = writer.into_current_format(&records)?;
        // A new file survives a power failure only if its folders are synced, too.
        for folder in [path.as_path(), folder] {
            sync_folder(folder).map_err(folder_error)?;
        }
        parents.sync();
        let visible = Arc::new(Visible::new(records));
        let disk = Self::start(folder, writer, Arc::clone(&visible), lock).map_err(folder_error)?;
        Ok((disk, visible))
    }

    fn start(
        folder: &Path,
        mut writer: Writer,
        visible: Arc<Visible>,
        lock: File,
    ) -> io::Result<Self> {
        let failure = Arc::new(OnceLock::new());
        let (commits, waiting) = sync_channel(MAX_WAITING);
        let thread = std::thread::Builder::new()
            .name("kms-store".to_owned())
            .spawn({
                let failure = Arc::clone(&failure);
                let folder = folder.to_owned();
                move || {
                    records_file::remove(&folder);
                    run(&mut writer, &waiting, &failure);
                    let records = visible.read().all().clone();
                    if failure.get().is_none()
                        && let Err(error) = writer.close(&records)
                    {
                        // The next opening needs a copy, and loses nothing.
                        tracing::warn!("cannot close the data folder: {error}");
                    }
                    drop(lock);
                }
            });
        Ok(Self {
            commits: Some(commits),
            thread: Some(thread?),
            failure,
        })
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

/// Writes batches until the store is closed.
fn run(writer: &mut Writer, waiting: &Receiver<Commit>, failure: &OnceLock<StoreError>) {
    let mut next = None;
    while let Some(first) = next.take().or_else(|| receive(writer, waiting)) {
        let entries_of = |commit: &Commit| {
            let changes = commit.batch.iter();
            writer.entries_of(changes.map(|(name, bytes)| (name, bytes)))
        };
        let mut entries = entries_of(&first);
        let mut commits = vec![first];
        while commits.len() < MAX_WAITING
            && let Ok(commit) = waiting.try_recv()
        {
            let more = entries_of(&commit);
            if entries + more > database::MAX_ENTRIES {
                next = Some(commit);
                break;
            }
            entries += more;
            commits.push(commit);
        }
        let changes = || commits.iter().flat_map(|commit| &commit.batch);
        let result = match failure.get() {
            Some(failure) => Err(failure.clone()),
            None => writer.write(changes(), entries).inspect_err(|error| {
                tracing::error!("{error}");
                let _ = failure.set(error.clone());
            }),
        };
        for Commit { done, .. } in commits {
            done.send(&result);
        }
    }
}

/// The next batch; `None` if the store is closed.
fn receive(writer: &mut Writer, waiting: &Receiver<Commit>) -> Option<Commit> {
    match waiting.try_recv() {
        Ok(commit) => return Some(commit),
        Err(TryRecvError::Disconnected) => return None,
        Err(TryRecvError::Empty) if writer.is_settled() => {}
        Err(TryRecvError::Empty) => match waiting.recv_timeout(IDLE) {
            Ok(commit) => return Some(commit),
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => writer.settle(),
        },
    }
    waiting.recv().ok()
}

/// Locks the folder for one process. sled has its own lock, but its error cannot be distinguished
/// from other errors.
pub(super) fn lock(folder: &Path) -> Result<File, StoreError> {
    let folder_error = |error: io::Error| StoreError::folder(folder, error);
    let path = folder.join("lock");
    let file = private_file().open(&path).map_err(folder_error)?;
    make_private(&path).map_err(folder_error)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse {
            folder: folder.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(folder_error(error)),
    }
}
