//! Grants.

use super::{Code, KmsError, Mismatch, error, without_message};
use crate::api::{GrantOperation, KeyArn, KeySpec, KeyUsage};

/// What a member with a principal must be.
const PRINCIPAL: &str = "the ARN of an account, user, role or session, or a service";

pub(crate) fn context_constraint_requires_symmetric_key() -> KmsError {
    let text = "EncryptionContext is supported only when creating a grant for a symmetric \
                encryption KMS key.";
    error(Code::Validation, text)
}

pub(crate) fn two_constraints() -> KmsError {
    error(Code::Validation, "More than one constraint supplied")
}

/// Recorded for an HMAC key; inferred by analogy for other keys.
pub(crate) fn invalid_grant_operations(
    invalid: &[GrantOperation],
    spec: KeySpec,
    usage: KeyUsage,
    valid: &[GrantOperation],
) -> KmsError {
    let kind = if spec.is_symmetric() {
        "a symmetric"
    } else {
        "an asymmetric"
    };
    let list = |operations: &[GrantOperation]| {
        let names: Vec<_> = operations
            .iter()
            .map(|operation| operation.as_str())
            .collect();
        names.join(", ")
    };
    let text = format!(
        "Operations [{}] are not supported when creating a grant for {kind} KMS key with key usage \
         {usage}. Valid operations are [{}]",
        list(invalid),
        list(valid)
    );
    error(Code::Validation, text)
}

pub(crate) fn only_create_grant() -> KmsError {
    error(
        Code::Validation,
        "Grants must not contain only the CreateGrant operation.",
    )
}

/// A principal and a service principal; the message is not known.
pub(crate) fn principal_and_service(principal: &'static str, service: &'static str) -> KmsError {
    let part = format!("{principal} and {service}");
    let reason = Mismatch::new(part, "one of them", "both");
    without_message(Code::Validation, reason)
}

/// Recorded for a unique id that nothing has.
pub(crate) fn grantee_is_not_a_principal(grantee: &str) -> KmsError {
    let text = "GranteePrincipal does not refer to a valid principal.";
    error(Code::InvalidArn, text).because(Mismatch::new("GranteePrincipal", PRINCIPAL, grantee))
}

/// The message is not known.
pub(crate) fn retiring_principal_is_not_a_principal(retiring: &str) -> KmsError {
    let reason = Mismatch::new("RetiringPrincipal", PRINCIPAL, retiring);
    without_message(Code::InvalidArn, reason)
}

/// Recorded for `ListGrants` with a unique id that nothing has.
pub(crate) fn not_a_principal(grantee: &str) -> KmsError {
    let text = "Input does not refer to a valid principal";
    error(Code::InvalidArn, text).because(Mismatch::new("GranteePrincipal", PRINCIPAL, grantee))
}

/// Recorded for a session with the path of its role.
pub(crate) fn arn_is_not_valid(arn: &str) -> KmsError {
    error(Code::InvalidArn, format!("ARN is not valid: {arn}"))
}

/// Recorded for a session of a role that does not exist.
pub(crate) fn arn_is_not_a_principal(arn: &str) -> KmsError {
    let text = format!("ARN does not refer to a valid principal: {arn}");
    error(Code::InvalidArn, text)
}

pub(crate) fn retiring_principal_not_found(id: &str) -> KmsError {
    error(
        Code::NotFound,
        format!("Retiring principal {id} could not be found"),
    )
}

/// The message is not known.
pub(crate) fn grant_not_found(key: &KeyArn, id: &str) -> KmsError {
    let reason = Mismatch::new("GrantId", format!("a grant of {key}"), id);
    without_message(Code::NotFound, reason)
}

/// The message is not known.
pub(crate) fn invalid_grant_token(length: usize) -> KmsError {
    let found = format!("another text of {length} bytes");
    let reason = Mismatch::new(
        "grant token",
        "one from CreateGrant of this emulator",
        found,
    );
    without_message(Code::InvalidGrantToken, reason)
}

/// Neither a grant token nor a key with a grant id, or both; the message is not known.
pub(crate) fn token_or_key_and_grant(given: &[&str]) -> KmsError {
    let found = if given.is_empty() {
        "none of them".to_owned()
    } else {
        given.join(", ")
    };
    let reason = Mismatch::new("members", "GrantToken, or KeyId and GrantId", found);
    without_message(Code::Validation, reason)
}

/// An operation that no grant can allow. `CreateGrant` refuses it by its model; questions have no
/// model.
pub(crate) fn unknown_grant_operation(name: &str) -> KmsError {
    let reason = Mismatch::new("Operations", "operations that grants allow", name);
    without_message(Code::Validation, reason)
}
