//! [EnableKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKey.html)

use serde::Deserialize;

use super::Operation;
use crate::context::Context;
use crate::error::Error;
use crate::key::state;

/// Lets a key be used again.
pub(super) struct EnableKey;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EnableKeyInput {
    key_id: String,
}

impl Operation for EnableKey {
    const NAME: &'static str = "EnableKey";
    type Input = EnableKeyInput;
    type Output = ();

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<(), Error> {
        let mut context = context.writing()?;
        let mut key = context.key_but_no_alias(&input.key_id)?;
        key.require_state(state::WITH_MATERIAL, context.now())?;
        key.record.enabled = true;
        Ok(context.put_key(&key)?)
    }
}
