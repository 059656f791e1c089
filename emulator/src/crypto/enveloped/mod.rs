//! CMS `EnvelopedData` (RFC 5652) for the recipient of an attestation document, with `aws-lc-rs`:
//! a content key encrypted with RSAES-OAEP and SHA-256, and content encrypted with AES-256-CBC.
//!
//! The encoding follows a recorded response of KMS, from the tests of AWS's SDK for enclaves. Its
//! outer values are BER of indefinite length, a `subjectKeyIdentifier` of 32 bytes identifies the
//! recipient, and each SHA-256 has `NULL` parameters. That SDK accepts no other encoding: it skips
//! two bytes where KMS writes an indefinite length. KMS splits long content into chunks; here the
//! content is one chunk, which every reader of chunks accepts.

use aws_lc_rs::cipher::{AES_256, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use const_oid::db::rfc5911::{ID_AES_256_CBC, ID_DATA, ID_ENVELOPED_DATA};
use const_oid::db::rfc5912::{ID_MGF_1, ID_RSAES_OAEP, ID_SHA_256};
use sha2::{Digest, Sha256};
use x509_cert::der::Decode as _;
use x509_cert::spki::SubjectPublicKeyInfoRef;

use super::{CryptoError, Random, der, rsa};
use crate::api::EncryptionAlgorithm;

/// The RSA public key of a recipient.
pub(crate) struct RecipientKey {
    key: PublicEncryptingKey,
    /// The key as DER.
    public_key: Vec<u8>,
    identifier: [u8; 32],
}

const NULL: &[u8] = &[5, 0];
const VERSION_2: &[u8] = &[der::INTEGER, 1, 2];
const SET: u8 = 0x31;

/// The allowed lengths of the modulus in bits.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;
const BLOCK_LENGTH: usize = 16;

impl RecipientKey {
    /// Parses a DER `SubjectPublicKeyInfo`; `None` unless it is an RSA key of 2048 to 4096 bits.
    pub(crate) fn parse(public_key: &[u8]) -> Option<Self> {
        // `PublicEncryptingKey` ignores extra bytes after the key.
        SubjectPublicKeyInfoRef::from_der(public_key).ok()?;
        let key = PublicEncryptingKey::from_der(public_key).ok()?;
        MODULUS_BITS.contains(&key.key_size_bits()).then(|| Self {
            key,
            public_key: public_key.to_vec(),
            // For KMS's identifier, only the length is known.
            identifier: Sha256::digest(public_key).into(),
        })
    }

    /// Encrypts a secret for the owner of the private key.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub(crate) fn seal(&self, secret: &[u8], random: &Random) -> Result<Vec<u8>, CryptoError> {
        let content_key = random.secret(32)?;
        let nonce: [u8; BLOCK_LENGTH] = random.array()?;
        let content = encrypt(content_key.expose(), nonce, secret)?;
        let content_key = self.encrypt_content_key(content_key.expose(), random)?;

        let sha256 = der::value(der::SEQUENCE, &[&der::oid(ID_SHA_256), NULL]);
        let mask = der::value(der::SEQUENCE, &[&der::oid(ID_MGF_1), &sha256]);
        let oaep = der::value(
            der::SEQUENCE,
            &[
                &der::value(der::EXPLICIT_0, &[&sha256]),
                &der::value(der::EXPLICIT_1, &[&mask]),
            ],
        );
        let recipient = der::value(
            der::SEQUENCE,
            &[
                VERSION_2,
                &der::value(der::IMPLICIT_0, &[&self.identifier]),
                &der::value(der::SEQUENCE, &[&der::oid(ID_RSAES_OAEP), &oaep]),
                &der::value(der::OCTET_STRING, &[&content_key]),
            ],
        );
        let nonce = der::value(der::OCTET_STRING, &[&nonce]);
        let content = indefinite(
            der::SEQUENCE,
            &[
                &der::oid(ID_DATA),
                &der::value(der::SEQUENCE, &[&der::oid(ID_AES_256_CBC), &nonce]),
                &indefinite(
                    der::EXPLICIT_0,
                    &[&der::value(der::OCTET_STRING, &[&content])],
                ),
            ],
        );
        let enveloped = indefinite(
            der::SEQUENCE,
            &[VERSION_2, &der::value(SET, &[&recipient]), &content],
        );
        Ok(indefinite(
            der::SEQUENCE,
            &[
                &der::oid(ID_ENVELOPED_DATA),
                &indefinite(der::EXPLICIT_0, &[&enveloped]),
            ],
        ))
    }

    fn encrypt_content_key(
        &self,
        content_key: &[u8],
        random: &Random,
    ) -> Result<Vec<u8>, CryptoError> {
        const FAILED: CryptoError = CryptoError::Failed("encrypt for a recipient with RSA");
        if random.is_seeded() {
            let oaep = EncryptionAlgorithm::RsaesOaepSha256;
            return rsa::encrypt_deterministic(&self.public_key, oaep, content_key, random);
        }
        let key = OaepPublicEncryptingKey::new(self.key.clone()).map_err(|_| FAILED)?;
        let mut encrypted = vec![0; key.ciphertext_size()];
        key.encrypt(&OAEP_SHA256_MGF1SHA256, content_key, &mut encrypted, None)
            .map_err(|_| FAILED)?;
        Ok(encrypted)
    }
}

/// Encrypts with AES-256-CBC and PKCS#7 padding.
fn encrypt(key: &[u8], nonce: [u8; BLOCK_LENGTH], secret: &[u8]) -> Result<Vec<u8>, CryptoError> {
    const FAILED: CryptoError = CryptoError::Failed("encrypt for a recipient with AES");
    let key = UnboundCipherKey::new(&AES_256, key)
        .and_then(PaddedBlockEncryptingKey::cbc_pkcs7)
        .map_err(|_| FAILED)?;
    // The capacity includes the padding: reallocation would leave a copy of the secret.
    let mut content = Vec::with_capacity(secret.len() + BLOCK_LENGTH);
    content.extend_from_slice(secret);
    let nonce = EncryptionContext::Iv128(nonce.into());
    key.less_safe_encrypt(&mut content, nonce)
        .map_err(|_| FAILED)?;
    Ok(content)
}

/// A BER value of indefinite length, which ends with two zeros.
fn indefinite(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    [&[tag, 0x80], parts.concat().as_slice(), &[0, 0]].concat()
}

#[cfg(test)]
pub(crate) mod tests;
