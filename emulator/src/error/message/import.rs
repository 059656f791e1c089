//! Import of key material.

use super::{Code, KmsError, Mismatch, error, without_message};
use crate::api::{KeyArn, KeyMaterialId, KeySpec, WrappingAlgorithm, WrappingKeySpec};
use crate::clock::Timestamp;

pub(crate) fn cannot_wrap(
    algorithm: WrappingAlgorithm,
    with: WrappingKeySpec,
    spec: KeySpec,
) -> KmsError {
    let text = format!(
        "Wrapping algorithm {algorithm} and wrapping key spec {with} cannot be used to import a \
         {spec} key."
    );
    error(Code::Validation, text)
}

pub(crate) fn invalid_import_token(length: usize) -> KmsError {
    let expected = "one from GetParametersForImport of this emulator";
    let found = format!("another one of {length} bytes");
    let reason = Mismatch::new("ImportToken", expected, found);
    without_message(Code::InvalidImportToken, reason)
}

pub(crate) fn import_token_of_another_key(arn: &KeyArn, found: &str) -> KmsError {
    let found = format!("one for {found}");
    let reason = Mismatch::new("ImportToken", format!("one for {arn}"), found);
    without_message(Code::InvalidImportToken, reason)
}

/// The message is not known.
pub(crate) fn expired_import_token(valid_to: Timestamp, now: Timestamp) -> KmsError {
    let expected = format!("a use before {}", valid_to.seconds_text());
    let found = format!("one at {}", now.seconds_text());
    let reason = Mismatch::new("ImportToken", expected, found);
    without_message(Code::ExpiredImportToken, reason)
}

/// The private wrapping key of the token does not decrypt the material.
pub(crate) fn material_does_not_unwrap(algorithm: WrappingAlgorithm, length: usize) -> KmsError {
    let expected = format!("material under {algorithm} and the public key of ImportToken");
    let found = format!("another one of {length} bytes");
    let reason = Mismatch::new("EncryptedKeyMaterial", expected, found);
    without_message(Code::InvalidCiphertext, reason)
}

/// `length` is that of the unwrapped material.
pub(crate) fn material_is_not_a_key(spec: KeySpec, length: usize) -> KmsError {
    let expected = format!("the material of a {spec} key");
    let found = format!("{length} other bytes after unwrapping");
    let reason = Mismatch::new("EncryptedKeyMaterial", expected, found);
    without_message(Code::InvalidCiphertext, reason)
}

pub(crate) fn valid_to_is_required() -> KmsError {
    let text = "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES";
    error(Code::Validation, text)
}

pub(crate) fn valid_to_without_expiry() -> KmsError {
    let text =
        "A validTo date cannot be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE";
    error(Code::Validation, text)
}

pub(crate) fn valid_to_is_past() -> KmsError {
    error(Code::Validation, "ValidTo must be in the future")
}

pub(crate) fn valid_to_is_too_far() -> KmsError {
    let text = "ValidTo must be less than 365 days in the future";
    error(Code::Validation, text)
}

pub(crate) fn parameter_of_symmetric_keys(parameter: &str, spec: KeySpec) -> KmsError {
    let text = format!("Input parameter {parameter} cannot be used with {spec} imported keys.");
    error(Code::Validation, text)
}

pub(crate) fn material_id_with_new_material() -> KmsError {
    let text = "Input parameter keyMaterialId cannot be used with NEW_KEY_MATERIAL importType.";
    error(Code::Validation, text)
}

pub(crate) fn unexpected_material(expected: &KeyMaterialId) -> KmsError {
    let text = format!("Imported key material does not have the expected identifier ({expected}).");
    error(Code::IncorrectKeyMaterial, text)
}

/// For asymmetric keys, and for keys without material; the message is not known.
pub(crate) fn other_material(arn: &KeyArn) -> KmsError {
    let expected = format!("material that {arn} had before");
    let reason = Mismatch::new("EncryptedKeyMaterial", expected, "other material");
    without_message(Code::IncorrectKeyMaterial, reason)
}

pub(crate) fn material_is_not_new(id: &KeyMaterialId, arn: &KeyArn) -> KmsError {
    let text = format!(
        "Key material (id: {id}) being imported as NEW_KEY_MATERIAL is already associated with KMS \
         key {arn}."
    );
    error(Code::IncorrectKeyMaterial, text)
}

pub(crate) fn description_in_a_replica() -> KmsError {
    let text = "Key material description can only be specified on primary Multi-Region keys";
    error(Code::Validation, text)
}

/// New material must be imported into the primary first.
pub(crate) fn new_material_in_a_replica() -> KmsError {
    let text =
        "Input parameter ImportType NEW_KEY_MATERIAL cannot be used on replica Multi-Region keys";
    error(Code::Validation, text)
}

pub(crate) fn other_material_awaits_rotation(
    id: &KeyMaterialId,
    arn: &KeyArn,
    pending: &KeyMaterialId,
) -> KmsError {
    let text = format!(
        "New key material (id: {id}) cannot be imported into KMS key {arn}, because another key \
         material (id: {pending}) is pending rotation."
    );
    error(Code::KmsInvalidState, text)
}

pub(crate) fn never_imported(id: &KeyMaterialId, arn: &KeyArn) -> KmsError {
    let text = format!("Key material (id: {id}) has never been imported into KMS key {arn}.");
    error(Code::Validation, text)
}
