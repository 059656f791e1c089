//! Key policies.

use super::{Code, KmsError, error, without_message};

pub(crate) fn malformed_policy() -> KmsError {
    without_message(Code::MalformedPolicyDocument)
}

pub(crate) fn invalid_principals() -> KmsError {
    let text = "Policy contains a statement with one or more invalid principals.";
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
