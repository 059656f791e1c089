//! Import of key material.

use super::{Code, KmsError, error, without_message};
use crate::api::{KeyArn, KeyMaterialId, KeySpec, WrappingAlgorithm, WrappingKeySpec};

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

pub(crate) fn invalid_import_token() -> KmsError {
    without_message(Code::InvalidImportToken)
}

/// The message is not known.
pub(crate) fn expired_import_token() -> KmsError {
    without_message(Code::ExpiredImportToken)
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
pub(crate) fn other_material() -> KmsError {
    without_message(Code::IncorrectKeyMaterial)
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
