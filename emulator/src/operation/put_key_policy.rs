//! [PutKeyPolicy](https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html)

use serde::Deserialize;

use super::rate::Rate;
use super::{Operation, action_of};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{BYPASS_POLICY_LOCKOUT_SAFETY_CHECK, ON_KEY};
use crate::context::Context;
use crate::error::{Error, message};
use crate::key::policy;

/// Replaces the policy of a key, in any state.
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
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(15);
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY, &[BYPASS_POLICY_LOCKOUT_SAFETY_CHECK]];
    const ON_AWS_MANAGED_KEYS: bool = false;
    type Input = PutKeyPolicyInput;
    type Output = ();

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<(), Error> {
        let mut context = context.write()?;
        let mut key = context.key_by_id_or_arn(&input.key_id)?;
        if let Some(name) = input.policy_name.filter(|name| name != policy::NAME) {
            return Err(message::no_such_policy(&name).into());
        }
        let bypass = input.bypass_policy_lockout_safety_check == Some(true);
        context.accept_policy(&input.policy, bypass, action_of::<Self>())?;
        key.record.policy = Some(input.policy);
        Ok(context.put_key(&key)?)
    }
}
