//! [ListKeyPolicies](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyPolicies.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::ON_KEY;
use crate::context::Context;
use crate::error::Error;
use crate::key::policy;

/// Lists the names of the policies of a key. Every key has one policy, with a fixed name.
pub(super) struct ListKeyPolicies;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListKeyPoliciesInput {
    key_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListKeyPoliciesOutput {
    policy_names: [&'static str; 1],
    truncated: bool,
}

impl Operation for ListKeyPolicies {
    const NAME: &'static str = "ListKeyPolicies";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Own(100);
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY];
    type Input = ListKeyPoliciesInput;
    type Output = ListKeyPoliciesOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        context.key_by_id_or_arn(&input.key_id)?;
        // Every page has room for the one name, so no page has a marker. The model of this operation
        // has no `InvalidMarkerException`, in contrast to all other lists.
        Ok(ListKeyPoliciesOutput {
            policy_names: [policy::NAME],
            truncated: false,
        })
    }
}
