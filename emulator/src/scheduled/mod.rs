//! Scheduled changes of keys: deletion, expiry of imported material, and rotation.
//!
//! The store has the date of each change. Before a request runs, all changes that are due at its
//! time are applied, in order of their dates. No timer runs. A request sees the keys as if each
//! change happened at its date, however far the clock was moved.

use std::collections::BTreeSet;

use crate::api::{KeyArn, KeyMaterialId, KeyState, Origin};
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::context::{OperationInfo, RequestState, Services, WriteContext, records};
use crate::error::Error;
use crate::journal::RotationDetails;
use crate::key::{Key, RotationEvent, RotationType};

/// If the clock jumps over more automatic rotations of a key than this, only the last ones are
/// performed.
const MAX_MISSED_ROTATIONS: i64 = 100;

/// The number of changes to apply in one commit.
const CHUNK: usize = 1000;

/// Applies all due changes. They become visible once they are on disk.
///
/// # Errors
///
/// Internal, if the store rejects writes.
pub(crate) fn run_due(services: &Services, now: Timestamp) -> Result<(), Error> {
    while is_due(services, now) {
        let operation = OperationInfo::internal("scheduled");
        let mut request = RequestState::new(services, operation, Caller::emulator(), now);
        run_chunk(&mut request.context().write()?, now);
        request.commit_durably()?;
    }
    Ok(())
}

fn is_due(services: &Services, now: Timestamp) -> bool {
    let mut due = false;
    services.store.scan(records::SCHEDULED, None, |name, _| {
        // This runs for every request, so it parses only the date.
        due = records::date_due(name).is_none_or(|date| date <= now);
        false
    });
    due
}

fn run_chunk(context: &mut WriteContext<'_, '_>, now: Timestamp) {
    let mut due = BTreeSet::new();
    let mut unreadable = Vec::new();
    context.scan(records::SCHEDULED, None, |name, _| {
        let name = format!("{}{name}", records::SCHEDULED);
        match records::parse_due(&name) {
            Some((date, _)) if date > now => return false,
            Some(entry) => drop(due.insert(entry)),
            None => unreadable.push(name),
        }
        due.len() < CHUNK
    });
    for name in unreadable {
        context.delete(name);
    }
    while let Some((date, arn)) = due.pop_first() {
        context.unschedule(date, &arn);
        match apply_due(context, &arn, date, now) {
            Ok(keys) => {
                let dates = keys.iter().flat_map(|key| {
                    let dates = key.record.due_dates().map(|date| (date, key.arn.clone()));
                    dates.collect::<Vec<_>>()
                });
                due.extend(dates.filter(|(next, _)| *next > date && *next <= now));
            }
            // The record of the key does not change. Requests for the key return the error.
            Err(error) => tracing::error!(key = %arn, "cannot apply a scheduled change: {error:?}"),
        }
    }
}

/// Applies the changes of a key that are due at a date. Returns the keys that may have more due
/// changes.
fn apply_due(
    context: &mut WriteContext<'_, '_>,
    arn: &KeyArn,
    date: Timestamp,
    now: Timestamp,
) -> Result<Vec<Key>, Error> {
    let Some(mut key) = context.stored_key(arn)? else {
        return Ok(Vec::new());
    };
    if key.record.is_deleted(date) {
        return delete_now(context, &key, date);
    }
    for index in 0..key.record.materials.len() {
        if let Some(entry) = key.record.materials.get_mut(index)
            && entry.present
            && !entry.is_present(date)
        {
            entry.present = false;
            entry.valid_to = None;
            context.delete_material(arn, index);
            context.add_service_event("DeleteExpiredKeyMaterial", arn, date);
        }
    }
    if let Some(on_demand) = key
        .record
        .on_demand
        .filter(|rotation| rotation.ends <= date)
    {
        key.record.on_demand = None;
        rotate(context, &mut key, RotationType::OnDemand, on_demand.ends)?;
    }
    if let Some(mut rotation) = key.record.rotation.filter(|rotation| rotation.next <= date)
        && !key.is_replica()
        && matches!(
            key.record.state(date),
            KeyState::Enabled | KeyState::Updating
        )
    {
        rotate(context, &mut key, RotationType::Automatic, rotation.next)?;
        let period = i64::from(rotation.period_days);
        let missed = now.days_since(rotation.next) / period;
        let skipped = (missed - MAX_MISSED_ROTATIONS).max(0);
        let days = u32::try_from(period * (skipped + 1)).unwrap_or(u32::MAX);
        rotation.next = rotation.next.plus_days(days);
        key.record.rotation = Some(rotation);
    }
    context.put_key_set(&key)?;
    Ok(vec![key])
}

/// Rotates a key: makes new material, or the material imported for the rotation, the current one.
///
/// # Errors
///
/// Internal.
pub(crate) fn rotate(
    context: &mut WriteContext<'_, '_>,
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
            add_event(context, key, previous, event);
        }
        return Ok(());
    }
    let material = context.new_material(key.record.spec)?;
    context.add_material(key, &material, Some(event))?;
    add_event(context, key, previous, event);
    Ok(())
}

fn add_event(
    context: &WriteContext<'_, '_>,
    key: &Key,
    previous: Option<KeyMaterialId>,
    event: RotationEvent,
) {
    let details = RotationDetails {
        rotation_type: event.kind.as_str(),
        key_origin: key.record.origin,
        previous_key_material_id: previous,
        current_key_material_id: key.record.material_id(),
    };
    context.add_rotation_event(&key.arn, event.date, details);
}

/// Deletes a key. If its primary waited for this replica, the waiting period of the primary starts.
fn delete_now(
    context: &mut WriteContext<'_, '_>,
    key: &Key,
    date: Timestamp,
) -> Result<Vec<Key>, Error> {
    context.delete_key(key)?;
    context.add_service_event("DeleteKey", &key.arn, date);
    let mut others = Vec::new();
    for arn in key.siblings() {
        let Some(mut other) = context.stored_key(&arn)? else {
            continue;
        };
        if let Some(set) = &mut other.record.region_set {
            set.replicas
                .retain(|region| *region != key.arn.location.region);
            if set.replicas.is_empty()
                && let Some(deletion) = &mut other.record.deletion
                && deletion.date.is_none()
            {
                deletion.date = Some(date.plus_days(deletion.days));
            }
        }
        context.put_key(&other)?;
        others.push(other);
    }
    Ok(others)
}

#[cfg(test)]
mod tests;
