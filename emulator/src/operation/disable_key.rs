//! [DisableKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKey.html)

use serde::Deserialize;

use super::Operation;
use super::rate::Rate;
use crate::api::key_state;
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{ON_KEY, TRAILING_DAYS_WITHOUT_KEY_USAGE};
use crate::context::Context;
use crate::error::Error;

/// Disables a key.
pub(super) struct DisableKey;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DisableKeyInput {
    key_id: String,
}

impl Operation for DisableKey {
    const NAME: &'static str = "DisableKey";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(5);
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY, &[TRAILING_DAYS_WITHOUT_KEY_USAGE]];
    const ON_AWS_MANAGED_KEYS: bool = false;
    type Input = DisableKeyInput;
    type Output = ();

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<(), Error> {
        let mut context = context.write()?;
        let mut key = context.key_by_id_or_arn(&input.key_id)?;
        key.require_state(key_state::SWITCHABLE, context.now())?;
        key.record.enabled = false;
        Ok(context.put_key(&key)?)
    }
}
