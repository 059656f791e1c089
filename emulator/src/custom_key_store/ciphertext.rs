//! Ciphertexts of keys in custom key stores.
//!
//! With an external key store, everything is encrypted twice: first by KMS with its own material, as
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
use crate::api::{EncryptionContext, KeyMaterialId, XksError};
use crate::context::Context;
use crate::crypto::SecretBytes;
use crate::error::{Error, Internal, message};
use crate::key::Key;
use crate::key::ciphertext::{self, Ciphertext, CiphertextKind};
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

/// Encrypts with a symmetric key.
///
/// # Errors
///
/// `KMSInvalidStateException` if the proxy fails. Internal.
pub(crate) fn encrypt(
    context: &Context<'_>,
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
                context,
                key,
                &proxy,
                &xks_key_id,
                encryption_context,
                encrypted,
            );
            sealed.map_err(XksError::of_use)
        }
    }
}

fn seal(
    context: &Context<'_>,
    key: &Key,
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
    let call: XksCall<'_> = context.ask();
    let request = EncryptRequest {
        request_metadata: call.metadata(Some(context.caller_arn()), Some(key.arn.to_string())),
        additional_authenticated_data: protocol::Blob(authenticated.clone()),
        plaintext: protocol::Blob(encrypted),
        encryption_algorithm: ALGORITHM,
        ciphertext_data_integrity_value_algorithm: INTEGRITY_ALGORITHM,
    };
    let api = format!("/keys/{xks_key_id}/encrypt");
    let answer: Encrypted = call.send(proxy, &api, &request)?;

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
    let integrity_of_proxy = answer.ciphertext_data_integrity_value;
    if metadata.len() > MAX_METADATA_LENGTH
        || !matches!(iv.len(), 12 | 16)
        || tag.len() != TAG_LENGTH
        || ciphertext.len() != length
        || integrity_of_proxy.is_none_or(|value| value.0 != integrity.as_slice())
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

/// Decrypts with the material at an index in the key's list.
///
/// # Errors
///
/// `KMSInvalidStateException` if the proxy fails. `InvalidCiphertextException`. Internal.
pub(crate) fn decrypt(
    context: &Context<'_>,
    key: &Key,
    index: usize,
    ciphertext: SymmetricCiphertext<'_>,
    encryption_context: &EncryptionContext,
) -> Result<SecretBytes, Error> {
    let opened;
    let ciphertext = match (ciphertext, context.proxy_of(key)?) {
        (SymmetricCiphertext::Kms(ciphertext), None) => ciphertext,
        (SymmetricCiphertext::Xks(outer), Some((proxy, xks_key_id))) => {
            opened = open(
                context,
                key,
                &proxy,
                &xks_key_id,
                encryption_context,
                &outer,
            )
            .map_err(XksError::of_use)?;
            // The proxy must return the ciphertext that KMS encrypted.
            Ciphertext::parse(&opened)
                .filter(|inner| inner.material == outer.material)
                .ok_or_else(message::xks_plaintext_is_wrong)?
        }
        _ => return Err(message::invalid_ciphertext().into()),
    };
    let is_external = key.is_in_external_store();
    let material = context.material_at(key, index)?;
    let aes = material
        .symmetric()
        .map_err(|error| Internal::new("decrypt", error))?;
    let plaintext = ciphertext.decrypt(aes, encryption_context);
    Ok(plaintext.ok_or_else(|| {
        if is_external {
            message::xks_plaintext_is_wrong()
        } else {
            message::invalid_ciphertext()
        }
    })?)
}

fn open(
    context: &Context<'_>,
    key: &Key,
    proxy: &XksProxy,
    xks_key_id: &str,
    encryption_context: &EncryptionContext,
    ciphertext: &XksCiphertext<'_>,
) -> Result<Vec<u8>, XksError> {
    let blob = |bytes: &[u8]| protocol::Blob(bytes.to_vec());
    let call: XksCall<'_> = context.ask();
    let metadata = (!ciphertext.metadata.is_empty()).then(|| blob(ciphertext.metadata));
    let request = DecryptRequest {
        request_metadata: call.metadata(Some(context.caller_arn()), Some(key.arn.to_string())),
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
    let answer: Decrypted = call.send(proxy, &api, &request)?;
    Ok(answer.plaintext.0)
}

/// The additional authenticated data of a request to the proxy.
fn authenticated(head: &[u8], encryption_context: &EncryptionContext) -> Vec<u8> {
    let mut bytes = head.to_vec();
    encryption_context.encode(&mut bytes);
    Sha256::digest(bytes).to_vec()
}
