//! The store: named records, read from memory and written through sled.
//!
//! sled is only the log. All records are in memory in encoded form, so a read uses neither the disk
//! nor sled's locks (version 0.34 has deadlocks between concurrent calls). One thread does all
//! writing (`disk.rs`). A temporary store has no disk.
//!
//! **Writes.** An operation that writes takes the write lock with [`Store::begin`] before it reads,
//! so that no update is lost. [`Changes::commit`] makes the batch visible, passes it to the disk,
//! and releases the lock. The [`Receipt`] resolves when the batch is on disk. The server must not
//! send the reply earlier. Writers that wait at the same time share one `fdatasync`. If the write
//! fails, the change is taken back, and all further writes are rejected.
//!
//! **Reads.** Until the receipt resolves, other requests can read the change. What they read could
//! still be lost, so [`Store::observe`] gives them a receipt, too. A request that reads no such change
//! waits for nothing.
//!
//! The store knows no rules of KMS, only names and bytes.

mod acknowledged;
mod backup;
mod clean;
mod completion;
mod content;
mod database;
mod decoded;
mod disk;
mod error;
mod guard;
#[cfg(feature = "cli")]
mod log;
mod observed;
mod pieces;
mod receipt;
mod recent;
pub(crate) mod record;
mod records;
mod records_file;
#[cfg(feature = "cli")]
mod salvage;
mod visible;
mod writer;

use std::collections::HashMap;
use std::ops::Bound;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use completion::Completion;
pub(crate) use decoded::Decoded;
use disk::Disk;
#[cfg(feature = "cli")]
pub(crate) use disk::exists;
pub use error::StoreError;
pub(crate) use receipt::Receipt;
use records::Records;
#[cfg(feature = "cli")]
pub(crate) use salvage::{Salvage, salvage};
use visible::Visible;

/// The bytes of a record, shared with its readers.
pub(crate) type Bytes = Arc<[u8]>;

/// The name of a record, shared by all snapshots that contain it.
type Name = Arc<str>;

/// All records at a point in time. A snapshot shares with the store, and with other snapshots, the
/// records that are the same in both.
#[derive(Clone, Default)]
pub(crate) struct Snapshot(Records);

/// The store.
pub(crate) struct Store {
    visible: Arc<Visible>,
    /// The write lock.
    writer: Mutex<()>,
    /// The number of writers that wait for the write lock or have it.
    writers: AtomicUsize,
    disk: Option<Disk>,
}

/// How often a writer that can wait gives way to others, so that they cannot stop it.
const MAX_YIELDS: usize = 100;

impl Store {
    /// A store in memory, without a disk.
    pub(crate) fn temporary() -> Self {
        Self {
            visible: Arc::default(),
            writer: Mutex::default(),
            writers: AtomicUsize::new(0),
            disk: None,
        }
    }

    /// Opens the store in a folder, or creates it.
    ///
    /// # Errors
    ///
    /// The folder cannot be used. Nothing in it is changed.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        let (disk, visible) = Disk::open(folder)?;
        Ok(Self {
            visible,
            writer: Mutex::default(),
            writers: AtomicUsize::new(0),
            disk: Some(disk),
        })
    }

    /// Runs `read`, and returns the receipt of all changes that it has read. A reply must wait for
    /// it, also if it only says that a record is missing.
    pub(crate) fn observe<T>(&self, read: impl FnOnce() -> T) -> (T, Receipt) {
        let (result, newest) = observed::during(read);
        (result, self.visible.receipt(newest))
    }

    /// The record with a name.
    pub(crate) fn get(&self, name: &str) -> Option<Bytes> {
        self.visible.read().get(name).cloned()
    }

    /// Calls `take` for the records with a prefix, sorted by name, after the name `after`, until it
    /// returns `false`. `take` must not read the store.
    pub(crate) fn scan(
        &self,
        prefix: &str,
        after: Option<&str>,
        take: impl FnMut(&str, &Bytes) -> bool,
    ) {
        self.visible.read().scan(prefix, after, take);
    }

    /// Calls `read` with the name of the first record with a prefix. This does not count as read, so
    /// no reply may depend on it alone.
    pub(crate) fn peek<T>(&self, prefix: &str, read: impl FnOnce(&str) -> T) -> Option<T> {
        self.visible.read().first(prefix).map(read)
    }

    /// The number of records of a kind, the part of their names before the first slash. This does not count
    /// as read.
    pub(crate) fn count(&self, kind: &str) -> usize {
        self.visible.read().count(kind)
    }

    /// Takes the write lock. Blocks while another writer has it.
    ///
    /// # Errors
    ///
    /// An earlier write failed. The content of the disk is then uncertain, and all writes are
    /// rejected.
    pub(crate) fn begin(&self) -> Result<Changes<'_>, StoreError> {
        self.writers.fetch_add(1, Ordering::Relaxed);
        let turn = Turn {
            writers: &self.writers,
            // A panic before `commit` changes nothing, so a poisoned lock is safe to take.
            _lock: self.writer.lock().unwrap_or_else(PoisonError::into_inner),
        };
        self.check()?;
        Ok(Changes {
            store: self,
            _turn: Some(turn),
            batch: HashMap::new(),
        })
    }

    /// As [`Self::begin`], for work that no client waits for: other writers go first.
    ///
    /// # Errors
    ///
    /// As [`Self::begin`].
    pub(crate) fn begin_after_others(&self) -> Result<Changes<'_>, StoreError> {
        for _ in 0..MAX_YIELDS {
            if self.writers.load(Ordering::Relaxed) == 0 {
                break;
            }
            std::thread::yield_now();
        }
        self.begin()
    }

    /// Fails if a write failed. The records are then those on disk, and all writes are rejected.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        self.disk.as_ref().map_or(Ok(()), Disk::check)
    }

    /// The number of changes since the start.
    #[cfg(test)]
    pub(crate) fn commits(&self) -> u64 {
        self.visible.applied()
    }

    /// Whether the store has no records.
    pub(crate) fn is_empty(&self) -> bool {
        self.visible.read().is_empty()
    }

    /// All current records.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot(self.visible.read().all().clone())
    }

    /// Replaces all records. The write lock is released before the disk answers.
    ///
    /// # Errors
    ///
    /// The disk rejects writes; then nothing changes.
    pub(crate) fn replace(&self, snapshot: &Snapshot) -> Result<Receipt, StoreError> {
        let _changes = self.begin()?;
        let records = snapshot.0.clone();
        let Some(disk) = &self.disk else {
            self.visible.replace(records);
            return Ok(Receipt::settled());
        };
        let batch = self.snapshot().0.changes_to(&records);
        let number = self.visible.replace_pending(records);
        self.send(disk, batch, number)
    }

    /// Hands a batch to the disk. If the disk rejects it, its visible change is taken back.
    fn send(&self, disk: &Disk, batch: Vec<Change>, number: u64) -> Result<Receipt, StoreError> {
        disk.write(batch, Completion::new(Arc::clone(&self.visible), number))?;
        Ok(self.visible.receipt(number))
    }

    /// Applies a change whose answer the caller gives, in the place of the disk.
    #[cfg(test)]
    pub(crate) fn apply_unanswered(&self, changes: &[Change]) -> Completion {
        let number = self.visible.apply_pending(changes.iter());
        Completion::new(Arc::clone(&self.visible), number)
    }
}

/// The write lock, and the place among the writers.
struct Turn<'s> {
    writers: &'s AtomicUsize,
    _lock: MutexGuard<'s, ()>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.writers.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Snapshot {
    /// The memory of several snapshots, in bytes. What they share counts once.
    pub(crate) fn memory<'s>(snapshots: impl Iterator<Item = &'s Self>) -> usize {
        Records::memory(snapshots.map(|snapshot| &snapshot.0))
    }

    /// The memory of this snapshot, in bytes, whether or not others share its records.
    pub(crate) fn size(&self) -> usize {
        self.0.size()
    }

    /// All records, sorted by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Bytes)> {
        self.after(None)
    }

    /// The records after a name, sorted by name.
    pub(crate) fn after(&self, name: Option<&str>) -> impl Iterator<Item = (&str, &Bytes)> {
        let from = name.map_or(Bound::Unbounded, Bound::Excluded);
        let records = self.0.range(from);
        records.map(|(name, bytes)| (name.as_ref(), bytes))
    }
}

/// A change in a batch: the new bytes of a record, or `None` to delete it.
type Change = (Name, Option<Bytes>);

/// The changes of one request, applied atomically by [`commit`](Self::commit). Dropping them
/// discards them.
pub(crate) struct Changes<'s> {
    store: &'s Store,
    /// `None` in [`Self::part`].
    _turn: Option<Turn<'s>>,
    batch: HashMap<Name, Option<Bytes>>,
}

impl Changes<'_> {
    /// Other changes that are committed before these, under the same lock. They do not see these.
    pub(crate) fn part(&self) -> Changes<'_> {
        Changes {
            store: self.store,
            _turn: None,
            batch: HashMap::new(),
        }
    }

    pub(crate) fn put(&mut self, name: impl Into<Name>, bytes: Vec<u8>) {
        self.batch.insert(name.into(), Some(bytes.into()));
    }

    pub(crate) fn delete(&mut self, name: impl Into<Name>) {
        self.batch.insert(name.into(), None);
    }

    /// Calls `take` with the name and the previous bytes of each changed record.
    pub(crate) fn for_each(&self, mut take: impl FnMut(&str, Option<Bytes>)) {
        for name in self.batch.keys() {
            take(name, self.store.get(name));
        }
    }

    /// The record with a name, with these changes applied.
    pub(crate) fn get(&self, name: &str) -> Option<Bytes> {
        match self.batch.get(name) {
            Some(changed) => changed.clone(),
            None => self.store.get(name),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.batch.is_empty()
    }

    /// Makes the changes visible and passes them to the disk.
    ///
    /// # Errors
    ///
    /// The disk rejects writes; then nothing changes.
    pub(crate) fn commit(self) -> Result<Receipt, StoreError> {
        if self.batch.is_empty() {
            return Ok(Receipt::settled());
        }
        let visible = &self.store.visible;
        let Some(disk) = &self.store.disk else {
            visible.apply(self.batch);
            return Ok(Receipt::settled());
        };
        let batch: Vec<Change> = self.batch.into_iter().collect();
        // Before the disk answers.
        let number = visible.apply_pending(batch.iter());
        self.store.send(disk, batch, number)
    }
}

#[cfg(test)]
mod tests;
