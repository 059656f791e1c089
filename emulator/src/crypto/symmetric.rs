//! AES-256-GCM, with `aws-lc-rs`: the algorithm of `SYMMETRIC_DEFAULT` keys.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::{CryptoError, Random, SecretBytes};
use crate::api::KeySpec;

/// The length of a key.
const KEY_LENGTH: usize = 32;
/// The length of a nonce.
pub(crate) const NONCE_LENGTH: usize = 12;
/// The length of the authentication tag.
pub(crate) const TAG_LENGTH: usize = 16;

/// An AES-256 key.
pub(crate) struct Aes256 {
    secret: SecretBytes,
    key: LessSafeKey,
}

impl Aes256 {
    pub(crate) fn generate(random: &Random) -> Result<Self, CryptoError> {
        Self::decode(random.secret(KEY_LENGTH)?.expose())
    }

    pub(super) fn decode(secret: &[u8]) -> Result<Self, CryptoError> {
        let key = UnboundKey::new(&AES_256_GCM, secret)
            .map_err(|_| CryptoError::InvalidMaterial(KeySpec::SymmetricDefault))?;
        Ok(Self {
            secret: SecretBytes::new(secret.to_vec()),
            key: LessSafeKey::new(key),
        })
    }

    pub(super) fn encode(&self) -> SecretBytes {
        self.secret.clone()
    }

    /// A random nonce.
    pub(crate) fn nonce(random: &Random) -> Result<[u8; NONCE_LENGTH], CryptoError> {
        random.array()
    }

    /// Encrypts in place and appends the tag. Decryption requires the same `authenticated` data.
    pub(crate) fn encrypt(
        &self,
        nonce: [u8; NONCE_LENGTH],
        authenticated: &[u8],
        buffer: &mut Vec<u8>,
    ) -> Result<(), CryptoError> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.key
            .seal_in_place_append_tag(nonce, Aad::from(authenticated), buffer)
            .map_err(|_| CryptoError::Failed("encrypt with AES-256-GCM"))
    }

    /// Decrypts in place; `None` if authentication fails.
    pub(crate) fn decrypt<'b>(
        &self,
        nonce: [u8; NONCE_LENGTH],
        authenticated: &[u8],
        buffer: &'b mut [u8],
    ) -> Option<&'b [u8]> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let plaintext = self
            .key
            .open_in_place(nonce, Aad::from(authenticated), buffer)
            .ok()?;
        Some(plaintext)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::hex;
    use super::*;

    /// Test cases 13 and 14 of "The Galois/Counter Mode of Operation", with a 256-bit key of
    /// zeros.
    #[test]
    fn vectors_of_the_gcm_proposal() {
        let key = Aes256::decode(&[0; 32]).unwrap();
        let mut empty = Vec::new();
        key.encrypt([0; 12], &[], &mut empty).unwrap();
        assert_eq!(empty, hex("530f8afbc74536b9a963b4f1c4cb738b"));

        let mut block = vec![0; 16];
        key.encrypt([0; 12], &[], &mut block).unwrap();
        assert_eq!(block[..16], hex("cea7403d4d606b6e074ec5d3baf39d18"));
        assert_eq!(block[16..], hex("d0d1c8a799996bf0265b98b5d48ab919"));
    }

    #[test]
    fn rejects_every_change() {
        let key = Aes256::generate(&Random::System).unwrap();
        let nonce = Aes256::nonce(&Random::System).unwrap();
        let mut sealed = b"a plaintext".to_vec();
        key.encrypt(nonce, b"context", &mut sealed).unwrap();
        let open = |nonce, context: &[u8], mut sealed: Vec<u8>| {
            key.decrypt(nonce, context, &mut sealed).map(<[u8]>::to_vec)
        };
        assert_eq!(
            open(nonce, b"context", sealed.clone()).unwrap(),
            b"a plaintext"
        );
        assert!(open(nonce, b"Context", sealed.clone()).is_none());
        assert!(open([0; 12], b"context", sealed.clone()).is_none());
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(open(nonce, b"context", changed).is_none(), "byte {index}");
        }
    }

    #[test]
    fn keys_have_32_bytes() {
        assert!(Aes256::decode(&[0; 16]).is_err());
        assert!(Aes256::decode(&[0; 33]).is_err());
    }
}
