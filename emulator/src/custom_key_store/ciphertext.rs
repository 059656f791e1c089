//! Ciphertexts of keys in custom key stores.
//!
//! With an external key store, plaintexts are encrypted twice: first by KMS with its own material, as
//! with every other key, then by the proxy. AWS's layout of the result is not known. The layout here:
//!
//! | bytes | content |
//! | --- | --- |
//! | 0 to 36 | as in other ciphertexts: five fixed bytes, and the id of the key material |
//! | 37 | `02`; other ciphertexts have `01` |
//! | 38, 39 | the lengths of the proxy's metadata and of its initialization vector |
//! | … | metadata, initialization vector, authentication tag (16 bytes), ciphertext |
//!
//! The proxy authenticates a SHA-256 digest of the first 38 bytes and the encryption context, because
//! the specification limits the length of additional authenticated data.

use sha2::{Digest as _, Sha256};

use super::wire::{
    ALGORITHM, DecryptRequest, Decrypted, EncryptRequest, Encrypted, INTEGRITY_ALGORITHM,
};
use super::{XksCall, XksProxy};
use crate::api::{EncryptionContext, KeyArn, KeyMaterialId, XksError};
use crate::key::ciphertext::Ciphertext;
use crate::protocol;

const HEAD_LENGTH: usize = 38;
const TAG_LENGTH: usize = 16;
const MAX_METADATA_LENGTH: usize = 20;

/// A ciphertext of a symmetric key.
pub(crate) enum SymmetricCiphertext<'c> {
    /// Encrypted by KMS.
    Kms(Ciphertext<'c>),
    /// Encrypted by KMS, then by a proxy.
    Xks(XksCiphertext<'c>),
}

/// A ciphertext of a key in an external key store.
pub(crate) struct XksCiphertext<'c> {
    material: KeyMaterialId,
    head: &'c [u8],
    metadata: &'c [u8],
    initialization_vector: &'c [u8],
    tag: &'c [u8],
    ciphertext: &'c [u8],
}

impl<'c> SymmetricCiphertext<'c> {
    /// Parses a ciphertext; `None` if it is malformed.
    pub(crate) fn parse(blob: &'c [u8]) -> Option<Self> {
        match XksCiphertext::parse(blob) {
            Some(ciphertext) => Some(Self::Xks(ciphertext)),
            None => Ciphertext::parse(blob).map(Self::Kms),
        }
    }

    /// The id of the key material.
    pub(crate) fn material(&self) -> KeyMaterialId {
        match self {
            Self::Kms(ciphertext) => ciphertext.material,
            Self::Xks(ciphertext) => ciphertext.material,
        }
    }
}

impl<'c> XksCiphertext<'c> {
    /// The id of the material that KMS encrypted with.
    pub(crate) fn material(&self) -> KeyMaterialId {
        self.material
    }

    fn parse(blob: &'c [u8]) -> Option<Self> {
        let (head, rest) = blob.split_at_checked(HEAD_LENGTH)?;
        let (&[1, 2, 2 | 3, 0, 0x78], after) = head.split_first_chunk()? else {
            return None;
        };
        let (material, &[2]) = after.split_first_chunk()? else {
            return None;
        };
        let (&[metadata, iv], rest) = rest.split_first_chunk()?;
        let (metadata, rest) = rest.split_at_checked(usize::from(metadata))?;
        let (initialization_vector, rest) = rest.split_at_checked(usize::from(iv))?;
        let (tag, ciphertext) = rest.split_at_checked(TAG_LENGTH)?;
        Some(Self {
            material: KeyMaterialId::from_bytes(*material),
            head,
            metadata,
            initialization_vector,
            tag,
            ciphertext,
        })
    }
}

/// Encrypts a ciphertext of KMS with the proxy.
///
/// # Errors
///
/// The proxy fails, or its response is malformed.
pub(crate) fn seal(
    call: XksCall<'_>,
    principal: String,
    key: &KeyArn,
    proxy: &XksProxy,
    xks_key_id: &str,
    encryption_context: &EncryptionContext,
    encrypted: Vec<u8>,
) -> Result<Vec<u8>, XksError> {
    let mut blob = encrypted.get(..HEAD_LENGTH).unwrap_or_default().to_vec();
    if let Some(layout) = blob.last_mut() {
        *layout = 2;
    }
    let authenticated = authenticated(&blob, encryption_context);
    let length = encrypted.len();
    let request = EncryptRequest {
        request_metadata: call.metadata(Some(principal), Some(key.to_string())),
        additional_authenticated_data: protocol::Blob(authenticated.clone()),
        plaintext: protocol::Blob(encrypted),
        encryption_algorithm: ALGORITHM,
        ciphertext_data_integrity_value_algorithm: INTEGRITY_ALGORITHM,
    };
    let api = format!("/keys/{xks_key_id}/encrypt");
    let response: Encrypted = call.send(proxy, &api, &request)?;

    let metadata = response
        .ciphertext_metadata
        .map_or_else(Vec::new, |blob| blob.0);
    let iv = response.initialization_vector.0;
    let (tag, ciphertext) = (response.authentication_tag.0, response.ciphertext.0);
    let integrity = Sha256::new()
        .chain_update(&authenticated)
        .chain_update(&metadata)
        .chain_update(&iv)
        .chain_update(&ciphertext)
        .chain_update(&tag)
        .finalize();
    let proxy_integrity = response.ciphertext_data_integrity_value;
    if metadata.len() > MAX_METADATA_LENGTH
        || !matches!(iv.len(), 12 | 16)
        || tag.len() != TAG_LENGTH
        || ciphertext.len() != length
        || proxy_integrity.is_none_or(|value| value.0 != integrity.as_slice())
    {
        return Err(XksError::Malformed);
    }
    for part in [&metadata, &iv] {
        blob.push(u8::try_from(part.len()).map_err(|_| XksError::Malformed)?);
    }
    for part in [metadata, iv, tag, ciphertext] {
        blob.extend(part);
    }
    Ok(blob)
}

/// Decrypts the result of [`seal`] with the proxy.
///
/// # Errors
///
/// The proxy fails.
pub(crate) fn open(
    call: XksCall<'_>,
    principal: String,
    key: &KeyArn,
    proxy: &XksProxy,
    xks_key_id: &str,
    encryption_context: &EncryptionContext,
    ciphertext: &XksCiphertext<'_>,
) -> Result<Vec<u8>, XksError> {
    let blob = |bytes: &[u8]| protocol::Blob(bytes.to_vec());
    let metadata = (!ciphertext.metadata.is_empty()).then(|| blob(ciphertext.metadata));
    let request = DecryptRequest {
        request_metadata: call.metadata(Some(principal), Some(key.to_string())),
        additional_authenticated_data: protocol::Blob(authenticated(
            ciphertext.head,
            encryption_context,
        )),
        ciphertext: blob(ciphertext.ciphertext),
        ciphertext_metadata: metadata,
        encryption_algorithm: ALGORITHM,
        initialization_vector: blob(ciphertext.initialization_vector),
        authentication_tag: blob(ciphertext.tag),
    };
    let api = format!("/keys/{xks_key_id}/decrypt");
    let response: Decrypted = call.send(proxy, &api, &request)?;
    Ok(response.plaintext.0)
}

/// The additional authenticated data of a request to the proxy.
fn authenticated(head: &[u8], encryption_context: &EncryptionContext) -> Vec<u8> {
    let mut bytes = head.to_vec();
    encryption_context.encode(&mut bytes);
    Sha256::digest(bytes).to_vec()
}
