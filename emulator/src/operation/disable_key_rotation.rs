//! [DisableKeyRotation](https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKeyRotation.html)

use serde::Deserialize;

use super::Operation;
use super::rate::Rate;
use crate::api::key_state;
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::ON_KEY;
use crate::context::Context;
use crate::error::Error;

/// Disables automatic rotation. Succeeds for every key spec, even if rotation is not enabled.
pub(super) struct DisableKeyRotation;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DisableKeyRotationInput {
    key_id: String,
}

impl Operation for DisableKeyRotation {
    const NAME: &'static str = "DisableKeyRotation";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(5);
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY];
    const ON_AWS_MANAGED_KEYS: bool = false;
    type Input = DisableKeyRotationInput;
    type Output = ();

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<(), Error> {
        let mut context = context.write()?;
        let mut key = context.key_by_id_or_arn(&input.key_id)?;
        key.require_kms_origin()?;
        key.require_state(key_state::ENABLED, context.now())?;
        key.require_not_replica(Self::NAME)?;
        key.record.rotation = None;
        Ok(context.put_key_set(&key)?)
    }
}
