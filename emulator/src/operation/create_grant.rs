//! [CreateGrant](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html)
//!
//! The order among the checks of different members is not known of AWS.

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::context::Context;
use crate::error::{Error, KmsError, message};
use crate::grant::{
    Grant, GrantConstraints, GrantOperation, GrantPlace, GrantTerms, require_principal,
    valid_operations,
};
use crate::key::{Key, KeySpec, state};
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
        key.require_state(state::USABLE, context.now())?;
        let terms = input.terms;
        require_grantee(&terms)?;
        require_operations(&key, &terms.operations)?;
        require_constraints(&key, terms.constraints.as_ref())?;
        if input.dry_run == Some(true) {
            return Err(message::dry_run_would_have_succeeded().into());
        }
        let before = match &terms.name {
            Some(_) => context.same_grant(&key.arn, &terms)?,
            None => None,
        };
        let place = GrantPlace {
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
                issuing_account: context.caller_arn(),
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

/// Somebody, or a service, but not both.
fn require_grantee(terms: &GrantTerms) -> Result<(), Error> {
    match (&terms.grantee_principal, &terms.grantee_service_principal) {
        (None, None) => return Err(Error::null("granteePrincipal")),
        (Some(_), Some(_)) => return Err(message::two_kinds_of_principal().into()),
        (Some(grantee), None) => require_principal(grantee)?,
        (None, Some(_)) => {}
    }
    match (&terms.retiring_principal, &terms.retiring_service_principal) {
        (Some(_), Some(_)) => Err(message::two_kinds_of_principal().into()),
        (Some(retiring), None) => Ok(require_principal(retiring)?),
        (None, _) => Ok(()),
    }
}

fn require_operations(key: &Key, operations: &[GrantOperation]) -> Result<(), KmsError> {
    let (spec, usage) = (key.record.spec, key.record.usage);
    let valid = valid_operations(spec, usage);
    let invalid: Vec<_> = operations
        .iter()
        .copied()
        .filter(|operation| !valid.contains(operation))
        .collect();
    if !invalid.is_empty() {
        return Err(message::invalid_grant_operations(
            &invalid, spec, usage, &valid,
        ));
    }
    if operations
        .iter()
        .all(|operation| *operation == GrantOperation::CreateGrant)
    {
        return Err(message::grant_of_create_grant_alone());
    }
    Ok(())
}

fn require_constraints(key: &Key, constraints: Option<&GrantConstraints>) -> Result<(), KmsError> {
    let Some(constraints) = constraints else {
        return Ok(());
    };
    let equals = constraints.encryption_context_equals.is_some();
    let subset = constraints.encryption_context_subset.is_some();
    if (equals || subset) && key.record.spec != KeySpec::SymmetricDefault {
        return Err(message::context_constraint_on_another_spec());
    }
    if equals && subset {
        return Err(message::two_constraints());
    }
    Ok(())
}
