//! [UpdateKeyDescription](https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateKeyDescription.html)

use serde::Deserialize;

use super::Operation;
use super::rate::Rate;
use crate::api::key_state;
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::ON_KEY;
use crate::context::Context;
use crate::error::Error;

/// Replaces the description of a key.
pub(super) struct UpdateKeyDescription;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateKeyDescriptionInput {
    key_id: String,
    description: String,
}

impl Operation for UpdateKeyDescription {
    const NAME: &'static str = "UpdateKeyDescription";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(5);
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY];
    const ON_AWS_MANAGED_KEYS: bool = false;
    type Input = UpdateKeyDescriptionInput;
    type Output = ();

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<(), Error> {
        let mut context = context.write()?;
        let mut key = context.key_by_id_or_arn(&input.key_id)?;
        key.require_state(key_state::NOT_PENDING_DELETION, context.now())?;
        key.record.description = input.description;
        Ok(context.put_key(&key)?)
    }
}
