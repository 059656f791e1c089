//! [DisableKeyRotation](https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKeyRotation.html)

use serde::Deserialize;

use super::Operation;
use super::enable_key_rotation::{require_no_replica, require_own_origin};
use crate::api::key_state;
use crate::context::Context;
use crate::error::Error;

/// Stops the rotation of a key. Succeeds for a key of any spec, rotated or not.
pub(super) struct DisableKeyRotation;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DisableKeyRotationInput {
    key_id: String,
}

impl Operation for DisableKeyRotation {
    const NAME: &'static str = "DisableKeyRotation";
    type Input = DisableKeyRotationInput;
    type Output = ();

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<(), Error> {
        let mut context = context.writing()?;
        let mut key = context.key_but_no_alias(&input.key_id)?;
        require_own_origin(&key)?;
        key.require_state(key_state::ENABLED, context.now())?;
        require_no_replica(&key, Self::NAME)?;
        key.record.rotation = None;
        Ok(context.put_key_set(&key)?)
    }
}
