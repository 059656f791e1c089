//! [GenerateDataKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::api::{EncryptionContext, KeyArn, KeyMaterialId, KeySpec, KeyUsage, wire_enum};
use crate::context::Context;
use crate::crypto::SecretBytes;
use crate::custom_key_store;
use crate::error::{Error, Internal, KmsError, message};
use crate::key::Key;
use crate::key::ciphertext::CiphertextKind;
use crate::protocol::Blob;
use crate::recipient::{self, Recipient};

/// Makes a symmetric key for use outside, plain and encrypted.
pub(super) struct GenerateDataKey;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateDataKeyInput {
    key_id: String,
    encryption_context: Option<EncryptionContext>,
    number_of_bytes: Option<usize>,
    key_spec: Option<DataKeySpec>,
    recipient: Option<Recipient>,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateDataKeyOutput {
    ciphertext_blob: Blob,
    #[serde(skip_serializing_if = "Option::is_none")]
    ciphertext_for_recipient: Option<Blob>,
    key_id: KeyArn,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_id: Option<KeyMaterialId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plaintext: Option<Blob>,
}

wire_enum! {
    /// The length of a data key, by name.
    DataKeySpec {
        Aes256 = "AES_256",
        Aes128 = "AES_128",
    }
}

impl Operation for GenerateDataKey {
    const NAME: &'static str = "GenerateDataKey";
    const CROSS_ACCOUNT: bool = true;
    type Input = GenerateDataKeyInput;
    type Output = GenerateDataKeyOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let recipient = recipient::attested(context, input.recipient)?;
        let key = context.key(&input.key_id)?;
        let length = length(input.key_spec, input.number_of_bytes)?;
        require_symmetric(context, &key)?;
        if input.dry_run == Some(true) {
            return Err(message::dry_run_would_have_succeeded().into());
        }
        let data_key = data_key(context, length)?;
        let encryption_context = input.encryption_context.unwrap_or_default();
        let ciphertext = wrap(context, &key, &encryption_context, &data_key)?;
        let told = recipient::tell(recipient, data_key, context)?;
        Ok(GenerateDataKeyOutput {
            ciphertext_blob: Blob(ciphertext),
            ciphertext_for_recipient: told.sealed,
            key_material_id: key.record.material_id(),
            key_id: key.arn,
            plaintext: told.plain,
        })
    }
}

/// The length of the data key in bytes. KMS looks at it after the key was found, and before the
/// key's usage.
///
/// # Errors
///
/// Not exactly one of the two ways to say it.
pub(super) fn length(spec: Option<DataKeySpec>, number: Option<usize>) -> Result<usize, KmsError> {
    match (spec, number) {
        (Some(DataKeySpec::Aes256), None) => Ok(32),
        (Some(DataKeySpec::Aes128), None) => Ok(16),
        (None, Some(number)) => Ok(number),
        (Some(_), Some(_)) | (None, None) => Err(message::number_of_bytes_or_key_spec()),
    }
}

/// What `GenerateDataKey` and its kin ask of a key.
///
/// # Errors
///
/// Its usage, its state, and that it is asymmetric, in this order.
pub(super) fn require_symmetric(context: &mut Context<'_>, key: &Key) -> Result<(), Error> {
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
pub(super) fn data_key(context: &Context<'_>, length: usize) -> Result<SecretBytes, Error> {
    let secret = context.random().secret(length);
    Ok(secret.map_err(|error| Internal::new("make a data key", error))?)
}

/// Encrypts a data key, or the private key of a pair.
///
/// # Errors
///
/// Those of a custom key store's proxy. Internal.
pub(super) fn wrap(
    context: &Context<'_>,
    key: &Key,
    encryption_context: &EncryptionContext,
    secret: &SecretBytes,
) -> Result<Vec<u8>, Error> {
    custom_key_store::encrypt(
        context,
        key,
        CiphertextKind::GenerateDataKey,
        encryption_context,
        secret.expose(),
    )
}
