//! [GetKeyPolicy](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::ON_KEY;
use crate::context::Context;
use crate::error::{Error, message};
use crate::key::policy;

/// Returns the policy of a key in AWS's formatting.
pub(super) struct GetKeyPolicy;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetKeyPolicyInput {
    key_id: String,
    policy_name: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetKeyPolicyOutput {
    policy: String,
    policy_name: &'static str,
}

impl Operation for GetKeyPolicy {
    const NAME: &'static str = "GetKeyPolicy";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Own(1000);
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY];
    type Input = GetKeyPolicyInput;
    type Output = GetKeyPolicyOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = context.key_by_id_or_arn(&input.key_id)?;
        if let Some(name) = input.policy_name.filter(|name| name != policy::NAME) {
            return Err(message::no_such_policy(&name).into());
        }
        Ok(GetKeyPolicyOutput {
            policy: policy::of(&key),
            policy_name: policy::NAME,
        })
    }
}
