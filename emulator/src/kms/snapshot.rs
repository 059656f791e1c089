//! The whole of a KMS at a moment, to come back to: records, clock, faults.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use super::Kms;
use crate::clock;
use crate::crypto::Saved;
use crate::custom_key_store;
use crate::fault::Armed;
use crate::instance_secret::InstanceSecret;
use crate::seed::{Seed, SeedError};
use crate::store::{self, StoreError};

/// The most snapshots with a name.
const MOST: usize = 100;

/// A KMS as it was: its keys and all that belongs to them, its clock and the faults that were set.
/// Taking one copies nothing, and going back to it is a matter of microseconds when nothing is on
/// a disk.
#[derive(Clone)]
pub struct Snapshot {
    records: store::Snapshot,
    clock: clock::Setting,
    faults: Vec<Armed>,
    random: Option<Saved>,
}

/// Snapshots by name.
#[derive(Default)]
pub(super) struct Snapshots(Mutex<BTreeMap<String, Snapshot>>);

impl Snapshot {
    pub(crate) fn records(&self) -> &store::Snapshot {
        &self.records
    }

    pub(crate) fn clock(&self) -> clock::Setting {
        self.clock
    }
}

/// There is no snapshot of that name, or no room for one more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSnapshot(pub(crate) String);

impl fmt::Display for UnknownSnapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for UnknownSnapshot {}

impl Kms {
    /// What there is now.
    pub fn snapshot(&self) -> Snapshot {
        // What cannot be written down is not in the snapshot: the last minute of last uses.
        if let Err(error) = self.last_uses.save_all(&self.store) {
            tracing::warn!("the last uses of keys were not saved: {error}");
        }
        Snapshot {
            records: self.store.snapshot(),
            clock: self.clock.setting(),
            faults: self.faults.list(),
            random: self.random.save(),
        }
    }

    /// Goes back to what there was. Events are forgotten, and who has asked how often.
    ///
    /// # Errors
    ///
    /// If the store takes no more writes; then nothing changes.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        self.replace(&snapshot.records)?;
        self.clock.change(|_| snapshot.clock);
        self.faults.replace(snapshot.faults.clone());
        self.random.restore(snapshot.random.as_ref());
        Ok(())
    }

    /// Makes everything as it was at the first start: the keys of the seed and no others, the clock
    /// as it was, no faults, no events. Snapshots stay.
    ///
    /// # Errors
    ///
    /// If the store takes no more writes; then nothing changes.
    pub fn reset(&self) -> Result<(), StoreError> {
        if let Some(beginning) = self.beginning.get() {
            return self.restore(beginning);
        }
        let scratch = Self::builder()
            .one_location(self.one_location)
            .with_seed(self.seed.clone())
            .in_location(&self.location)
            .build_temporary()?;
        let beginning = Snapshot {
            records: scratch.store.snapshot(),
            clock: self.clock_at_start,
            faults: Vec::new(),
            random: self.random_at_start,
        };
        self.restore(self.beginning.get_or_init(|| beginning))
    }

    /// What there is now is what a reset goes back to.
    pub(super) fn begin_here(&self) {
        self.beginning.get_or_init(|| self.snapshot());
    }

    /// Sows the seed of the builder, and keeps it for a reset.
    pub(super) fn sow(&mut self, seed: Seed) -> Result<(), SeedError> {
        self.seed(&seed)?;
        self.seed = seed;
        Ok(())
    }

    /// Puts other records in the place of all that there are.
    pub(crate) fn replace(&self, records: &store::Snapshot) -> Result<(), StoreError> {
        self.store.replace(records)?;
        self.last_uses.clear();
        self.throttle.clear();
        self.lag.clear();
        self.journal.clear();
        let external = custom_key_store::has_external(&self.store);
        self.external_stores.store(external, Ordering::Relaxed);
        let instance_secret = InstanceSecret::of(&self.store, &self.random)?;
        *self
            .instance_secret
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(instance_secret);
        Ok(())
    }

    /// Keeps what there is now under a name, until the process ends.
    ///
    /// # Errors
    ///
    /// If there are a hundred snapshots with other names already.
    pub fn keep_snapshot(&self, name: &str) -> Result<(), UnknownSnapshot> {
        let snapshot = self.snapshot();
        let mut snapshots = self
            .snapshots
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if snapshots.len() >= MOST && !snapshots.contains_key(name) {
            return Err(UnknownSnapshot(format!(
                "there are {MOST} snapshots already: delete some"
            )));
        }
        snapshots.insert(name.to_owned(), snapshot);
        Ok(())
    }

    /// The snapshot of a name.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn kept_snapshot(&self, name: &str) -> Result<Snapshot, UnknownSnapshot> {
        let snapshots = self
            .snapshots
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let snapshot = snapshots.get(name).cloned();
        snapshot.ok_or_else(|| UnknownSnapshot(format!("there is no snapshot {name}")))
    }

    /// Forgets the snapshot of a name, and says whether there was one.
    pub fn forget_snapshot(&self, name: &str) -> bool {
        let mut snapshots = self
            .snapshots
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        snapshots.remove(name).is_some()
    }

    /// The names of all snapshots.
    pub fn snapshot_names(&self) -> Vec<String> {
        let snapshots = self
            .snapshots
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        snapshots.keys().cloned().collect()
    }
}
