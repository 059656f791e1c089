//! [CreateGrant](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html)
//!
//! The order among the checks of different members is not known of AWS.

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::api::key_state;
use crate::context::Context;
use crate::error::{Error, message};
use crate::grant::{Grant, GrantKey, GrantTerms};
use crate::quota::Resource;

/// Lets a principal use a key. A request with a name that is made again gives the same grant.
pub(super) struct CreateGrant;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateGrantInput {
    key_id: String,
    dry_run: Option<bool>,
    #[serde(flatten)]
    terms: GrantTerms,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateGrantOutput {
    grant_id: String,
    grant_token: String,
}

impl Operation for CreateGrant {
    const NAME: &'static str = "CreateGrant";
    const CROSS_ACCOUNT: bool = true;
    type Input = CreateGrantInput;
    type Output = CreateGrantOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let mut context = context.writing()?;
        let key = context.key_but_no_alias(&input.key_id)?;
        key.require_state(key_state::USABLE, context.now())?;
        let terms = input.terms;
        terms.check(&key)?;
        if input.dry_run == Some(true) {
            return Err(message::dry_run_would_have_succeeded().into());
        }
        let before = match &terms.name {
            Some(_) => context.same_grant(&key.arn, &terms)?,
            None => None,
        };
        let place = GrantKey {
            key: key.arn,
            id: match &before {
                Some(id) => id.clone(),
                None => context.new_grant_id()?,
            },
        };
        if before.is_none() {
            context.require_room(Resource::Grants(&place.key))?;
            let grant = Grant {
                terms,
                issuing_account: context.here().account_arn(),
                creation_millis: context.now().millis(),
            };
            context.put_grant(&place, &grant)?;
        }
        Ok(CreateGrantOutput {
            grant_token: context.grant_token(&place),
            grant_id: place.id,
        })
    }
}
