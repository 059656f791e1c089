//! Snapshots of a KMS: records, clock, faults and the transition time.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{BuildError, Kms};
use crate::clock;
use crate::crypto::RngPosition;
use crate::fault::ActiveFault;
use crate::store::{self, StoreError};

/// The maximum number of named snapshots.
const MAX_SNAPSHOTS: usize = 100;

/// The maximum memory of the records of all named snapshots, in bytes.
const MAX_BYTES: usize = 1024 << 20;

/// The state of a KMS at one time: its records, its clock, its faults and its transition time.
///
/// Taking a snapshot copies nothing. Without a data folder, [`Kms::restore`] takes microseconds.
#[derive(Clone)]
pub struct Snapshot {
    records: store::Snapshot,
    clock: clock::Mode,
    faults: Vec<ActiveFault>,
    transition_time: Duration,
    random: Option<RngPosition>,
}

/// Snapshots by name.
pub(super) struct Snapshots {
    by_name: Mutex<BTreeMap<String, Snapshot>>,
    pub(super) max_bytes: usize,
}

/// The reason why a named snapshot cannot be saved, loaded or deleted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// No snapshot has that name.
    #[error("snapshot {name} not found")]
    NotFound {
        /// The name.
        name: String,
    },
    /// The limit of 100 snapshots is reached.
    #[error("the limit of {MAX_SNAPSHOTS} snapshots is reached; delete one first")]
    TooMany,
    /// The records of the snapshots would need too much memory. What snapshots share counts once.
    #[error(
        "with this snapshot, all of them would need {mib} MiB; the limit is {limit} MiB; delete one \
         first, for example {largest}"
    )]
    TooLarge {
        /// The memory that they would need.
        mib: usize,
        /// The limit.
        limit: usize,
        /// The name of the largest of the others.
        largest: String,
    },
}

impl Snapshot {
    pub(crate) fn records(&self) -> &store::Snapshot {
        &self.records
    }

    pub(crate) fn clock(&self) -> clock::Mode {
        self.clock
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Snapshot").finish_non_exhaustive()
    }
}

impl Default for Snapshots {
    fn default() -> Self {
        Self {
            by_name: Mutex::default(),
            max_bytes: MAX_BYTES,
        }
    }
}

impl Snapshots {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Snapshot>> {
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn save(&self, name: &str, snapshot: Snapshot) -> Result<(), SnapshotError> {
        let mut snapshots = self.lock();
        let others = || snapshots.iter().filter(|(other, _)| *other != name);
        if others().count() >= MAX_SNAPSHOTS {
            return Err(SnapshotError::TooMany);
        }
        let others_records = others().map(|(_, other)| &other.records);
        let all = || others_records.clone().chain([&snapshot.records]);
        // What they share is looked for only if it matters.
        let most: usize = all().map(store::Snapshot::size).sum();
        let memory = if most > self.max_bytes {
            store::Snapshot::memory(all())
        } else {
            most
        };
        if memory > self.max_bytes {
            let size = |snapshot: &Snapshot| snapshot.records.size();
            // One snapshot alone needs no more than the records themselves.
            if let Some((largest, _)) = others().max_by_key(|(_, other)| size(other)) {
                return Err(SnapshotError::TooLarge {
                    mib: memory >> 20,
                    limit: self.max_bytes >> 20,
                    largest: largest.clone(),
                });
            }
        }
        snapshots.insert(name.to_owned(), snapshot);
        Ok(())
    }
}

impl Kms {
    /// The current state.
    pub fn snapshot(&self) -> Snapshot {
        // If this fails, the snapshot lacks the last uses of the last minute.
        if let Err(error) = self.services.last_uses.save_all(&self.services.store) {
            tracing::warn!("cannot save the last uses of keys: {error}");
        }
        Snapshot {
            records: self.services.store.snapshot(),
            clock: self.services.clock.mode(),
            faults: self.faults.list(),
            transition_time: self.services.transition_time(),
            random: self.services.random.position(),
        }
    }

    /// Restores a snapshot. Deletes events and resets request quotas.
    ///
    /// # Errors
    ///
    /// The store rejects writes; then the records, the clock and the faults are as before.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        self.replace(&snapshot.records, snapshot.clock)?;
        self.faults.replace(snapshot.faults.clone());
        self.services.set_transition_time(snapshot.transition_time);
        self.services.random.restore(snapshot.random.as_ref());
        Ok(())
    }

    /// Restores the initial state: the keys of the seed, the initial clock, no faults and no
    /// events. Keeps named snapshots.
    ///
    /// # Errors
    ///
    /// The seed cannot be applied again, or the store rejects writes; then the records, the clock and
    /// the faults are as before.
    pub fn reset(&self) -> Result<(), BuildError> {
        if let Some(initial) = self.initial.get() {
            return Ok(self.restore(initial)?);
        }
        let scratch = Self::builder()
            .one_location(self.one_location)
            .seed(self.seed.clone())
            .in_location(&self.services.location)
            .build_temporary()?;
        let initial = Snapshot {
            records: scratch.services.store.snapshot(),
            clock: self.initial_clock,
            faults: Vec::new(),
            transition_time: self.initial_transition_time,
            random: self.initial_random,
        };
        Ok(self.restore(self.initial.get_or_init(|| initial))?)
    }

    /// Makes the current state the initial state.
    pub(super) fn mark_initial(&self) {
        self.initial.get_or_init(|| self.snapshot());
    }

    /// Replaces all records and the clock. Other requests see the new ones at once, and their replies
    /// wait for the disk, as this does.
    ///
    /// # Errors
    ///
    /// The store rejects writes; then the records and the clock are as before.
    pub(crate) fn replace(
        &self,
        records: &store::Snapshot,
        clock: clock::Mode,
    ) -> Result<(), StoreError> {
        // The new records must not get the changes that are due at the time of the old clock.
        let _paused = self.due_work.pause();
        let before = self.services.clock.mode();
        let receipt = self.services.replace_records(records)?;
        self.services.clock.set_mode(clock);
        self.throttle.clear();
        receipt.wait().inspect_err(|_| {
            self.services.clock.set_mode(before);
            if let Err(error) = self.services.reload() {
                tracing::error!("cannot read the old records: {error}");
            }
        })
    }

    /// Saves a snapshot under a name, until the process ends. Replaces a snapshot with that name.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::TooMany`], and [`SnapshotError::TooLarge`] if all of them would need more than
    /// 1 GiB.
    pub fn save_snapshot(&self, name: &str) -> Result<(), SnapshotError> {
        self.snapshots.save(name, self.snapshot())
    }

    /// Loads the snapshot with that name, to [restore](Self::restore) it.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::NotFound`].
    pub fn load_snapshot(&self, name: &str) -> Result<Snapshot, SnapshotError> {
        let snapshot = self.snapshots.lock().get(name).cloned();
        snapshot.ok_or_else(|| not_found(name))
    }

    /// Deletes the snapshot with that name.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::NotFound`].
    pub fn delete_snapshot(&self, name: &str) -> Result<(), SnapshotError> {
        let deleted = self.snapshots.lock().remove(name);
        deleted.map(drop).ok_or_else(|| not_found(name))
    }

    /// The names of all snapshots.
    pub fn snapshot_names(&self) -> Vec<String> {
        self.snapshots.lock().keys().cloned().collect()
    }
}

fn not_found(name: &str) -> SnapshotError {
    SnapshotError::NotFound {
        name: name.to_owned(),
    }
}
