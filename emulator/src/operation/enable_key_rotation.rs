//! [EnableKeyRotation](https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html)

use serde::Deserialize;

use super::Operation;
use super::rate::Rate;
use crate::api::{KeySpec, key_state};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{ON_KEY, ROTATION_PERIOD_IN_DAYS};
use crate::context::Context;
use crate::error::{Error, message};
use crate::key::Rotation;

/// Enables automatic rotation. The default period is a year.
pub(super) struct EnableKeyRotation;

const DEFAULT_DAYS: u32 = 365;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EnableKeyRotationInput {
    key_id: String,
    rotation_period_in_days: Option<u32>,
}

impl Operation for EnableKeyRotation {
    const NAME: &'static str = "EnableKeyRotation";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(15);
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY, &[ROTATION_PERIOD_IN_DAYS]];
    const ON_AWS_MANAGED_KEYS: bool = false;
    type Input = EnableKeyRotationInput;
    type Output = ();

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<(), Error> {
        let mut context = context.write()?;
        let mut key = context.key_by_id_or_arn(&input.key_id)?;
        key.require_kms_origin()?;
        key.require_state(key_state::ENABLED, context.now())?;
        if key.record.spec != KeySpec::SymmetricDefault {
            return Err(message::cannot_rotate(&key.arn, key.record.spec).into());
        }
        key.require_not_replica(Self::NAME)?;
        let before = key.record.rotation;
        let period_days = input
            .rotation_period_in_days
            .or(before.map(|rotation| rotation.period_days))
            .unwrap_or(DEFAULT_DAYS);
        // Only a different period restarts the schedule (recorded).
        if before.is_none_or(|rotation| rotation.period_days != period_days) {
            let next = context.now().plus_days(period_days);
            key.record.rotation = Some(Rotation { period_days, next });
        }
        Ok(context.put_key_set(&key)?)
    }
}
