//! [RetireGrant](https://docs.aws.amazon.com/kms/latest/APIReference/API_RetireGrant.html)

use serde::Deserialize;

use super::rate::Rate;
use super::{Operation, finish_dry_run};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{
    ENCRYPTION_CONTEXT, ENCRYPTION_CONTEXT_KEYS, GRANT_CONSTRAINT_TYPE, ON_KEY,
};
use crate::context::Context;
use crate::error::{Error, message};
use crate::grant::GrantKey;

/// Retires a grant. The request has its token, or its id and the ARN of its key.
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
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(50);
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys = &[
        ON_KEY,
        &[
            ENCRYPTION_CONTEXT,
            ENCRYPTION_CONTEXT_KEYS,
            GRANT_CONSTRAINT_TYPE,
        ],
    ];
    type Input = RetireGrantInput;
    type Output = ();

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<(), Error> {
        let mut context = context.write()?;
        let grant_key = match (input.grant_token, input.key_id, input.grant_id) {
            (Some(token), None, None) => {
                let grant_key = context.grant_of_token(&token)?;
                if let Some(key) = context.find_key(&grant_key.key)? {
                    context.authorize(&key)?;
                }
                grant_key
            }
            (None, Some(key), Some(id)) => {
                // A key id alone is not accepted.
                if !key.starts_with("arn:") {
                    return Err(message::invalid_arn(&key).into());
                }
                let key = context.key_by_id_or_arn(&key)?.arn;
                GrantKey { key, id }
            }
            (token, key, id) => {
                let members = [
                    token.map(|_| "GrantToken"),
                    key.map(|_| "KeyId"),
                    id.map(|_| "GrantId"),
                ];
                let given: Vec<_> = members.into_iter().flatten().collect();
                return Err(message::token_or_key_and_grant(&given).into());
            }
        };
        let grant = context.grant(&grant_key)?;
        finish_dry_run(input.dry_run)?;
        context.delete_grant(&grant_key, &grant)
    }
}
