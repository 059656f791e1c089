//! [CreateGrant](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html)
//!
//! The order of the checks of different members on AWS is unknown.

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::{Operation, finish_dry_run};
use crate::api::key_state;
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{
    ENCRYPTION_CONTEXT, ENCRYPTION_CONTEXT_KEYS, GRANT_CONSTRAINT_SOURCE_ARN,
    GRANT_CONSTRAINT_TYPE, GRANT_IS_FOR_AWS_RESOURCE, GRANT_OPERATIONS, GRANTEE_PRINCIPAL,
    GRANTEE_SERVICE_PRINCIPAL, ON_KEY, RETIRING_PRINCIPAL, RETIRING_SERVICE_PRINCIPAL,
};
use crate::context::{Context, Resource};
use crate::error::Error;
use crate::grant::{Grant, GrantKey, GrantTerms};

/// Creates a grant. A repeated request with the same name returns the same grant.
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
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(50);
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys = &[
        ON_KEY,
        &[
            ENCRYPTION_CONTEXT,
            ENCRYPTION_CONTEXT_KEYS,
            GRANTEE_PRINCIPAL,
            GRANTEE_SERVICE_PRINCIPAL,
            GRANT_CONSTRAINT_SOURCE_ARN,
            GRANT_CONSTRAINT_TYPE,
            GRANT_IS_FOR_AWS_RESOURCE,
            GRANT_OPERATIONS,
            RETIRING_PRINCIPAL,
            RETIRING_SERVICE_PRINCIPAL,
        ],
    ];
    const ON_AWS_MANAGED_KEYS: bool = false;
    type Input = CreateGrantInput;
    type Output = CreateGrantOutput;

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let mut context = context.write()?;
        let key = context.key_by_id_or_arn(&input.key_id)?;
        key.require_state(key_state::USABLE, context.now())?;
        let terms = input.terms;
        terms.check(&key, &context.directory()?)?;
        finish_dry_run(input.dry_run)?;
        let terms = context.stored_terms(terms)?;
        let before = match &terms.name {
            Some(_) => context.grant_with_terms(&key.arn, &terms)?,
            None => None,
        };
        let grant_key = GrantKey {
            key: key.arn,
            id: match &before {
                Some(id) => id.clone(),
                None => context.new_grant_id()?,
            },
        };
        if before.is_none() {
            context.check_quota(Resource::Grants(&grant_key.key))?;
            let grant = Grant {
                terms,
                issuing_account: context.location().account_arn(),
                creation_millis: context.now().millis(),
            };
            context.put_grant(&grant_key, &grant)?;
        }
        Ok(CreateGrantOutput {
            grant_token: context.grant_token(&grant_key),
            grant_id: grant_key.id,
        })
    }
}
