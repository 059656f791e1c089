//! [CreateGrant](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html)
//!
//! The checks of the key and of the constraints alone: a grant that passes them is a
//! `NotImplementedException`.

use serde::Deserialize;

use super::Operation;
use crate::context::Context;
use crate::error::{Error, message};
use crate::key::{EncryptionContext, KeySpec, state};

/// Refuses a grant.
pub(super) struct CreateGrant;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateGrantInput {
    key_id: String,
    constraints: Option<GrantConstraints>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GrantConstraints {
    encryption_context_subset: Option<EncryptionContext>,
    encryption_context_equals: Option<EncryptionContext>,
}

impl Operation for CreateGrant {
    const NAME: &'static str = "CreateGrant";
    const CROSS_ACCOUNT: bool = true;
    type Input = CreateGrantInput;
    type Output = ();

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let key = context.key_but_no_alias(&input.key_id)?;
        key.require_state(state::STAYING, context.now())?;
        let constrains = input.constraints.is_some_and(|constraints| {
            constraints.encryption_context_subset.is_some()
                || constraints.encryption_context_equals.is_some()
        });
        if constrains && key.record.spec != KeySpec::SymmetricDefault {
            return Err(message::context_constraint_on_another_spec().into());
        }
        Err(Error::NotImplemented("grants yet".to_owned()))
    }
}
