//! [Encrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::api::{EncryptionAlgorithm, EncryptionContext, KeyArn, KeyUsage};
use crate::context::Context;
use crate::custom_key_store;
use crate::error::{Error, Internal, KmsError, message};
use crate::key::Key;
use crate::key::ciphertext::CiphertextKind;
use crate::protocol::Blob;

/// Encrypts a plaintext of up to 4096 bytes.
pub(super) struct Encrypt;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EncryptInput {
    key_id: String,
    plaintext: Blob,
    encryption_context: Option<EncryptionContext>,
    encryption_algorithm: Option<EncryptionAlgorithm>,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EncryptOutput {
    ciphertext_blob: Blob,
    encryption_algorithm: EncryptionAlgorithm,
    key_id: KeyArn,
}

impl Operation for Encrypt {
    const NAME: &'static str = "Encrypt";
    const CROSS_ACCOUNT: bool = true;
    type Input = EncryptInput;
    type Output = EncryptOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let key = context.key_for(&input.key_id, KeyUsage::EncryptDecrypt)?;
        let algorithm = input
            .encryption_algorithm
            .unwrap_or(EncryptionAlgorithm::SymmetricDefault);
        let encryption_context = input.encryption_context.unwrap_or_default();
        require_algorithm(&key, algorithm, &encryption_context)?;
        require_length(&key, algorithm, &input.plaintext.0)?;
        if input.dry_run == Some(true) {
            return Err(message::dry_run_would_have_succeeded().into());
        }
        let ciphertext = encrypt(
            context,
            &key,
            algorithm,
            &encryption_context,
            &input.plaintext.0,
        )?;
        Ok(EncryptOutput {
            ciphertext_blob: Blob(ciphertext),
            encryption_algorithm: algorithm,
            key_id: key.arn,
        })
    }
}

/// What `Encrypt`, `Decrypt` and `ReEncrypt` ask of a key that is to encrypt or decrypt.
///
/// # Errors
///
/// The key does not have the algorithm, or an encryption context was given to an asymmetric one.
pub(super) fn require_algorithm(
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

/// Refuses a plaintext that an algorithm of RSA or SM2 cannot encrypt as a whole.
///
/// # Errors
///
/// It is too long.
pub(super) fn require_length(
    key: &Key,
    algorithm: EncryptionAlgorithm,
    plaintext: &[u8],
) -> Result<(), KmsError> {
    let spec = key.record.spec;
    match spec.max_plaintext_length(algorithm) {
        Some(longest) if plaintext.len() > longest => {
            Err(message::plaintext_is_too_long(algorithm, spec, longest))
        }
        _ => Ok(()),
    }
}

/// Encrypts after all checks were made.
///
/// # Errors
///
/// Those of a custom key store's proxy. Internal.
pub(super) fn encrypt(
    context: &Context<'_>,
    key: &Key,
    algorithm: EncryptionAlgorithm,
    encryption_context: &EncryptionContext,
    plaintext: &[u8],
) -> Result<Vec<u8>, Error> {
    if algorithm == EncryptionAlgorithm::SymmetricDefault {
        return custom_key_store::encrypt(
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
