//! What the operations that generate data keys have in common.

use super::symmetric;
use crate::api::{EncryptionContext, KeySpec, KeyUsage, wire_enum};
use crate::context::Context;
use crate::crypto::SecretBytes;
use crate::error::{Error, Internal, KmsError, message};
use crate::key::Key;
use crate::key::ciphertext::CiphertextKind;

wire_enum! {
    /// The length of a data key, by name.
    DataKeySpec {
        Aes256 = "AES_256",
        Aes128 = "AES_128",
    }
}

/// The length of the data key in bytes. KMS checks it after it has found the key, and before the
/// usage of the key.
///
/// # Errors
///
/// Neither or both of the two members are set.
pub(crate) fn length(spec: Option<DataKeySpec>, number: Option<usize>) -> Result<usize, KmsError> {
    match (spec, number) {
        (Some(DataKeySpec::Aes256), None) => Ok(32),
        (Some(DataKeySpec::Aes128), None) => Ok(16),
        (None, Some(number)) => Ok(number),
        (Some(_), Some(_)) | (None, None) => Err(message::number_of_bytes_or_key_spec()),
    }
}

/// Checks that a key can encrypt data keys.
///
/// # Errors
///
/// The usage, then the state, then an asymmetric key.
pub(crate) fn require_symmetric(context: &mut Context<'_, '_>, key: &Key) -> Result<(), Error> {
    context.require_usage(key, KeyUsage::EncryptDecrypt)?;
    context.require_usable(key)?;
    if key.record.spec != KeySpec::SymmetricDefault {
        return Err(message::data_key_with_asymmetric_key().into());
    }
    Ok(())
}

/// A new data key.
///
/// # Errors
///
/// Internal.
pub(crate) fn data_key(context: &Context<'_, '_>, length: usize) -> Result<SecretBytes, Error> {
    let secret = context.random().secret(length);
    Ok(secret.map_err(|error| Internal::new("make a data key", error))?)
}

/// Encrypts a data key, or the private key of a pair.
///
/// # Errors
///
/// Those of a custom key store's proxy. Internal.
pub(crate) fn wrap(
    context: &Context<'_, '_>,
    key: &Key,
    encryption_context: &EncryptionContext,
    secret: &SecretBytes,
) -> Result<Vec<u8>, Error> {
    symmetric::encrypt(
        context,
        key,
        CiphertextKind::GenerateDataKey,
        encryption_context,
        secret.expose(),
    )
}
