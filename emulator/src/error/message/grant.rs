//! Grants.

use super::{Code, KmsError, error, without_message};
use crate::api::{GrantOperation, KeySpec, KeyUsage};

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
pub(crate) fn principal_and_service() -> KmsError {
    without_message(Code::Validation)
}

/// Recorded for a unique id that nothing has.
pub(crate) fn grantee_is_not_a_principal() -> KmsError {
    let text = "GranteePrincipal does not refer to a valid principal.";
    error(Code::InvalidArn, text)
}

/// The message is not known.
pub(crate) fn retiring_principal_is_not_a_principal() -> KmsError {
    without_message(Code::InvalidArn)
}

/// Recorded for `ListGrants` with a unique id that nothing has.
pub(crate) fn not_a_principal() -> KmsError {
    error(
        Code::InvalidArn,
        "Input does not refer to a valid principal",
    )
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
pub(crate) fn grant_not_found() -> KmsError {
    without_message(Code::NotFound)
}

/// The message is not known.
pub(crate) fn invalid_grant_token() -> KmsError {
    without_message(Code::InvalidGrantToken)
}

/// Neither a grant token nor a key with a grant id, or both; the message is not known.
pub(crate) fn token_or_key_and_grant() -> KmsError {
    without_message(Code::Validation)
}

/// An operation that no grant can allow. `CreateGrant` refuses it by its model; questions have no
/// model.
pub(crate) fn unknown_grant_operation() -> KmsError {
    without_message(Code::Validation)
}
