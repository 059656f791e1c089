//! Encryption and decryption with symmetric keys, in KMS or in an external key store.

use crate::api::{EncryptionContext, XksError};
use crate::context::Context;
use crate::crypto::SecretBytes;
use crate::custom_key_store::{SymmetricCiphertext, open, seal};
use crate::error::{Error, Internal, message};
use crate::key::Key;
use crate::key::ciphertext::{self, Ciphertext, CiphertextKind};

/// Encrypts with a symmetric key.
///
/// # Errors
///
/// `KMSInvalidStateException`: the proxy of the key failed. Internal.
pub(crate) fn encrypt(
    context: &Context<'_, '_>,
    key: &Key,
    kind: CiphertextKind,
    encryption_context: &EncryptionContext,
    plaintext: &[u8],
) -> Result<Vec<u8>, Error> {
    let material = context.material(key)?;
    let id = key.record.material_id();
    let id = id.ok_or_else(|| Internal::new("encrypt", "the key has no material id"))?;
    let random = context.random();
    let encrypted = material
        .symmetric()
        .and_then(|aes| ciphertext::encrypt(kind, &id, aes, encryption_context, plaintext, random))
        .map_err(|error| Internal::new("encrypt", error))?;
    match context.proxy_of(key)? {
        None => Ok(encrypted),
        Some((proxy, xks_key_id)) => {
            let sealed = seal(
                context.xks_call(),
                context.caller_arn(),
                &key.arn,
                &proxy,
                &xks_key_id,
                encryption_context,
                encrypted,
            );
            sealed.map_err(XksError::into_use_error)
        }
    }
}

/// Decrypts with the material at an index of a key's list.
///
/// # Errors
///
/// `KMSInvalidStateException`: the proxy of the key failed. `InvalidCiphertextException`.
/// Internal.
pub(crate) fn decrypt(
    context: &Context<'_, '_>,
    key: &Key,
    index: usize,
    blob: SymmetricCiphertext<'_>,
    encryption_context: &EncryptionContext,
) -> Result<SecretBytes, Error> {
    let opened;
    let ciphertext = match (blob, context.proxy_of(key)?) {
        (SymmetricCiphertext::Kms(ciphertext), None) => ciphertext,
        (SymmetricCiphertext::Xks(sealed), Some((proxy, xks_key_id))) => {
            opened = open(
                context.xks_call(),
                context.caller_arn(),
                &key.arn,
                &proxy,
                &xks_key_id,
                encryption_context,
                &sealed,
            )
            .map_err(XksError::into_use_error)?;
            // The proxy must return the bytes that it encrypted.
            Ciphertext::parse(&opened)
                .filter(|ciphertext| ciphertext.material == sealed.material())
                .ok_or_else(message::xks_plaintext_is_invalid)?
        }
        _ => return Err(message::ciphertext_of_another_store(&key.arn).into()),
    };
    let is_external = key.is_in_external_store();
    let material = context.material_at(key, index)?;
    let aes = material
        .symmetric()
        .map_err(|error| Internal::new("decrypt", error))?;
    let plaintext = ciphertext.decrypt(aes, encryption_context);
    Ok(plaintext.ok_or_else(|| {
        if is_external {
            message::xks_plaintext_is_invalid()
        } else {
            message::ciphertext_is_not_authentic(&key.arn, encryption_context.len())
        }
    })?)
}
