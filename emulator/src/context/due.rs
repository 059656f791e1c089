//! Due changes of keys: deletion, expiry of imported material, and rotation.
//!
//! The store has the date of each change. A request that finds a key first applies the changes of
//! this key that are due, so it sees the key as if each change happened at its date, however far
//! the clock was moved. It does not wait for other keys. `scheduled` applies their changes later.

use std::collections::{BTreeMap, BTreeSet};

use super::{Lock, OperationInfo, RequestContext, RequestState, Services, WriteContext, records};
use crate::api::{KeyArn, KeyState, Origin};
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::error::Error;
#[cfg(feature = "server")]
use crate::key::KeyRecord;
use crate::key::{Key, RotationEvent, RotationType};
#[cfg(feature = "server")]
use crate::store::record;
use crate::store::{Changes, Receipt, Store, StoreError};

/// If the clock jumps over more automatic rotations of a key than this, only the last ones are
/// performed.
const MAX_MISSED_ROTATIONS: i64 = 100;

/// The number of dates to look at for the next change.
#[cfg(feature = "server")]
const MAX_DATES: usize = 1000;

/// A scheduled change whose date has come.
pub(crate) enum Due {
    Key(Timestamp, KeyArn),
    /// The name of a record that is not ours.
    Unreadable(String),
}

impl Due {
    /// The earliest change that is due at a time.
    pub(crate) fn first(store: &Store, now: Timestamp) -> Option<Self> {
        // This runs for every request, so it parses only the date. What a change does to a key is in
        // the record of the key.
        let due = store.peek(records::SCHEDULED, |name| {
            let is_due = records::date_due(name).is_none_or(|date| date <= now);
            is_due.then(|| name.to_owned())
        });
        due.flatten().map(|name| match records::parse_due(&name) {
            Some((date, arn)) => Self::Key(date, arn),
            None => Self::Unreadable(name),
        })
    }

    /// The first change after now, and its key. Looks at a limited number of scheduled changes, as some of them
    /// may have been cancelled since.
    #[cfg(feature = "server")]
    pub(crate) fn next(services: &Services) -> Option<(Timestamp, KeyArn)> {
        let now = services.clock.now();
        let mut dates = Vec::new();
        services.store.scan(records::SCHEDULED, None, |name, _| {
            dates.extend(records::parse_due(name).filter(|(date, _)| *date > now));
            dates.len() < MAX_DATES
        });
        dates.into_iter().find(|(date, arn)| {
            let name = records::key(arn);
            let record = services
                .store
                .get(&name)
                .and_then(|bytes| record::decode::<KeyRecord>(&name, &bytes).ok());
            record.is_some_and(|record| record.due_dates().any(|due| due == *date))
        })
    }

    /// Applies the change, with all due changes of its key, in one write.
    ///
    /// # Errors
    ///
    /// Internal, if the store rejects writes.
    pub(crate) fn apply(self, services: &Services, now: Timestamp) -> Result<Receipt, StoreError> {
        let begin = || services.store.begin_after_others();
        match self {
            Self::Key(date, arn) => {
                match apply(services, begin()?, &arn, now) {
                    Ok(receipt) if !is_scheduled(&services.store, date, &arn) => {
                        return Ok(receipt);
                    }
                    Ok(_) => {} // the key no longer has this change
                    // The record of the key does not change. Requests for the key return the error.
                    Err(error) => {
                        tracing::error!(key = %arn, "cannot apply a scheduled change: {error:?}");
                    }
                }
                let mut changes = begin()?;
                changes.delete(records::due(date, &arn));
                changes.commit()
            }
            Self::Unreadable(name) => {
                let mut changes = begin()?;
                changes.delete(name);
                changes.commit()
            }
        }
    }
}

fn is_scheduled(store: &Store, date: Timestamp, arn: &KeyArn) -> bool {
    store.get(&records::due(date, arn)).is_some()
}

/// Applies the due changes of a key. They are visible to all readers at once.
fn apply(
    services: &Services,
    changes: Changes<'_>,
    arn: &KeyArn,
    now: Timestamp,
) -> Result<Receipt, Error> {
    let operation = OperationInfo::internal("scheduled");
    let mut state = RequestState::new(services, operation, Caller::emulator(), now);
    state.set_changes(changes);
    state.context().write()?.apply_due(arn)?;
    Ok(state.commit_at_once()?)
}

impl<L: Lock> RequestContext<'_, '_, L> {
    /// Applies the due changes of a key that the request has found. Returns whether there were any.
    ///
    /// # Errors
    ///
    /// Internal, if the store rejects writes.
    pub(super) fn settle(&self, key: &Key) -> Result<bool, Error> {
        let (services, now) = (self.services(), self.now());
        if Due::first(&services.store, now).is_none() || !self.is_due(key) {
            return Ok(false);
        }
        let changes = match self.lock.changes() {
            Some(changes) => changes.part(),
            None => services.store.begin()?,
        };
        // The request reads the changed key now, so its reply waits for this write.
        drop(apply(services, changes, &key.arn, now)?);
        Ok(true)
    }

    /// Whether a change of a key is due, or of another key of its multi-Region set.
    fn is_due(&self, key: &Key) -> bool {
        let (store, now) = (&self.services().store, self.now());
        let is_due = |key: &Key| {
            let mut dates = key.record.due_dates().filter(|date| *date <= now);
            dates.any(|date| is_scheduled(store, date, &key.arn))
        };
        is_due(key) || self.readable_siblings(key).iter().any(is_due)
    }

    /// The other keys of a multi-Region set. A damaged record is an error for requests to that key
    /// only.
    fn readable_siblings(&self, key: &Key) -> Vec<Key> {
        let siblings = key.siblings();
        let siblings = siblings.iter();
        siblings
            .filter_map(|arn| self.stored_key(arn).ok().flatten())
            .collect()
    }
}

impl WriteContext<'_, '_> {
    /// Applies the due changes of a key and of the other keys of its multi-Region set, in the order
    /// of their dates.
    fn apply_due(&mut self, arn: &KeyArn) -> Result<(), Error> {
        let now = self.now();
        let Some(key) = self.stored_key(arn)? else {
            return Ok(());
        };
        let mut set: BTreeMap<KeyArn, Key> = BTreeMap::new();
        for key in self.readable_siblings(&key).into_iter().chain([key]) {
            set.insert(key.arn.clone(), key);
        }
        let mut due = BTreeSet::new();
        let mut last = Timestamp::EPOCH;
        loop {
            // A change can have a later change as its consequence.
            for key in set.values() {
                let dates = key.record.due_dates();
                let dates = dates.filter(|date| (last..=now).contains(date));
                due.extend(dates.map(|date| (date, key.arn.clone())));
            }
            let Some((date, arn)) = due.pop_first() else {
                break;
            };
            last = date.plus(std::time::Duration::from_millis(1));
            self.unschedule(date, &arn);
            if let Some(key) = set.remove(&arn) {
                self.apply_due_at(key, &mut set, date)?;
            }
        }
        for key in set.values() {
            self.put_key(key)?;
        }
        Ok(())
    }

    /// Applies the changes of a key that are due at a date. `set` has the other keys of its
    /// multi-Region set, and gets the key back unless it is deleted.
    fn apply_due_at(
        &mut self,
        mut key: Key,
        set: &mut BTreeMap<KeyArn, Key>,
        date: Timestamp,
    ) -> Result<(), Error> {
        let now = self.now();
        if key.record.is_deleted(date) {
            return self.delete_due(&key, set, date);
        }
        for index in 0..key.record.materials.len() {
            if let Some(entry) = key.record.materials.get_mut(index)
                && entry.present
                && !entry.is_present(date)
            {
                entry.present = false;
                entry.valid_to = None;
                self.delete_material(&key.arn, index);
                self.add_service_event("DeleteExpiredKeyMaterial", &key.arn, date);
            }
        }
        if let Some(on_demand) = key
            .record
            .on_demand
            .filter(|rotation| rotation.ends <= date)
        {
            key.record.on_demand = None;
            self.rotate(&mut key, RotationType::OnDemand, on_demand.ends)?;
        }
        if let Some(mut rotation) = key.record.rotation.filter(|rotation| rotation.next <= date)
            && !key.is_replica()
            && matches!(
                key.record.state(date),
                KeyState::Enabled | KeyState::Updating
            )
        {
            self.rotate(&mut key, RotationType::Automatic, rotation.next)?;
            let period = i64::from(rotation.period_days);
            let missed = now.days_since(rotation.next) / period;
            let skipped = (missed - MAX_MISSED_ROTATIONS).max(0);
            let days = u32::try_from(period * (skipped + 1)).unwrap_or(u32::MAX);
            rotation.next = rotation.next.plus_days(days);
            key.record.rotation = Some(rotation);
        }
        for sibling in set.values_mut() {
            sibling.record.copy_shared(&key.record);
        }
        set.insert(key.arn.clone(), key);
        Ok(())
    }

    /// Deletes a key. If its primary waited for this replica, the waiting period of the primary
    /// starts.
    fn delete_due(
        &mut self,
        key: &Key,
        set: &mut BTreeMap<KeyArn, Key>,
        date: Timestamp,
    ) -> Result<(), Error> {
        self.delete_key(key)?;
        self.add_service_event("DeleteKey", &key.arn, date);
        for other in set.values_mut() {
            if let Some(regions) = &mut other.record.region_set {
                regions
                    .replicas
                    .retain(|region| *region != key.arn.location.region);
                if regions.replicas.is_empty()
                    && let Some(deletion) = &mut other.record.deletion
                    && deletion.date.is_none()
                {
                    deletion.date = Some(date.plus_days(deletion.days));
                }
            }
        }
        Ok(())
    }

    /// Rotates a key: makes new material, or the material imported for the rotation, the current
    /// one. The caller stores the key.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn rotate(
        &mut self,
        key: &mut Key,
        kind: RotationType,
        date: Timestamp,
    ) -> Result<(), Error> {
        let event = RotationEvent { date, kind };
        let previous = key.record.material_id();
        if key.record.origin == Origin::External {
            // The material may have been deleted since the rotation started.
            if std::mem::take(&mut key.record.awaits_rotation)
                && let Some(newest) = key.record.materials.last_mut()
            {
                newest.rotation = Some(event);
                self.add_rotation_event(key, previous, event);
            }
            return Ok(());
        }
        let material = self.new_material(key.record.spec)?;
        self.add_material(key, material, Some(event))?;
        self.add_rotation_event(key, previous, event);
        Ok(())
    }
}
