//! Key policies.

use super::{Code, KmsError, Mismatch, error, without_message};

/// Users quote the exception without a message. What it says of other faults is not known, either.
pub(crate) fn malformed_policy(fault: &str) -> KmsError {
    let reason = Mismatch::new("Policy", "a key policy", format!("a fault: {fault}"));
    without_message(Code::MalformedPolicyDocument, reason)
}

pub(crate) fn invalid_principals(statement: usize, found: &str) -> KmsError {
    let text = "Policy contains a statement with one or more invalid principals.";
    let part = format!("Policy, statement {statement}");
    let reason = Mismatch::new(part, "principals of this partition", found);
    error(Code::MalformedPolicyDocument, text).because(reason)
}

/// Quoted in the developer guide's repository.
pub(crate) fn forbidden_condition_keys(found: &str) -> KmsError {
    let text = "These condition keys are not permitted in a key policy: aws:ResourceTag, \
                kms:ResourceTag, kms:ResourceAliases";
    let reason = Mismatch::new("Policy", "conditions for key policies", found);
    error(Code::MalformedPolicyDocument, text).because(reason)
}

/// The text is in the developer guide. Which exception carries it is assumed.
pub(crate) fn overly_permissive_condition(found: &str) -> KmsError {
    let text = "OverlyPermissiveCondition:EncryptionContext: Using the ForAllValues set operator with \
                a single-valued condition key matches requests without the specified encryption \
                context or with an unspecified encryption context. To fix, remove ForAllValues.";
    let reason = Mismatch::new("Policy", "a condition without ForAllValues", found);
    error(Code::MalformedPolicyDocument, text).because(reason)
}

pub(crate) fn policy_locks_out(caller: &str) -> KmsError {
    let text = "The new key policy will not allow you to update the key policy in the future.";
    let expected = format!("kms:PutKeyPolicy for {caller}");
    let reason = Mismatch::new(
        "Policy",
        expected,
        "no statement that allows it, or a denial",
    );
    error(Code::MalformedPolicyDocument, text).because(reason)
}

/// The exception is known, but not its message.
pub(crate) fn policy_is_too_long(max: usize, length: usize) -> KmsError {
    let reason = Mismatch::new("Policy", format!("at most {max} bytes"), length.to_string());
    without_message(Code::LimitExceeded, reason)
}

pub(crate) fn no_such_policy(name: &str) -> KmsError {
    let reason = Mismatch::new("PolicyName", "default", name);
    error(Code::NotFound, "No such policy exists").because(reason)
}
