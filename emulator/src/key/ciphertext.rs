//! Ciphertexts of symmetric encryption keys, in the layout of captured ones.
//!
//! | bytes | content |
//! | --- | --- |
//! | 0 to 4 | `01 02 02 00 78`; `01 02 03 00 78` from `GenerateDataKey` and its variants |
//! | 5 to 36 | the id of the key material |
//! | 37 | `01` |
//! | 38 to 53 | random bytes |
//! | 54 to 57 | the length of the rest, big endian |
//! | 58 … | PKCS#7 `EncryptedData`: AES-256-GCM, its nonce, and 27 bytes more than the plaintext |
//!
//! Of these 27 bytes, 16 are GCM's tag. The purpose of the other 11 is unknown; here they are zeros
//! before the plaintext. GCM authenticates the first 58 bytes and the encryption context. The parser
//! accepts only the exact encoding that this module writes, so every changed bit is detected.

use const_oid::db::rfc5911::{ID_AES_256_GCM, ID_DATA, ID_ENCRYPTED_DATA};
use zeroize::Zeroizing;

use crate::api::{EncryptionContext, KeyMaterialId};
use crate::crypto::symmetric::{Aes256, NONCE_LENGTH, TAG_LENGTH};
use crate::crypto::{CryptoError, Random, SecretBytes, der};

/// The operation that created a ciphertext. The third byte differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CiphertextKind {
    /// `Encrypt` and `ReEncrypt`.
    Encrypt,
    /// `GenerateDataKey` and its variants.
    GenerateDataKey,
}

/// A parsed ciphertext.
#[derive(Debug)]
pub(crate) struct Ciphertext<'c> {
    pub(crate) material: KeyMaterialId,
    /// The bytes before the PKCS#7 structure.
    head: &'c [u8],
    nonce: [u8; NONCE_LENGTH],
    /// The encrypted plaintext and its padding, and the tag.
    sealed: &'c [u8],
}

const HEAD_LENGTH: usize = 58;
/// The random bytes in the head.
const FILL_LENGTH: usize = 16;
const PADDING_LENGTH: usize = 11;

/// Encrypts a plaintext.
///
/// # Errors
///
/// If the system has no randomness.
pub(crate) fn encrypt(
    kind: CiphertextKind,
    id: &KeyMaterialId,
    material: &Aes256,
    encryption_context: &EncryptionContext,
    plaintext: &[u8],
    random: &Random,
) -> Result<Vec<u8>, CryptoError> {
    // One call of the system for both.
    let random: [u8; NONCE_LENGTH + FILL_LENGTH] = random.array()?;
    let (Some(&nonce), Some(fill)) = (random.first_chunk(), random.last_chunk::<FILL_LENGTH>())
    else {
        return Err(CryptoError::Failed("divide random bytes"));
    };
    let sealed_length = PADDING_LENGTH + plaintext.len() + TAG_LENGTH;
    let structure = Structure::of(sealed_length);

    let mut blob = Vec::with_capacity(HEAD_LENGTH + structure.length() + sealed_length);
    let third = match kind {
        CiphertextKind::Encrypt => 2,
        CiphertextKind::GenerateDataKey => 3,
    };
    blob.extend([1, 2, third, 0, 0x78]);
    blob.extend(id.as_bytes());
    blob.push(1);
    blob.extend(fill);
    let rest = u32::try_from(structure.length() + sealed_length)
        .map_err(|_| CryptoError::Failed("encrypt a plaintext of this length"))?;
    blob.extend(rest.to_be_bytes());

    // The capacity includes the tag: reallocation would leave a copy of the plaintext in memory.
    let mut sealed = Zeroizing::new(Vec::with_capacity(sealed_length));
    sealed.extend_from_slice(&[0; PADDING_LENGTH]);
    sealed.extend_from_slice(plaintext);
    material.encrypt(
        nonce,
        &authenticated(&blob, encryption_context),
        &mut sealed,
    )?;

    structure.write(&nonce, &mut blob);
    blob.extend_from_slice(&sealed);
    Ok(blob)
}

impl<'c> Ciphertext<'c> {
    /// Parses a ciphertext; `None` if it is malformed.
    pub(crate) fn parse(blob: &'c [u8]) -> Option<Self> {
        let (head, rest) = blob.split_at_checked(HEAD_LENGTH)?;
        let (&[1, 2, 2 | 3, 0, 0x78], after) = head.split_first_chunk()? else {
            return None;
        };
        let (material, after) = after.split_first_chunk()?;
        let &[1, ref after @ ..] = after else {
            return None;
        };
        let length = u32::from_be_bytes(*after.last_chunk()?);
        if usize::try_from(length).ok()? != rest.len() {
            return None;
        }
        // The DER lengths in the structure need more bytes for longer content. Only one number of
        // extra bytes makes the structure and its content fill the rest.
        let fixed = Structure::of(0).length();
        let structure = (0..=20).find_map(|octets| {
            let structure = Structure::of(rest.len().checked_sub(fixed + octets)?);
            (structure.length() == fixed + octets).then_some(structure)
        })?;
        let (written, sealed) = rest.split_at_checked(structure.length())?;
        let before = written.len().checked_sub(structure.length_after_nonce())?;
        let nonce = *written.get(..before)?.last_chunk()?;
        let shortest = PADDING_LENGTH + TAG_LENGTH;
        let mut expected = Vec::with_capacity(written.len());
        structure.write(&nonce, &mut expected);
        (sealed.len() >= shortest && expected == written).then_some(Self {
            material: KeyMaterialId::from_bytes(*material),
            head,
            nonce,
            sealed,
        })
    }

    /// The plaintext; `None` if the ciphertext was modified, or the context differs.
    pub(crate) fn decrypt(
        &self,
        material: &Aes256,
        encryption_context: &EncryptionContext,
    ) -> Option<SecretBytes> {
        let mut buffer = Zeroizing::new(self.sealed.to_vec());
        let opened = material.decrypt(
            self.nonce,
            &authenticated(self.head, encryption_context),
            &mut buffer,
        )?;
        let plaintext = opened.strip_prefix(&[0; PADDING_LENGTH])?;
        Some(SecretBytes::new(plaintext.to_vec()))
    }
}

/// The additional authenticated data.
fn authenticated(head: &[u8], encryption_context: &EncryptionContext) -> Vec<u8> {
    let mut bytes = head.to_vec();
    encryption_context.encode(&mut bytes);
    bytes
}

/// The PKCS#7 structure up to the encrypted content, which is its last part. Each request writes or
/// compares one, so it needs no buffers for its parts.
struct Structure {
    /// The lengths of the values around the encrypted content, the outermost first.
    whole: usize,
    explicit: usize,
    data: usize,
    info: usize,
    sealed: usize,
}

/// Its parts of constant length.
const VERSION: &[u8] = &[der::INTEGER, 1, 0];
const TAG_LENGTH_PARAMETER: &[u8] = &[der::INTEGER, 1, 16];
const PARAMETERS_LENGTH: usize = 2 + NONCE_LENGTH + TAG_LENGTH_PARAMETER.len();

impl Structure {
    fn of(sealed: usize) -> Self {
        let content = der::header_length(sealed) + sealed;
        let algorithm = 2 + der::oid_length(&ID_AES_256_GCM) + 2 + PARAMETERS_LENGTH;
        let info = der::oid_length(&ID_DATA) + algorithm + content;
        let data = VERSION.len() + der::header_length(info) + info;
        let explicit = der::header_length(data) + data;
        let whole = der::oid_length(&ID_ENCRYPTED_DATA) + der::header_length(explicit) + explicit;
        Self {
            whole,
            explicit,
            data,
            info,
            sealed,
        }
    }

    /// The length up to the encrypted content.
    fn length(&self) -> usize {
        der::header_length(self.whole) + self.whole - self.sealed
    }

    /// The length after the nonce, up to the encrypted content.
    fn length_after_nonce(&self) -> usize {
        TAG_LENGTH_PARAMETER.len() + der::header_length(self.sealed)
    }

    fn write(&self, nonce: &[u8; NONCE_LENGTH], to: &mut Vec<u8>) {
        der::write_header(der::SEQUENCE, self.whole, to);
        der::write_oid(&ID_ENCRYPTED_DATA, to);
        der::write_header(der::EXPLICIT_0, self.explicit, to);
        der::write_header(der::SEQUENCE, self.data, to);
        to.extend_from_slice(VERSION);
        der::write_header(der::SEQUENCE, self.info, to);
        der::write_oid(&ID_DATA, to);
        let algorithm = der::oid_length(&ID_AES_256_GCM) + 2 + PARAMETERS_LENGTH;
        der::write_header(der::SEQUENCE, algorithm, to);
        der::write_oid(&ID_AES_256_GCM, to);
        der::write_header(der::SEQUENCE, PARAMETERS_LENGTH, to);
        der::write_header(der::OCTET_STRING, NONCE_LENGTH, to);
        to.extend_from_slice(nonce);
        to.extend_from_slice(TAG_LENGTH_PARAMETER);
        der::write_header(der::IMPLICIT_0, self.sealed, to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(name: &str) -> EncryptionContext {
        serde_json::from_str(&format!(r#"{{"name":"{name}"}}"#)).unwrap()
    }

    fn encrypted(material: &Aes256, plaintext: &[u8]) -> Vec<u8> {
        let id = KeyMaterialId::from_bytes([7; 32]);
        encrypt(
            CiphertextKind::Encrypt,
            &id,
            material,
            &context("a"),
            plaintext,
            &Random::System,
        )
        .unwrap()
    }

    fn decrypted(material: &Aes256, blob: &[u8], name: &str) -> Option<Vec<u8>> {
        let plaintext = Ciphertext::parse(blob)?.decrypt(material, &context(name))?;
        Some(plaintext.into_exposed())
    }

    /// Recorded pairs of lengths, and the limits.
    #[test]
    fn has_the_recorded_lengths() {
        let material = Aes256::generate(&Random::System).unwrap();
        for (plaintext, ciphertext) in [
            (1, 153),
            (16, 168),
            (22, 174),
            (27, 179),
            (32, 184),
            (35, 187),
            (36, 189),
            (56, 212),
            (100, 256),
            (101, 258),
            (150, 307),
            (229, 391),
            (4096, 4258),
        ] {
            let blob = encrypted(&material, &vec![1; plaintext]);
            assert_eq!(blob.len(), ciphertext, "{plaintext}");
            assert_eq!(
                decrypted(&material, &blob, "a").unwrap(),
                vec![1; plaintext]
            );
        }
    }

    #[test]
    fn decrypts_every_length() {
        let material = Aes256::generate(&Random::System).unwrap();
        for length in (0..600).chain(65_400..65_600) {
            let blob = encrypted(&material, &vec![1; length]);
            assert!(
                decrypted(&material, &blob, "a") == Some(vec![1; length]),
                "{length}"
            );
        }
    }

    #[test]
    fn has_the_recorded_layout() {
        let material = Aes256::generate(&Random::System).unwrap();
        let blob = encrypted(&material, b"plaintext");
        assert_eq!(blob[..5], [1, 2, 2, 0, 0x78]);
        assert_eq!(blob[5..37], [7; 32]);
        assert_eq!(blob[37], 1);
        assert_eq!(blob[54..58], [0, 0, 0, 103]);
        let id = KeyMaterialId::from_bytes([7; 32]);
        let blob = encrypt(
            CiphertextKind::GenerateDataKey,
            &id,
            &material,
            &context("a"),
            b"key",
            &Random::System,
        )
        .unwrap();
        assert_eq!(blob[..5], [1, 2, 3, 0, 0x78]);
    }

    #[test]
    fn rejects_modified_ciphertexts() {
        let material = Aes256::generate(&Random::System).unwrap();
        let blob = encrypted(&material, b"plaintext");
        for bit in 0..blob.len() * 8 {
            let mut changed = blob.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            // A changed id identifies other material; here, the same material decrypts.
            assert_eq!(decrypted(&material, &changed, "a"), None, "bit {bit}");
        }
        for length in 0..blob.len() {
            assert_eq!(
                decrypted(&material, &blob[..length], "a"),
                None,
                "cut at {length}"
            );
        }
        assert_eq!(decrypted(&material, &[&blob[..], &[0]].concat(), "a"), None);
        assert_eq!(decrypted(&material, &blob, "b"), None);
        assert_eq!(
            decrypted(&Aes256::generate(&Random::System).unwrap(), &blob, "a"),
            None
        );
    }
}
