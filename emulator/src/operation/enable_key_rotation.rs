//! [EnableKeyRotation](https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html)

use serde::Deserialize;

use super::Operation;
use crate::api::{KeySpec, Origin, key_state};
use crate::context::Context;
use crate::error::{Error, KmsError, message};
use crate::key::{Key, Rotation};

/// Lets a key be rotated every so many days, a year unless told otherwise.
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
    type Input = EnableKeyRotationInput;
    type Output = ();

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<(), Error> {
        let mut context = context.writing()?;
        let mut key = context.key_but_no_alias(&input.key_id)?;
        require_own_origin(&key)?;
        key.require_state(key_state::ENABLED, context.now())?;
        if key.record.spec != KeySpec::SymmetricDefault {
            return Err(message::cannot_rotate().into());
        }
        require_no_replica(&key, Self::NAME)?;
        let before = key.record.rotation;
        let period_days = input
            .rotation_period_in_days
            .or(before.map(|rotation| rotation.period_days))
            .unwrap_or(DEFAULT_DAYS);
        // The clock starts again only for another period (recorded).
        if before.is_none_or(|rotation| rotation.period_days != period_days) {
            let next = context.now().plus_days(period_days);
            key.record.rotation = Some(Rotation { period_days, next });
        }
        Ok(context.put_key_set(&key)?)
    }
}

/// Automatic rotation is for keys whose material KMS made itself.
///
/// # Errors
///
/// `UnsupportedOperationException`.
pub(super) fn require_own_origin(key: &Key) -> Result<(), KmsError> {
    if key.record.origin == Origin::AwsKms {
        Ok(())
    } else {
        Err(message::wrong_origin(&key.arn, key.record.origin))
    }
}

/// A replica is rotated with its primary, and there alone.
///
/// # Errors
///
/// `UnsupportedOperationException`.
pub(super) fn require_no_replica(key: &Key, operation: &str) -> Result<(), KmsError> {
    if key.is_replica() {
        Err(message::not_for_replicas(&key.arn, operation))
    } else {
        Ok(())
    }
}
