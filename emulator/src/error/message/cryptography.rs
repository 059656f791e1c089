//! Cryptographic operations.

use super::{Code, KmsError, Mismatch, error, without_message};
use crate::api::{
    EncryptionAlgorithm, KeyArn, KeyMaterialId, KeySpec, KeyUsage, Location, MacAlgorithm, Region,
    SigningAlgorithm,
};

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

pub(crate) fn invalid_signature(
    arn: &KeyArn,
    algorithm: SigningAlgorithm,
    message_type: &str,
    length: usize,
) -> KmsError {
    let expected = format!("{algorithm} of the {message_type} Message under {arn}");
    let reason = Mismatch::new("Signature", expected, another(length));
    without_message(Code::KmsInvalidSignature, reason)
}

pub(crate) fn invalid_mac(arn: &KeyArn, algorithm: MacAlgorithm, length: usize) -> KmsError {
    let expected = format!("{algorithm} of Message under {arn}");
    let reason = Mismatch::new("Mac", expected, another(length));
    without_message(Code::KmsInvalidMac, reason)
}

pub(crate) fn invalid_public_key(spec: KeySpec, length: usize) -> KmsError {
    let expected = format!("the SubjectPublicKeyInfo of a {spec} key in DER");
    let reason = Mismatch::new("PublicKey", expected, another(length));
    without_message(Code::Validation, reason)
}

/// Neither the exception nor the message is known.
pub(crate) fn invalid_attestation_document(fault: &str) -> KmsError {
    let part = "Recipient.AttestationDocument";
    let reason = Mismatch::new(part, "a valid document", format!("a fault: {fault}"));
    without_message(Code::Validation, reason)
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

/// Not in the form of a ciphertext of a symmetric key.
pub(crate) fn ciphertext_is_malformed(length: usize) -> KmsError {
    let expected = "a ciphertext of Encrypt, ReEncrypt or GenerateDataKey";
    let reason = Mismatch::new("CiphertextBlob", expected, another(length));
    without_message(Code::InvalidCiphertext, reason)
}

/// The key exists, but its material does not authenticate the ciphertext and the context.
pub(crate) fn ciphertext_is_not_authentic(arn: &KeyArn, pairs: usize) -> KmsError {
    let reason = Mismatch::new(
        "CiphertextBlob and EncryptionContext",
        format!("the ones of the encryption under {arn}"),
        format!("changed bytes, or another context with {pairs} pairs"),
    );
    without_message(Code::InvalidCiphertext, reason)
}

/// The form of the ciphertext is that of a key in KMS, and its key is in an external key store, or the
/// reverse.
pub(crate) fn ciphertext_of_another_store(arn: &KeyArn) -> KmsError {
    let expected = format!("the form of ciphertexts of the key store of {arn}");
    let reason = Mismatch::new("CiphertextBlob", expected, "another form");
    without_message(Code::InvalidCiphertext, reason)
}

pub(crate) fn asymmetric_ciphertext_is_invalid(
    arn: &KeyArn,
    algorithm: EncryptionAlgorithm,
    length: usize,
) -> KmsError {
    let expected = format!("a ciphertext of {algorithm} under {arn}");
    let reason = Mismatch::new("CiphertextBlob", expected, another(length));
    without_message(Code::InvalidCiphertext, reason)
}

pub(crate) fn encapsulation_has_wrong_length(spec: KeySpec, length: usize) -> KmsError {
    let expected = format!("the length of a ciphertext of {spec}");
    let found = format!("{length} bytes");
    let reason = Mismatch::new("SharedSecretCiphertextBlob", expected, found);
    without_message(Code::InvalidCiphertext, reason)
}

/// The key of a ciphertext was deleted, or is in another Region. Quoted by many users from 2017 to 2026.
/// In a captured body, the member is `message`, other than in refusals by policies.
pub(crate) fn key_of_ciphertext_does_not_exist(
    location: &Location,
    material: &KeyMaterialId,
) -> KmsError {
    let expected = format!("a ciphertext of a key in {location}");
    let found = format!("key material {material}");
    let reason = Mismatch::new("CiphertextBlob", expected, found);
    let text = "The ciphertext refers to a customer master key that does not exist, does not exist \
                in this region, or you are not allowed to access.";
    KmsError {
        in_front: false,
        ..error(Code::AccessDenied, text).because(reason)
    }
}

/// The key in the request is not the one of the ciphertext. `of_ciphertext` is `None` if that key does not
/// exist here.
pub(crate) fn incorrect_key(named: &KeyArn, of_ciphertext: Option<&KeyArn>) -> KmsError {
    let expected = of_ciphertext.map_or_else(
        || "the key of CiphertextBlob, which does not exist here".to_owned(),
        |arn| format!("the key of CiphertextBlob, {arn}"),
    );
    incorrect(Mismatch::new("KeyId", expected, named.to_string()))
}

/// The key in the request is in another Region.
pub(crate) fn key_in_another_region(named: &str, region: &Region) -> KmsError {
    let expected = format!("a key in {region}");
    incorrect(Mismatch::new("KeyId", expected, named))
}

fn incorrect(reason: Mismatch) -> KmsError {
    let text = "The key ID in the request does not identify a CMK that can perform this operation.";
    error(Code::IncorrectKey, text).because(reason)
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
pub(crate) fn invalid_encryption_context(name: &str) -> KmsError {
    let found = format!("an empty one for `{name}`");
    let reason = Mismatch::new("EncryptionContext", "values that are not empty", found);
    error(Code::Validation, "Invalid EncryptionContext").because(reason)
}

pub(crate) fn number_of_bytes_or_key_spec() -> KmsError {
    let text = "Please specify either number of bytes or key spec.";
    error(Code::Validation, text)
}

pub(crate) fn has_no_public_key(arn: &KeyArn, spec: KeySpec) -> KmsError {
    let found = format!("{spec} of {arn}");
    let reason = Mismatch::new("KeyId", "a key with a public key", found);
    without_message(Code::UnsupportedOperation, reason)
}

pub(crate) fn dry_run_would_have_succeeded() -> KmsError {
    let text = "The request would have succeeded, but the DryRun option is set.";
    error(Code::DryRunOperation, text)
}

pub(crate) fn number_of_bytes_is_required() -> KmsError {
    error(Code::Validation, "NumberOfBytes is required.")
}

/// Bytes that are not shown.
fn another(length: usize) -> String {
    format!("another one of {length} bytes")
}
