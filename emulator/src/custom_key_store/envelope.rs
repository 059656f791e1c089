//! Ciphertexts of keys in custom key stores.
//!
//! In an external key store everything is encrypted twice: by KMS with material of its own, as
//! with any other key, and what came out of that by the proxy. How AWS lays out what the proxy
//! answers is not known; here:
//!
//! | bytes | content |
//! | --- | --- |
//! | 0 to 36 | as in other ciphertexts: five bytes, and the id of the key material |
//! | 37 | `02`, where others have `01` |
//! | 38, 39 | the lengths of the proxy's metadata and of its initialization vector |
//! | … | metadata, initialization vector, authentication tag (16 bytes), ciphertext |
//!
//! The proxy authenticates a SHA-256 of the first 38 bytes and the encryption context, which keeps
//! within the length that the specification allows.

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
const LONGEST_METADATA: usize = 20;

/// A ciphertext of a symmetric key, in whatever store that is.
pub(crate) enum Blob<'c> {
    Inside(Ciphertext<'c>),
    Outside(Outside<'c>),
}

/// What a proxy encrypted.
pub(crate) struct Outside<'c> {
    material: KeyMaterialId,
    head: &'c [u8],
    metadata: &'c [u8],
    initialization_vector: &'c [u8],
    tag: &'c [u8],
    ciphertext: &'c [u8],
}

impl<'c> Blob<'c> {
    /// Takes a ciphertext apart; `None` if it is not one.
    pub(crate) fn parse(blob: &'c [u8]) -> Option<Self> {
        match Outside::parse(blob) {
            Some(outside) => Some(Self::Outside(outside)),
            None => Ciphertext::parse(blob).map(Self::Inside),
        }
    }

    /// The material that it names.
    pub(crate) fn material(&self) -> KeyMaterialId {
        match self {
            Self::Inside(ciphertext) => ciphertext.material,
            Self::Outside(ciphertext) => ciphertext.material,
        }
    }
}

impl<'c> Outside<'c> {
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

/// Has a proxy encrypt a ciphertext of KMS.
///
/// # Errors
///
/// The proxy fails, or its answer is malformed.
pub(crate) fn seal(
    call: XksCall<'_>,
    principal: String,
    key: &KeyArn,
    proxy: &XksProxy,
    xks_key_id: &str,
    bound_to: &EncryptionContext,
    inside: Vec<u8>,
) -> Result<Vec<u8>, XksError> {
    let mut blob = inside.get(..HEAD_LENGTH).unwrap_or_default().to_vec();
    if let Some(layout) = blob.last_mut() {
        *layout = 2;
    }
    let authenticated = authenticated(&blob, bound_to);
    let length = inside.len();
    let request = EncryptRequest {
        request_metadata: call.metadata(Some(principal), Some(key.to_string())),
        additional_authenticated_data: protocol::Blob(authenticated.clone()),
        plaintext: protocol::Blob(inside),
        encryption_algorithm: ALGORITHM,
        ciphertext_data_integrity_value_algorithm: INTEGRITY_ALGORITHM,
    };
    let api = format!("/keys/{xks_key_id}/encrypt");
    let answer: Encrypted = call.call(proxy, &api, &request)?;

    let metadata = answer
        .ciphertext_metadata
        .map_or_else(Vec::new, |blob| blob.0);
    let iv = answer.initialization_vector.0;
    let (tag, ciphertext) = (answer.authentication_tag.0, answer.ciphertext.0);
    let integrity = Sha256::new()
        .chain_update(&authenticated)
        .chain_update(&metadata)
        .chain_update(&iv)
        .chain_update(&ciphertext)
        .chain_update(&tag)
        .finalize();
    let told = answer.ciphertext_data_integrity_value;
    if metadata.len() > LONGEST_METADATA
        || !matches!(iv.len(), 12 | 16)
        || tag.len() != TAG_LENGTH
        || ciphertext.len() != length
        || told.is_none_or(|told| told.0 != integrity.as_slice())
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

/// Has a proxy decrypt what [`seal`] returned.
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
    bound_to: &EncryptionContext,
    outside: &Outside<'_>,
) -> Result<Vec<u8>, XksError> {
    let blob = |bytes: &[u8]| protocol::Blob(bytes.to_vec());
    let metadata = (!outside.metadata.is_empty()).then(|| blob(outside.metadata));
    let request = DecryptRequest {
        request_metadata: call.metadata(Some(principal), Some(key.to_string())),
        additional_authenticated_data: protocol::Blob(authenticated(outside.head, bound_to)),
        ciphertext: blob(outside.ciphertext),
        ciphertext_metadata: metadata,
        encryption_algorithm: ALGORITHM,
        initialization_vector: blob(outside.initialization_vector),
        authentication_tag: blob(outside.tag),
    };
    let api = format!("/keys/{xks_key_id}/decrypt");
    let answer: Decrypted = call.call(proxy, &api, &request)?;
    Ok(answer.plaintext.0)
}

/// What the proxy is to authenticate.
fn authenticated(head: &[u8], bound_to: &EncryptionContext) -> Vec<u8> {
    let mut bytes = head.to_vec();
    bound_to.encode(&mut bytes);
    Sha256::digest(bytes).to_vec()
}
