//! Key lookup and access.

use super::{Code, KmsError, Mismatch, error, without_message};
use crate::api::{AliasArn, KeyArn};

pub(crate) fn key_does_not_exist(arn: &KeyArn) -> KmsError {
    error(Code::NotFound, format!("Key '{arn}' does not exist"))
}

pub(crate) fn invalid_key_id(id: &str) -> KmsError {
    error(Code::NotFound, format!("Invalid keyId '{id}'"))
}

/// The id of an ARN, and the target of an alias, have no quotes.
pub(crate) fn invalid_key_id_in_arn(id: &str) -> KmsError {
    error(Code::NotFound, format!("Invalid keyId {id}"))
}

/// `part` is the Region for an ARN of another Region (recorded), and the whole ARN for another service
/// (inferred).
pub(crate) fn invalid_arn(part: &str) -> KmsError {
    error(Code::NotFound, format!("Invalid arn {part}"))
}

pub(crate) fn alias_is_not_found(alias: &AliasArn<'_>) -> KmsError {
    error(Code::NotFound, format!("Alias {alias} is not found."))
}

pub(crate) fn aliases_are_not_supported() -> KmsError {
    error(
        Code::InvalidArn,
        "Key Aliases are not supported for this operation.",
    )
}

pub(crate) fn no_access_to_other_account(user: &str, operation: &str) -> KmsError {
    error(
        Code::AccessDenied,
        format!(
            "User: {user} is not authorized to perform: kms:{operation} on this resource because \
             the resource does not exist in this Region, no resource-based policies allow access, \
             or a resource-based policy explicitly denies access"
        ),
    )
}

/// A refusal by policies and grants. Some sentences are not known. `found` is what decides about the
/// action.
pub(crate) fn not_authorized(message: Option<String>, action: &str, found: String) -> KmsError {
    let reason = Mismatch::new(format!("permission kms:{action}"), "an allow", found);
    match message {
        Some(message) => error(Code::AccessDenied, message).because(reason),
        None => without_message(Code::AccessDenied, reason),
    }
}

/// The policy of an AWS managed key only allows customers to view it. Inferred by analogy with the
/// recorded message for customer managed keys whose policy denies access.
pub(crate) fn not_for_customers(user: &str, operation: &str, arn: &KeyArn) -> KmsError {
    error(
        Code::AccessDenied,
        format!(
            "User: {user} is not authorized to perform: kms:{operation} on resource: {arn} because \
             no resource-based policy allows the kms:{operation} action"
        ),
    )
}
