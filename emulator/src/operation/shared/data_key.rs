//! The operations that generate data keys.

use super::symmetric;
use crate::api::{EncryptionContext, KeySpec, KeyUsage, wire_enum};
use crate::context::Context;
use crate::crypto::SecretBytes;
use crate::error::{Error, Internal, KmsError, message};
use crate::key::Key;
use crate::key::ciphertext::CiphertextKind;

wire_enum! {
    /// `DataKeySpec`: the length of a data key.
    DataKeySpec {
        Aes256 = "AES_256",
        Aes128 = "AES_128",
    }
}

/// The length of the data key in bytes. KMS checks it after the lookup of the key and before the
/// usage of the key.
///
/// # Errors
///
/// Both members are set, or neither.
pub(crate) fn length(spec: Option<DataKeySpec>, number: Option<usize>) -> Result<usize, KmsError> {
    match (spec, number) {
        (Some(DataKeySpec::Aes256), None) => Ok(32),
        (Some(DataKeySpec::Aes128), None) => Ok(16),
        (None, Some(number)) => Ok(number),
        (Some(_), Some(_)) | (None, None) => Err(message::number_of_bytes_or_key_spec()),
    }
}

/// Checks that a key can encrypt data keys. `asymmetric` is the error for an asymmetric key.
///
/// # Errors
///
/// In this order: the usage is wrong, the state is wrong, the key is asymmetric.
pub(crate) fn require_symmetric(
    context: &mut Context<'_, '_>,
    key: &Key,
    asymmetric: fn() -> KmsError,
) -> Result<(), Error> {
    context.require_usage(key, KeyUsage::EncryptDecrypt)?;
    context.require_usable(key)?;
    if key.record.spec != KeySpec::SymmetricDefault {
        return Err(asymmetric().into());
    }
    Ok(())
}

/// Generates a data key.
///
/// # Errors
///
/// Internal.
pub(crate) fn data_key(context: &Context<'_, '_>, length: usize) -> Result<SecretBytes, Error> {
    let secret = context.random().secret(length);
    Ok(secret.map_err(|error| Internal::new("generate a data key", error))?)
}

/// Encrypts a data key, or the private key of a pair.
///
/// # Errors
///
/// The proxy of an external key store fails. Internal.
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
