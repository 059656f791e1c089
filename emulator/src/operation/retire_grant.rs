//! [RetireGrant](https://docs.aws.amazon.com/kms/latest/APIReference/API_RetireGrant.html)

use serde::Deserialize;

use super::Operation;
use crate::context::Context;
use crate::error::{Error, message};
use crate::grant::GrantKey;

/// Ends a grant that is not needed any more, named by its token, or by its key's ARN and its id.
pub(super) struct RetireGrant;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RetireGrantInput {
    grant_token: Option<String>,
    key_id: Option<String>,
    grant_id: Option<String>,
    dry_run: Option<bool>,
}

impl Operation for RetireGrant {
    const NAME: &'static str = "RetireGrant";
    const CROSS_ACCOUNT: bool = true;
    type Input = RetireGrantInput;
    type Output = ();

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<(), Error> {
        let mut context = context.writing()?;
        let place = match (input.grant_token, input.key_id, input.grant_id) {
            (Some(token), None, None) => context.grant_of_token(&token)?,
            (None, Some(key), Some(id)) => {
                // No bare key id here.
                if !key.starts_with("arn:") {
                    return Err(message::invalid_arn(&key).into());
                }
                let key = context.key_but_no_alias(&key)?.arn;
                GrantKey { key, id }
            }
            _ => return Err(message::token_or_key_and_grant().into()),
        };
        let grant = context.grant(&place)?;
        if input.dry_run == Some(true) {
            return Err(message::dry_run_would_have_succeeded().into());
        }
        context.delete_grant(&place, &grant)
    }
}
