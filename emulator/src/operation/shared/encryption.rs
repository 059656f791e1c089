//! Checks and encryption for `Encrypt`, `Decrypt` and `ReEncrypt`.

use super::symmetric;
use crate::api::{EncryptionAlgorithm, EncryptionContext};
use crate::context::Context;
use crate::error::{Error, Internal, KmsError, message};
use crate::key::Key;
use crate::key::ciphertext::CiphertextKind;
use crate::quota::SharedQuota;

/// The request quota for an algorithm. The default is the quota of symmetric keys.
pub(crate) fn shared_quota(algorithm: Option<EncryptionAlgorithm>) -> SharedQuota {
    algorithm.map_or(SharedQuota::Symmetric, SharedQuota::from)
}

/// The encryption context in a request. The place of this check among the others is not known.
///
/// # Errors
///
/// `ValidationException` for an empty value.
pub(crate) fn encryption_context(
    given: Option<EncryptionContext>,
) -> Result<EncryptionContext, KmsError> {
    let given = given.unwrap_or_default();
    if let Some(name) = given.name_of_empty_value() {
        return Err(message::invalid_encryption_context(name));
    }
    Ok(given)
}

/// Checks that a key can encrypt or decrypt with an algorithm.
///
/// # Errors
///
/// The key does not have the algorithm, or an asymmetric algorithm has an encryption context.
pub(crate) fn require_algorithm(
    key: &Key,
    algorithm: EncryptionAlgorithm,
    encryption_context: &EncryptionContext,
) -> Result<(), KmsError> {
    let spec = key.record.spec;
    if !spec.encryption_algorithms().contains(&algorithm) {
        return Err(message::incompatible_algorithm(algorithm.as_str(), spec));
    }
    if algorithm != EncryptionAlgorithm::SymmetricDefault && !encryption_context.is_empty() {
        return Err(message::encryption_context_with_asymmetric_key());
    }
    Ok(())
}

/// Checks the length of a plaintext for RSA or SM2.
///
/// # Errors
///
/// The plaintext is too long.
pub(crate) fn require_length(
    key: &Key,
    algorithm: EncryptionAlgorithm,
    plaintext: &[u8],
) -> Result<(), KmsError> {
    let spec = key.record.spec;
    match spec.max_plaintext_length(algorithm) {
        Some(max) if plaintext.len() > max => {
            Err(message::plaintext_is_too_long(algorithm, spec, max))
        }
        _ => Ok(()),
    }
}

/// Encrypts. All checks have passed.
///
/// # Errors
///
/// The proxy of an external key store fails. Internal.
pub(crate) fn encrypt(
    context: &Context<'_, '_>,
    key: &Key,
    algorithm: EncryptionAlgorithm,
    encryption_context: &EncryptionContext,
    plaintext: &[u8],
) -> Result<Vec<u8>, Error> {
    if algorithm == EncryptionAlgorithm::SymmetricDefault {
        return symmetric::encrypt(
            context,
            key,
            CiphertextKind::Encrypt,
            encryption_context,
            plaintext,
        );
    }
    let material = context.material(key)?;
    let encrypted = material.encrypt(algorithm, plaintext, context.random());
    Ok(encrypted.map_err(|error| Internal::new("encrypt", error))?)
}
