//! CMS `EnvelopedData` (RFC 5652) for the recipient of an attestation document, with `aws-lc-rs`:
//! a content key under RSAES-OAEP with SHA-256, the content under AES-256-CBC.
//!
//! The encoding is the one of KMS, byte for byte as far as it is known: a recorded answer (in the
//! tests of AWS's own SDK for enclaves) has the outer values in BER of indefinite length, the
//! recipient named by a `subjectKeyIdentifier` of 32 bytes, and `NULL` as the parameters of each
//! SHA-256. That SDK reads nothing else: where KMS has an indefinite length, it skips two bytes.
//! Long contents were seen in several chunks; here they are always one, and every reader of chunks
//! reads one.

use aws_lc_rs::cipher::{AES_256, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use sha2::{Digest, Sha256};
use x509_cert::der::Decode as _;
use x509_cert::spki::SubjectPublicKeyInfoRef;

use super::{CryptoError, Random, der, foretold};
use crate::api::EncryptionAlgorithm;

/// The RSA public key of a recipient.
pub(crate) struct RecipientKey {
    key: PublicEncryptingKey,
    /// The same in DER.
    public_key: Vec<u8>,
    identifier: [u8; 32],
}

// Object identifiers, with their tag and length.
const ENVELOPED_DATA: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 3];
const DATA: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
const RSAES_OAEP: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 7];
const MGF1: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8];
const SHA256: &[u8] = &[6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
const AES_256_CBC: &[u8] = &[6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x2a];

const NULL: &[u8] = &[5, 0];
const VERSION_2: &[u8] = &[der::INTEGER, 1, 2];
const SET: u8 = 0x31;

/// The length in bits of a modulus that an enclave may have.
const BITS: std::ops::RangeInclusive<usize> = 2048..=4096;
const BLOCK: usize = 16;

impl RecipientKey {
    /// The key in this DER `SubjectPublicKeyInfo`, if it is one of RSA, of 2048 to 4096 bits.
    pub(crate) fn parse(public_key: &[u8]) -> Option<Self> {
        // The library would overlook what follows the key.
        SubjectPublicKeyInfoRef::from_der(public_key).ok()?;
        let key = PublicEncryptingKey::from_der(public_key).ok()?;
        BITS.contains(&key.key_size_bits()).then(|| Self {
            key,
            public_key: public_key.to_vec(),
            // What KMS takes for it is not known, but its length is.
            identifier: Sha256::digest(public_key).into(),
        })
    }

    /// A secret, for the holder of the private key.
    ///
    /// # Errors
    ///
    /// If there is no randomness.
    pub(crate) fn seal(&self, secret: &[u8], random: &Random) -> Result<Vec<u8>, CryptoError> {
        let content_key = random.secret(32)?;
        let nonce: [u8; BLOCK] = random.array()?;
        let content = encrypt(content_key.expose(), nonce, secret)?;
        let content_key = self.transport(content_key.expose(), random)?;

        let sha256 = der::value(der::SEQUENCE, &[SHA256, NULL]);
        let mask = der::value(der::SEQUENCE, &[MGF1, &sha256]);
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
                &der::value(der::SEQUENCE, &[RSAES_OAEP, &oaep]),
                &der::value(der::OCTET_STRING, &[&content_key]),
            ],
        );
        let nonce = der::value(der::OCTET_STRING, &[&nonce]);
        let content = indefinite(
            der::SEQUENCE,
            &[
                DATA,
                &der::value(der::SEQUENCE, &[AES_256_CBC, &nonce]),
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
            &[ENVELOPED_DATA, &indefinite(der::EXPLICIT_0, &[&enveloped])],
        ))
    }

    fn transport(&self, content_key: &[u8], random: &Random) -> Result<Vec<u8>, CryptoError> {
        const FAILED: CryptoError = CryptoError::Failed("encrypt for a recipient with RSA");
        if random.is_seeded() {
            let oaep = EncryptionAlgorithm::RsaesOaepSha256;
            return foretold::encrypt(&self.public_key, oaep, content_key, random);
        }
        let key = OaepPublicEncryptingKey::new(self.key.clone()).map_err(|_| FAILED)?;
        let mut encrypted = vec![0; key.ciphertext_size()];
        key.encrypt(&OAEP_SHA256_MGF1SHA256, content_key, &mut encrypted, None)
            .map_err(|_| FAILED)?;
        Ok(encrypted)
    }
}

/// AES-256-CBC, padded as PKCS#7 says.
fn encrypt(key: &[u8], nonce: [u8; BLOCK], secret: &[u8]) -> Result<Vec<u8>, CryptoError> {
    const FAILED: CryptoError = CryptoError::Failed("encrypt for a recipient with AES");
    let key = UnboundCipherKey::new(&AES_256, key)
        .and_then(PaddedBlockEncryptingKey::cbc_pkcs7)
        .map_err(|_| FAILED)?;
    // Encrypted in place, with room for the padding: growing would leave the secret behind.
    let mut content = Vec::with_capacity(secret.len() + BLOCK);
    content.extend_from_slice(secret);
    let nonce = EncryptionContext::Iv128(nonce.into());
    key.less_safe_encrypt(&mut content, nonce)
        .map_err(|_| FAILED)?;
    Ok(content)
}

/// A BER value that ends with two zeros instead of saying how long it is.
fn indefinite(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    [&[tag, 0x80], parts.concat().as_slice(), &[0, 0]].concat()
}

#[cfg(test)]
#[path = "enveloped_tests.rs"]
pub(crate) mod tests;
