//! Cryptographic operations.

use super::{Code, KmsError, error, without_message};
use crate::api::{EncryptionAlgorithm, KeyArn, KeySpec, KeyUsage, SigningAlgorithm};

pub(crate) fn wrong_usage(arn: &KeyArn, usage: KeyUsage, operation: &str) -> KmsError {
    let text = format!("{arn} key usage is {usage} which is not valid for {operation}.");
    error(Code::InvalidKeyUsage, text)
}

pub(crate) fn incompatible_algorithm(algorithm: &str, spec: KeySpec) -> KmsError {
    let text = format!("Algorithm {algorithm} is incompatible with key spec {spec}.");
    error(Code::InvalidKeyUsage, text)
}

pub(crate) fn incompatible_message_type(message_type: &str, spec: KeySpec) -> KmsError {
    let text = format!("Message type {message_type} is incompatible with key spec {spec}.");
    error(Code::Validation, text)
}

pub(crate) fn message_type_against_algorithm(
    message_type: &str,
    algorithm: SigningAlgorithm,
) -> KmsError {
    let text = format!("Message type {message_type} is incompatible with algorithm {algorithm}.");
    error(Code::Validation, text)
}

pub(crate) fn external_mu_of_invalid_length(algorithm: SigningAlgorithm) -> KmsError {
    let text = format!("External Mu is invalid length for algorithm {algorithm}.");
    error(Code::Validation, text)
}

pub(crate) fn digest_of_invalid_length(algorithm: SigningAlgorithm) -> KmsError {
    error(
        Code::Validation,
        format!("Digest is invalid length for algorithm {algorithm}."),
    )
}

pub(crate) fn invalid_signature() -> KmsError {
    without_message(Code::KmsInvalidSignature)
}

pub(crate) fn invalid_mac() -> KmsError {
    without_message(Code::KmsInvalidMac)
}

pub(crate) fn invalid_public_key() -> KmsError {
    without_message(Code::Validation)
}

/// Neither the exception nor the message is known.
pub(crate) fn invalid_attestation_document() -> KmsError {
    without_message(Code::Validation)
}

pub(crate) fn encryption_context_with_asymmetric_key() -> KmsError {
    let text = "EncryptionContext is not supported when encrypting/decrypting with asymmetric \
                CMKs.";
    error(Code::Validation, text)
}

pub(crate) fn plaintext_is_too_long(
    algorithm: EncryptionAlgorithm,
    spec: KeySpec,
    max_length: usize,
) -> KmsError {
    let text = format!(
        "Algorithm {algorithm} and key spec {spec} cannot encrypt data larger than {max_length} bytes."
    );
    error(Code::Validation, text)
}

pub(crate) fn invalid_ciphertext() -> KmsError {
    without_message(Code::InvalidCiphertext)
}

/// The key of a ciphertext was deleted, or is in another Region. Quoted by many users from 2017 to 2026.
/// In a captured body, the member is `message`, other than in refusals by policies.
pub(crate) fn key_of_ciphertext_does_not_exist() -> KmsError {
    let text = "The ciphertext refers to a customer master key that does not exist, does not exist \
                in this region, or you are not allowed to access.";
    KmsError {
        in_front: false,
        ..error(Code::AccessDenied, text)
    }
}

pub(crate) fn incorrect_key() -> KmsError {
    let text = "The key ID in the request does not identify a CMK that can perform this operation.";
    error(Code::IncorrectKey, text)
}

/// An asymmetric ciphertext does not contain the id of its key.
pub(crate) fn key_id_is_required() -> KmsError {
    error(Code::Validation, "KeyId must not be null")
}

pub(crate) fn data_key_with_asymmetric_key() -> KmsError {
    let text = "You cannot generate a data key with an asymmetric CMK";
    error(Code::InvalidKeyUsage, text)
}

pub(crate) fn data_key_pair_with_asymmetric_key() -> KmsError {
    let text = "You cannot generate a data key pair with an asymmetric CMK";
    error(Code::InvalidKeyUsage, text)
}

/// A value is empty. Quoted by users of three projects.
pub(crate) fn invalid_encryption_context() -> KmsError {
    error(Code::Validation, "Invalid EncryptionContext")
}

pub(crate) fn number_of_bytes_or_key_spec() -> KmsError {
    let text = "Please specify either number of bytes or key spec.";
    error(Code::Validation, text)
}

pub(crate) fn has_no_public_key() -> KmsError {
    without_message(Code::UnsupportedOperation)
}

pub(crate) fn dry_run_would_have_succeeded() -> KmsError {
    let text = "The request would have succeeded, but the DryRun option is set.";
    error(Code::DryRunOperation, text)
}

pub(crate) fn number_of_bytes_is_required() -> KmsError {
    error(Code::Validation, "NumberOfBytes is required.")
}
