//! [EnableKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKey.html)

use serde::Deserialize;

use super::Operation;
use super::rate::Rate;
use crate::api::key_state;
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::ON_KEY;
use crate::context::{Context, WriteContext};
use crate::error::Error;
use crate::key::{Key, Rotation, RotationType};

/// Enables a key.
pub(super) struct EnableKey;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EnableKeyInput {
    key_id: String,
}

impl Operation for EnableKey {
    const NAME: &'static str = "EnableKey";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(5);
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY];
    const ON_AWS_MANAGED_KEYS: bool = false;
    type Input = EnableKeyInput;
    type Output = ();

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<(), Error> {
        let mut context = context.write()?;
        let mut key = context.key_by_id_or_arn(&input.key_id)?;
        key.require_state(key_state::SWITCHABLE, context.now())?;
        key.record.enabled = true;
        rotate_if_missed(&mut context, &mut key)?;
        Ok(context.put_key_set(&key)?)
    }
}

/// A disabled key is not rotated. If it missed a rotation, `EnableKey` rotates it, and the next
/// rotation is after a full period (documented).
fn rotate_if_missed(context: &mut WriteContext<'_, '_>, key: &mut Key) -> Result<(), Error> {
    let now = context.now();
    let Some(rotation) = key.record.rotation else {
        return Ok(());
    };
    if now < rotation.next || key.is_replica() {
        return Ok(());
    }
    context.rotate(key, RotationType::Automatic, now)?;
    key.record.rotation = Some(Rotation {
        next: now.plus_days(rotation.period_days),
        ..rotation
    });
    Ok(())
}
