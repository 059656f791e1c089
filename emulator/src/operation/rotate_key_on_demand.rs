//! [RotateKeyOnDemand](https://docs.aws.amazon.com/kms/latest/APIReference/API_RotateKeyOnDemand.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::enable_key_rotation::require_no_replica;
use crate::agenda::rotate;
use crate::api::{KeyArn, KeySpec, Origin, key_state};
use crate::context::Context;
use crate::error::{Error, message};
use crate::key::{Key, KeyRecord, OnDemandRotation, RotationType};

/// Rotates a key now, whatever its schedule. A repeat while a rotation is under way is accepted,
/// and starts no other.
pub(super) struct RotateKeyOnDemand;

/// As documented; a recording of 2025 has the error after 10.
const MOST: usize = 25;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RotateKeyOnDemandInput {
    key_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RotateKeyOnDemandOutput {
    key_id: KeyArn,
}

impl Operation for RotateKeyOnDemand {
    const NAME: &'static str = "RotateKeyOnDemand";
    type Input = RotateKeyOnDemandInput;
    type Output = RotateKeyOnDemandOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let mut context = context.writing()?;
        let mut key = context.key_but_no_alias(&input.key_id)?;
        let now = context.now();
        key.require_state(key_state::ENABLED, now)?;
        if key.record.spec != KeySpec::SymmetricDefault {
            return Err(message::cannot_rotate().into());
        }
        match key.record.origin {
            Origin::AwsKms => {}
            Origin::External if is_ready(&key, &context)? => {}
            Origin::External => return Err(message::nothing_awaits_rotation(&key.arn).into()),
            origin => return Err(message::wrong_origin(&key.arn, origin).into()),
        }
        require_no_replica(&key, Self::NAME)?;
        if key.record.on_demand.is_none() {
            if key.record.on_demand_rotations() >= MOST {
                return Err(message::too_many_rotations(&key.arn).into());
            }
            let ends = context.transition_ends();
            if ends > now {
                key.record.on_demand = Some(OnDemandRotation { started: now, ends });
            } else {
                rotate(&mut context, &mut key, RotationType::OnDemand, now)?;
            }
            context.put_key_set(&key)?;
        }
        Ok(RotateKeyOnDemandOutput { key_id: key.arn })
    }
}

/// Whether new material was imported, into the replicas as well.
///
/// # Errors
///
/// Internal.
pub(super) fn is_ready(key: &Key, context: &Context<'_>) -> Result<bool, Error> {
    let now = context.now();
    let has_pending = |record: &KeyRecord| {
        let newest = record.materials.last();
        record.awaits_rotation && newest.is_some_and(|entry| entry.is_present(now))
    };
    for arn in key.siblings() {
        if let Some(sibling) = context.find_key(&arn)?
            && !has_pending(&sibling.record)
        {
            return Ok(false);
        }
    }
    Ok(has_pending(&key.record))
}
