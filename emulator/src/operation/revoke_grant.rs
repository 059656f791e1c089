//! [RevokeGrant](https://docs.aws.amazon.com/kms/latest/APIReference/API_RevokeGrant.html)

use serde::Deserialize;

use super::rate::Rate;
use super::{Operation, finish_dry_run};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{GRANT_IS_FOR_AWS_RESOURCE, ON_KEY};
use crate::context::Context;
use crate::error::Error;
use crate::grant::GrantKey;

/// Revokes a grant.
pub(super) struct RevokeGrant;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RevokeGrantInput {
    key_id: String,
    grant_id: String,
    dry_run: Option<bool>,
}

impl Operation for RevokeGrant {
    const NAME: &'static str = "RevokeGrant";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(50);
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY, &[GRANT_IS_FOR_AWS_RESOURCE]];
    type Input = RevokeGrantInput;
    type Output = ();

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<(), Error> {
        let mut context = context.write()?;
        let key = context.key_by_id_or_arn(&input.key_id)?.arn;
        let id = input.grant_id;
        let grant_key = GrantKey { key, id };
        let grant = context.grant(&grant_key)?;
        finish_dry_run(input.dry_run)?;
        context.delete_grant(&grant_key, &grant)
    }
}
