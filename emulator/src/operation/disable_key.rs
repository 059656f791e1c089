//! [DisableKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKey.html)

use serde::Deserialize;

use super::Operation;
use crate::api::key_state;
use crate::context::Context;
use crate::error::Error;

/// Keeps a key from being used in cryptographic operations.
pub(super) struct DisableKey;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DisableKeyInput {
    key_id: String,
}

impl Operation for DisableKey {
    const NAME: &'static str = "DisableKey";
    type Input = DisableKeyInput;
    type Output = ();

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<(), Error> {
        let mut context = context.writing()?;
        let mut key = context.key_but_no_alias(&input.key_id)?;
        key.require_state(key_state::SWITCHABLE, context.now())?;
        key.record.enabled = false;
        Ok(context.put_key(&key)?)
    }
}
