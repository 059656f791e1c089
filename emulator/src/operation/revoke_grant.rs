//! [RevokeGrant](https://docs.aws.amazon.com/kms/latest/APIReference/API_RevokeGrant.html)

use serde::Deserialize;

use super::Operation;
use crate::context::Context;
use crate::error::{Error, message};
use crate::grant::GrantKey;

/// Takes a grant back.
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
    const CROSS_ACCOUNT: bool = true;
    type Input = RevokeGrantInput;
    type Output = ();

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<(), Error> {
        let mut context = context.writing()?;
        let key = context.key_but_no_alias(&input.key_id)?.arn;
        let id = input.grant_id;
        let place = GrantKey { key, id };
        let grant = context.grant(&place)?;
        if input.dry_run == Some(true) {
            return Err(message::dry_run_would_have_succeeded().into());
        }
        context.delete_grant(&place, &grant)
    }
}
