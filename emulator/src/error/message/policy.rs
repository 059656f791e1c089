//! Key policies.

use super::{Code, KmsError, error, without_message};

/// Users quote the exception without a message. What it says of other faults is not known, either.
pub(crate) fn malformed_policy() -> KmsError {
    without_message(Code::MalformedPolicyDocument)
}

pub(crate) fn invalid_principals() -> KmsError {
    let text = "Policy contains a statement with one or more invalid principals.";
    error(Code::MalformedPolicyDocument, text)
}

/// Quoted in the developer guide's repository.
pub(crate) fn forbidden_condition_keys() -> KmsError {
    let text = "These condition keys are not permitted in a key policy: aws:ResourceTag, \
                kms:ResourceTag, kms:ResourceAliases";
    error(Code::MalformedPolicyDocument, text)
}

/// The text is in the developer guide. Which exception carries it is assumed.
pub(crate) fn overly_permissive_condition() -> KmsError {
    let text = "OverlyPermissiveCondition:EncryptionContext: Using the ForAllValues set operator with \
                a single-valued condition key matches requests without the specified encryption \
                context or with an unspecified encryption context. To fix, remove ForAllValues.";
    error(Code::MalformedPolicyDocument, text)
}

pub(crate) fn policy_locks_out() -> KmsError {
    let text = "The new key policy will not allow you to update the key policy in the future.";
    error(Code::MalformedPolicyDocument, text)
}

/// The exception is known, but not its message.
pub(crate) fn policy_is_too_long() -> KmsError {
    without_message(Code::LimitExceeded)
}

pub(crate) fn no_such_policy() -> KmsError {
    error(Code::NotFound, "No such policy exists")
}
