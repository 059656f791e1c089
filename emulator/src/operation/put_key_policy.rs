//! [PutKeyPolicy](https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html)

use serde::Deserialize;

use super::Operation;
use crate::context::Context;
use crate::error::{Error, message};
use crate::key::{Policy, policy};

/// Gives a key another policy, in whatever state it is.
pub(super) struct PutKeyPolicy;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutKeyPolicyInput {
    key_id: String,
    policy_name: Option<String>,
    policy: String,
    bypass_policy_lockout_safety_check: Option<bool>,
}

impl Operation for PutKeyPolicy {
    const NAME: &'static str = "PutKeyPolicy";
    type Input = PutKeyPolicyInput;
    type Output = ();

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<(), Error> {
        let mut context = context.writing()?;
        let mut key = context.key_but_no_alias(&input.key_id)?;
        if input.policy_name.is_some_and(|name| name != policy::NAME) {
            return Err(message::no_such_policy().into());
        }
        let bypass = input.bypass_policy_lockout_safety_check == Some(true);
        Policy::accept(&input.policy, context.here(), bypass)?;
        key.record.policy = Some(input.policy);
        Ok(context.put_key(&key)?)
    }
}
