//! The store: named records, read from memory and written through sled.
//!
//! sled is only the log. All records are in memory in encoded form, so a read uses neither the disk
//! nor sled's locks (version 0.34 has deadlocks between concurrent calls). One thread does all
//! writing (`disk.rs`). A temporary store has no disk.
//!
//! **Writes.** An operation that writes takes the write lock with [`Store::begin`] before it reads,
//! so that no update is lost. [`Changes::commit`] passes the batch to the disk, makes it visible,
//! and releases the lock. The [`Receipt`] resolves when the batch is on disk. The server must not
//! send the reply earlier. Writers that wait at the same time share one `fdatasync`. Until the
//! receipt resolves, other requests may read a change that is not durable yet.
//!
//! The store knows no rules of KMS, only names and bytes.

mod acknowledged;
mod backup;
mod clean;
mod database;
mod disk;
mod error;
mod guard;
#[cfg(feature = "cli")]
mod log;
mod pieces;
pub(crate) mod record;
#[cfg(feature = "cli")]
mod salvage;
mod writer;

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use disk::Disk;
#[cfg(feature = "cli")]
pub(crate) use disk::exists;
pub use error::StoreError;
#[cfg(feature = "cli")]
pub(crate) use salvage::{Salvage, salvage};

/// The bytes of a record, shared with its readers.
pub(crate) type Bytes = Arc<[u8]>;

type Records = BTreeMap<Box<str>, Bytes>;

/// All records at a point in time. Creating a snapshot copies nothing; the next write copies the
/// map.
#[derive(Clone, Default)]
pub(crate) struct Snapshot(Arc<Records>);

/// The store.
pub(crate) struct Store {
    records: RwLock<Arc<Records>>,
    /// The write lock.
    writer: Mutex<()>,
    disk: Option<Disk>,
}

impl Store {
    /// A store in memory, without a disk.
    pub(crate) fn temporary() -> Self {
        Self {
            records: RwLock::default(),
            writer: Mutex::default(),
            disk: None,
        }
    }

    /// Opens the store in a folder, or creates it.
    ///
    /// # Errors
    ///
    /// The folder cannot be used. Nothing in it is changed.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        let (disk, records) = Disk::open(folder)?;
        let records = RwLock::new(Arc::new(records));
        Ok(Self {
            records,
            writer: Mutex::default(),
            disk: Some(disk),
        })
    }

    /// The record with a name.
    pub(crate) fn get(&self, name: &str) -> Option<Bytes> {
        self.read().get(name).cloned()
    }

    /// Calls `take` for the records with a prefix, sorted by name, after the name `after`, until it
    /// returns `false`.
    pub(crate) fn scan(
        &self,
        prefix: &str,
        after: Option<&str>,
        mut take: impl FnMut(&str, &Bytes) -> bool,
    ) {
        let from = match after {
            Some(after) => Bound::Excluded(after),
            None => Bound::Included(prefix),
        };
        for (name, bytes) in self.read().range::<str, _>((from, Bound::Unbounded)) {
            if !name.starts_with(prefix) || !take(name, bytes) {
                return;
            }
        }
    }

    /// Takes the write lock. Blocks while another writer has it.
    ///
    /// # Errors
    ///
    /// An earlier write failed. The content of the disk is then uncertain, and all writes are
    /// rejected.
    pub(crate) fn begin(&self) -> Result<Changes<'_>, StoreError> {
        // A panic before `commit` changes nothing, so a poisoned lock is safe to take.
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.check()?;
        Ok(Changes {
            store: self,
            _writer: writer,
            batch: HashMap::new(),
        })
    }

    /// Fails if a write failed. All later writes are rejected.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        self.disk.as_ref().map_or(Ok(()), Disk::check)
    }

    /// Whether the store has no records.
    pub(crate) fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    /// All current records.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot(Arc::clone(&self.read()))
    }

    /// Replaces all records, on disk too.
    ///
    /// # Errors
    ///
    /// The disk rejects the write; then nothing changes.
    pub(crate) fn replace(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let mut changes = self.begin()?;
        let before = self.snapshot();
        if self.disk.is_some() {
            for (name, bytes) in snapshot.0.iter() {
                if before.0.get(name) != Some(bytes) {
                    changes.batch.insert(name.clone(), Some(bytes.clone()));
                }
            }
            for name in before
                .0
                .keys()
                .filter(|name| !snapshot.0.contains_key(*name))
            {
                changes.batch.insert(name.clone(), None);
            }
            changes.send_to_disk()?.wait()?;
        }
        *self.write() = Arc::clone(&snapshot.0);
        Ok(())
    }

    fn write(&self) -> RwLockWriteGuard<'_, Arc<Records>> {
        self.records.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> RwLockReadGuard<'_, Arc<Records>> {
        self.records.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Snapshot {
    /// All records by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Bytes)> {
        self.0.iter().map(|(name, bytes)| (name.as_ref(), bytes))
    }
}

/// A change in a batch: the new bytes of a record, or `None` to delete it.
type Change = (Box<str>, Option<Bytes>);

/// The changes of one request, applied atomically by [`commit`](Self::commit). Dropping them
/// discards them.
pub(crate) struct Changes<'s> {
    store: &'s Store,
    _writer: MutexGuard<'s, ()>,
    batch: HashMap<Box<str>, Option<Bytes>>,
}

impl Changes<'_> {
    pub(crate) fn put(&mut self, name: impl Into<Box<str>>, bytes: Vec<u8>) {
        self.batch.insert(name.into(), Some(bytes.into()));
    }

    pub(crate) fn delete(&mut self, name: impl Into<Box<str>>) {
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

    /// Passes the changes to the disk and makes them visible.
    ///
    /// # Errors
    ///
    /// The disk rejects writes; then nothing changes.
    pub(crate) fn commit(self) -> Result<Receipt, StoreError> {
        if self.batch.is_empty() {
            return Ok(Receipt::settled());
        }
        let receipt = self.send_to_disk()?;
        self.make_visible();
        Ok(receipt)
    }

    /// Makes the changes visible after they are on disk, for changes whose reply no client waits
    /// for.
    ///
    /// # Errors
    ///
    /// The disk rejects the write; then nothing changes.
    pub(crate) fn commit_durably(self) -> Result<(), StoreError> {
        self.send_to_disk()?.wait()?;
        self.make_visible();
        Ok(())
    }

    fn send_to_disk(&self) -> Result<Receipt, StoreError> {
        match &self.store.disk {
            Some(disk) => {
                let batch = self.batch.iter();
                disk.write(
                    batch
                        .map(|(name, bytes)| (name.clone(), bytes.clone()))
                        .collect(),
                )
            }
            None => Ok(Receipt::settled()),
        }
    }

    fn make_visible(self) {
        let mut records = self.store.write();
        let records = Arc::make_mut(&mut records);
        for (name, bytes) in self.batch {
            match bytes {
                Some(bytes) => records.insert(name, bytes),
                None => records.remove(&name),
            };
        }
    }
}

/// Resolves when a batch is on disk. Threads call [`wait`](Self::wait), tasks await
/// [`written`](Self::written). The store depends on no async runtime.
#[must_use = "the reply must not be sent before its changes are on disk"]
pub(crate) struct Receipt(Option<oneshot::Receiver<Result<(), StoreError>>>);

impl Receipt {
    /// The receipt of a change without a disk.
    pub(crate) fn settled() -> Self {
        Self(None)
    }

    /// Blocks until the batch is on disk.
    pub(crate) fn wait(self) -> Result<(), StoreError> {
        match self.0 {
            Some(receiver) => receiver.recv().unwrap_or(Err(StoreError::WriterStopped)),
            None => Ok(()),
        }
    }

    /// Resolves when the batch is on disk.
    pub(crate) async fn written(self) -> Result<(), StoreError> {
        match self.0 {
            Some(receiver) => receiver.await.unwrap_or(Err(StoreError::WriterStopped)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
