//! Where everything is kept: named records, read from memory and written through sled.
//!
//! sled is the log, and the log alone. All records are held in memory as the bytes they are
//! stored as, so that a read touches no disk and no lock of sled's (version 0.34 has deadlocks
//! between concurrent calls), and one thread owns all writing (`disk.rs`). A temporary store is
//! the same without the disk.
//!
//! **A write in order.** An operation that will write takes the one writer's place first, with
//! [`Store::begin`], and only then reads, so that no update is lost. [`Changes::commit`] hands the
//! batch to the disk, makes it visible, and gives the place up; the [`Receipt`] says when the
//! batch is on the disk, and only then may a client be told. Writers that wait at the same time
//! share one `fdatasync`.
//!
//! Between the two, other requests can see a change that a power cut could still take back; as
//! its author was not told of it yet, nobody holds a promise.
//!
//! The store knows no rules of KMS: names and bytes, no more.

mod backup;
mod disk;
mod error;
pub(crate) mod record;

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use disk::Disk;
#[cfg(feature = "cli")]
pub(crate) use disk::exists;
#[cfg(feature = "server")]
pub(crate) use disk::private_folder;
pub use error::StoreError;

/// A record's bytes, shared with whoever reads it.
pub(crate) type Bytes = Arc<[u8]>;

type Records = BTreeMap<Box<str>, Bytes>;

/// All records as they were at a moment. Taking one copies nothing; the first write after it does.
#[derive(Clone, Default)]
pub(crate) struct Snapshot(Arc<Records>);

/// All records.
pub(crate) struct Store {
    records: RwLock<Arc<Records>>,
    /// Held by the request that writes.
    writer: Mutex<()>,
    disk: Option<Disk>,
}

impl Store {
    /// A store in memory alone.
    pub(crate) fn temporary() -> Self {
        Self {
            records: RwLock::default(),
            writer: Mutex::default(),
            disk: None,
        }
    }

    /// Opens the store in a folder, or makes one there.
    ///
    /// # Errors
    ///
    /// One sentence that says what is wrong with the folder. Nothing in it is changed then.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        let (disk, records) = Disk::open(folder)?;
        let records = RwLock::new(Arc::new(records));
        Ok(Self {
            records,
            writer: Mutex::default(),
            disk: Some(disk),
        })
    }

    /// The record of that name.
    pub(crate) fn get(&self, name: &str) -> Option<Bytes> {
        self.read().get(name).cloned()
    }

    /// The records whose names begin with `prefix`, by name, from the first after `after` (the
    /// whole name), until `take` has had enough and answers `false`.
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

    /// Takes the writer's place, waiting for the one before.
    ///
    /// # Errors
    ///
    /// If an earlier write failed: what is on the disk is uncertain then, and nothing more is
    /// written to it.
    pub(crate) fn begin(&self) -> Result<Changes<'_>, StoreError> {
        // A panic between `begin` and `commit` leaves nothing half done: the guard is not tainted.
        let place = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(disk) = &self.disk {
            disk.check()?;
        }
        Ok(Changes {
            store: self,
            _place: place,
            batch: HashMap::new(),
        })
    }

    /// Whether nothing was ever put.
    pub(crate) fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    /// What is there now.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot(Arc::clone(&self.read()))
    }

    /// Puts other records in the place of all that there are, on the disk too.
    ///
    /// # Errors
    ///
    /// If the disk does not take them; then nothing changes.
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
            changes.hand_over()?.wait()?;
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

/// One change of a batch: a record's new bytes, or its end.
type Change = (Box<str>, Option<Bytes>);

/// The changes of one request, applied together or not at all. Dropped without
/// [`commit`](Self::commit), they never were.
pub(crate) struct Changes<'s> {
    store: &'s Store,
    _place: MutexGuard<'s, ()>,
    batch: HashMap<Box<str>, Option<Bytes>>,
}

impl Changes<'_> {
    pub(crate) fn put(&mut self, name: impl Into<Box<str>>, bytes: Vec<u8>) {
        self.batch.insert(name.into(), Some(bytes.into()));
    }

    pub(crate) fn delete(&mut self, name: impl Into<Box<str>>) {
        self.batch.insert(name.into(), None);
    }

    /// Tells of each record that will change what it is before.
    pub(crate) fn each(&self, mut tell: impl FnMut(&str, Option<Bytes>)) {
        for name in self.batch.keys() {
            tell(name, self.store.get(name));
        }
    }

    /// The record of that name as it will be after these changes.
    pub(crate) fn get(&self, name: &str) -> Option<Bytes> {
        match self.batch.get(name) {
            Some(changed) => changed.clone(),
            None => self.store.get(name),
        }
    }

    /// Hands the changes to the disk and makes them visible.
    ///
    /// # Errors
    ///
    /// If the disk takes no more writes; then nothing changes.
    pub(crate) fn commit(self) -> Result<Receipt, StoreError> {
        if self.batch.is_empty() {
            return Ok(Receipt::settled());
        }
        let receipt = self.hand_over()?;
        self.make_visible();
        Ok(receipt)
    }

    /// Makes the changes visible only when they are on the disk: for changes that no request
    /// asked for, so that whoever sees them can rely on them.
    ///
    /// # Errors
    ///
    /// If the disk does not take them; then nothing changes.
    pub(crate) fn commit_first_to_disk(self) -> Result<(), StoreError> {
        self.hand_over()?.wait()?;
        self.make_visible();
        Ok(())
    }

    fn hand_over(&self) -> Result<Receipt, StoreError> {
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

/// Tells when a batch is on the disk. Waited for by a thread ([`wait`](Self::wait)) or by a task
/// ([`written`](Self::written)): the store knows no runtime.
#[must_use = "nobody may be told of a change before it is on the disk"]
pub(crate) struct Receipt(Option<oneshot::Receiver<Result<(), StoreError>>>);

impl Receipt {
    /// Of a change that needs no disk.
    pub(crate) fn settled() -> Self {
        Self(None)
    }

    /// Blocks until the batch is on the disk.
    pub(crate) fn wait(self) -> Result<(), StoreError> {
        match self.0 {
            Some(receiver) => receiver.recv().unwrap_or(Err(StoreError::WriterGone)),
            None => Ok(()),
        }
    }

    /// Ready when the batch is on the disk.
    pub(crate) async fn written(self) -> Result<(), StoreError> {
        match self.0 {
            Some(receiver) => receiver.await.unwrap_or(Err(StoreError::WriterGone)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
