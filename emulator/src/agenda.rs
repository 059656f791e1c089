//! What happens to keys by themselves: a waiting period ends, imported material expires, a key is
//! rotated.
//!
//! No timer runs. Each such moment stands on an agenda in the store, and a request first does all
//! that is due by its own moment, in the order in which it fell due; so whoever asks finds the
//! keys as if it had been done in time, however far the clock was moved.

use std::collections::BTreeSet;

use crate::api::{KeyArn, KeyState, Origin};
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::context::{Asked, Context, Writing, records};
use crate::error::Error;
use crate::key::{Key, RotationEvent, RotationType};
use crate::kms::Kms;

/// How many automatic rotations are made up for, if more were missed because the clock was moved
/// by that much; those before never were.
const MOST_MISSED: i64 = 100;

/// How much is taken from the agenda at once.
const CHUNK: usize = 1000;

const NAME: Asked = Asked {
    name: "agenda",
    cross_account: true,
};

/// Does all that is due, and has it on the disk before anybody sees it.
///
/// # Errors
///
/// Internal, if the store takes no more writes.
pub(crate) fn settle(kms: &Kms, now: Timestamp) -> Result<(), Error> {
    while is_due(kms, now) {
        let mut context = Context::new(kms, NAME, Caller::nobody(), now);
        settle_some(&mut context.writing()?, now);
        context.commit_first_to_disk()?;
    }
    Ok(())
}

fn is_due(kms: &Kms, now: Timestamp) -> bool {
    let mut due = false;
    kms.store.scan(records::AGENDA, None, |name, _| {
        // Each request asks this, so no more of the name is read than it takes.
        due = records::date_due(name).is_none_or(|date| date <= now);
        false
    });
    due
}

fn settle_some(context: &mut Writing<'_, '_>, now: Timestamp) {
    let mut due = BTreeSet::new();
    let mut unreadable = Vec::new();
    context.scan(records::AGENDA, None, |name, _| {
        let name = format!("{}{name}", records::AGENDA);
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
        context.strike_off(date, &arn);
        match fall_due(context, &arn, date, now) {
            Ok(keys) => {
                let dates = keys.iter().flat_map(|key| {
                    let dates = key.record.due_dates().map(|date| (date, key.arn.clone()));
                    dates.collect::<Vec<_>>()
                });
                due.extend(dates.filter(|(next, _)| *next > date && *next <= now));
            }
            // The key's record is left as it is; whoever asks for the key is told.
            Err(error) => tracing::error!(key = %arn, "cannot do what is due: {error:?}"),
        }
    }
}

/// Does what is due for one key at a moment, and answers the keys for which something else may
/// be due now.
fn fall_due(
    context: &mut Writing<'_, '_>,
    arn: &KeyArn,
    date: Timestamp,
    now: Timestamp,
) -> Result<Vec<Key>, Error> {
    let Some(mut key) = context.stored_key(arn)? else {
        return Ok(Vec::new());
    };
    if key.record.is_deleted(date) {
        return end(context, &key, date);
    }
    for place in 0..key.record.materials.len() {
        if let Some(entry) = key.record.materials.get_mut(place)
            && entry.present
            && !entry.is_present(date)
        {
            entry.present = false;
            entry.valid_to = None;
            context.delete_material(arn, place);
            context.note("DeleteExpiredKeyMaterial", arn, date);
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
        let skipped = (missed - MOST_MISSED).max(0);
        let days = u32::try_from(period * (skipped + 1)).unwrap_or(u32::MAX);
        rotation.next = rotation.next.plus_days(days);
        key.record.rotation = Some(rotation);
    }
    context.put_key_set(&key)?;
    Ok(vec![key])
}

/// Makes other material the current one: new material, or what was imported for it.
///
/// # Errors
///
/// Internal.
pub(crate) fn rotate(
    context: &mut Writing<'_, '_>,
    key: &mut Key,
    kind: RotationType,
    date: Timestamp,
) -> Result<(), Error> {
    let event = RotationEvent { date, kind };
    context.note("RotateKey", &key.arn, date);
    if key.record.origin == Origin::External {
        if std::mem::take(&mut key.record.awaits_rotation)
            && let Some(newest) = key.record.materials.last_mut()
        {
            newest.rotation = Some(event);
        }
        return Ok(());
    }
    let material = context.new_material(key.record.spec)?;
    context.add_material(key, &material, Some(event))
}

/// Ends a key, and lets the waiting period of its primary begin if that waited for this replica.
fn end(context: &mut Writing<'_, '_>, key: &Key, date: Timestamp) -> Result<Vec<Key>, Error> {
    context.delete_key(key)?;
    context.note("DeleteKey", &key.arn, date);
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
