//! The errors of KMS that come after a decision to allow, and that depend on principals and policies.

use std::sync::Arc;

use serde::de::IntoDeserializer as _;
use serde::de::value::StrDeserializer;
use serde_json::Value;

use crate::api::{GrantOperation, KeySpec, KeyUsage};
use crate::authorization::{Question, Verdict};
use crate::error::{KmsError, message};
use crate::grant::{
    require_grantee, require_principal, require_retiring, require_retiring_principal,
};
use crate::iam::{Directory, Policy};
use crate::key::policy::check_statements;

/// Checks what a request names.
///
/// # Errors
///
/// The exception of KMS.
pub(super) fn after_allow(
    question: &Question,
    new_policy: Option<&Value>,
    known: &Directory,
) -> Result<(), KmsError> {
    let parameters = &question.parameters;
    let grantee = parameters.grantee_principal.as_deref();
    let retiring = parameters.retiring_principal.as_deref();
    match question.action.name {
        "CreateGrant" => {
            grantee.map_or(Ok(()), |text| require_grantee(text, known))?;
            retiring.map_or(Ok(()), |text| require_retiring(text, known))?;
            check_operations(question)
        }
        "ListGrants" => grantee.map_or(Ok(()), |text| require_principal(text, known)),
        "ListRetirableGrants" => {
            retiring.map_or(Ok(()), |text| require_retiring_principal(text, known))
        }
        "PutKeyPolicy" => new_policy.map_or(Ok(()), |policy| check_policy(question, policy, known)),
        _ => Ok(()),
    }
}

fn check_operations(question: &Question) -> Result<(), KmsError> {
    let Some((key, _)) = &question.key else {
        return Ok(());
    };
    let (Some(spec), Some(usage)) = (named::<KeySpec>(&key.spec), named::<KeyUsage>(&key.usage))
    else {
        return Ok(());
    };
    let operations = question.parameters.operations.iter();
    let operations =
        operations.map(|name| named(name).ok_or_else(|| message::unknown_grant_operation(name)));
    let mut operations = operations.collect::<Result<Vec<GrantOperation>, _>>()?;
    let valid = GrantOperation::valid_for(spec, usage);
    operations.retain(|operation| !valid.contains(operation));
    if operations.is_empty() {
        return Ok(());
    }
    Err(message::invalid_grant_operations(
        &operations,
        spec,
        usage,
        &valid,
    ))
}

/// The value of an enum with a name.
fn named<'t, T: serde::Deserialize<'t>>(name: &'t str) -> Option<T> {
    let deserializer: StrDeserializer<'t, serde::de::value::Error> = name.into_deserializer();
    T::deserialize(deserializer).ok()
}

fn check_policy(question: &Question, new: &Value, known: &Directory) -> Result<(), KmsError> {
    let policy = Policy::read(new).map_err(|error| message::malformed_policy(&error.0))?;
    let partition = question
        .key
        .iter()
        .find_map(|(key, _)| key.arn.split(':').nth(1));
    check_statements(&policy, partition.unwrap_or("aws"), known)?;
    if question.parameters.bypass_policy_lockout_safety_check == Some(true) {
        return Ok(());
    }
    let mut again = question.clone();
    again.key = again.key.map(|(key, _)| (key, Arc::new(policy)));
    if again.decide().verdict == Verdict::Allow {
        Ok(())
    } else {
        Err(message::policy_locks_out(&again.subject.actor.arn))
    }
}
