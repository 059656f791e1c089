//! Session policies in requests.

use serde::Deserialize;

use crate::error::StsError;
use crate::iam::Policy;

/// Checks a session policy. If policies decide, it must be a policy, and not only JSON. AWS then accepts
/// all malformed values of conditions but binary ones (recorded).
///
/// # Errors
///
/// `MalformedPolicyDocument`.
pub(super) fn check(policy: Option<&str>, checks_policies: bool) -> Result<(), StsError> {
    let Some(text) = policy else {
        return Ok(());
    };
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        return Err(StsError::policy_is_not_json(&error));
    }
    if !checks_policies {
        return Ok(());
    }
    let policy =
        Policy::parse(text).map_err(|error| StsError::policy_has_wrong_syntax(&error.0))?;
    let statements = policy.statements.iter();
    let mut conditions = statements.flat_map(|statement| &statement.conditions);
    if conditions.any(|condition| condition.is_binary() && condition.malformed_value().is_some()) {
        return Err(StsError::malformed_policy());
    }
    Ok(())
}

/// A managed policy in a request.
#[derive(Deserialize)]
pub(super) struct PolicyDescriptor {
    arn: Option<String>,
}

/// The ARNs of the managed policies in a request.
pub(super) fn arns(policies: &[PolicyDescriptor]) -> Vec<String> {
    let arns = policies.iter().filter_map(|policy| policy.arn.clone());
    arns.collect()
}

/// The size of the packed session policies and tags in percent of the limit. `None` if the request has
/// neither. The packing of AWS is not known.
pub(super) fn packed_size(policy: Option<&str>, has_others: bool) -> Option<u32> {
    match policy {
        Some(policy) => u32::try_from(policy.len().div_ceil(41)).ok(),
        None => has_others.then_some(1),
    }
}
