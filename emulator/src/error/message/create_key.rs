//! Creation of keys.

use super::{Code, KmsError, error};
use crate::api::{KeySpec, KeyUsage};

pub(crate) fn two_key_specs() -> KmsError {
    let text = "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. \
                CustomerMasterKeySpec is deprecated.";
    error(Code::Validation, text)
}

pub(crate) fn key_usage_is_required() -> KmsError {
    let text = "You must specify a KeyUsage value for all KMS keys except for symmetric \
                encryption keys.";
    error(Code::Validation, text)
}

pub(crate) fn incompatible_key_usage(usage: KeyUsage, spec: KeySpec) -> KmsError {
    error(
        Code::Validation,
        format!("KeyUsage {usage} is not compatible with KeySpec {spec}"),
    )
}

pub(crate) fn key_spec_not_in_this_region(spec: KeySpec) -> KmsError {
    let text = format!("KeySpec {spec} is not supported in this Region");
    error(Code::UnsupportedOperation, text)
}

/// Recorded for ML-DSA.
pub(crate) fn cannot_be_imported(spec: KeySpec) -> KmsError {
    let text = format!("KeySpec {spec} is not supported for Origin EXTERNAL");
    error(Code::Validation, text)
}
