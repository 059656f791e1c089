//! Unwrapping of imported key material.

use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrapPadded as _};
use zeroize::Zeroizing;

use super::{CryptoError, KeyMaterial, SecretBytes};
use crate::api::{EncryptionAlgorithm, WrappingAlgorithm, WrappingKeySpec};

impl WrappingAlgorithm {
    /// Unwraps key material; `None` if it was not wrapped with this key and algorithm.
    ///
    /// # Errors
    ///
    /// If the wrapping key does not support the algorithm.
    pub(crate) fn unwrap(
        self,
        with: WrappingKeySpec,
        key: &KeyMaterial,
        wrapped: &[u8],
    ) -> Result<Option<SecretBytes>, CryptoError> {
        let (encryption, is_hybrid) = match self {
            Self::RsaesPkcs1V1_5 => return Ok(None),
            Self::RsaesOaepSha1 => (EncryptionAlgorithm::RsaesOaepSha1, false),
            Self::RsaesOaepSha256 => (EncryptionAlgorithm::RsaesOaepSha256, false),
            Self::RsaAesKeyWrapSha1 => (EncryptionAlgorithm::RsaesOaepSha1, true),
            Self::RsaAesKeyWrapSha256 => (EncryptionAlgorithm::RsaesOaepSha256, true),
            Self::Sm2Pke => (EncryptionAlgorithm::Sm2Pke, false),
        };
        if !is_hybrid {
            return key.decrypt(encryption, wrapped);
        }
        // Only RSA keys wrap an AES key. Its ciphertext is as long as the modulus.
        let Some((aes_key, rest)) = with
            .key_spec()
            .rsa_size()
            .and_then(|size| wrapped.split_at_checked(size.modulus_length()))
        else {
            return Ok(None);
        };
        let aes_key = key.decrypt(encryption, aes_key)?;
        Ok(aes_key.and_then(|aes_key| unwrap_padded(aes_key.expose(), rest)))
    }
}

/// AES key unwrap with padding, RFC 5649.
fn unwrap_padded(aes_key: &[u8], wrapped: &[u8]) -> Option<SecretBytes> {
    let key = AesKek::new(&AES_256, aes_key).ok()?;
    let mut buffer = Zeroizing::new(vec![0; wrapped.len()]);
    let unwrapped = key.unwrap_with_padding(wrapped, &mut buffer).ok()?;
    Some(SecretBytes::new(unwrapped.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::hex;
    use super::*;
    use crate::api::KeySpec;

    /// The plaintext is not a multiple of eight bytes. `client-tests` wraps with another library.
    #[test]
    fn rejects_changed_wrapped_keys() {
        let kek = [7; 32];
        let secret = hex("00112233445566778899aabbccddeeff0011");
        let mut buffer = [0; 64];
        let wrapped = AesKek::new(&AES_256, &kek)
            .unwrap()
            .wrap_with_padding(&secret, &mut buffer)
            .unwrap()
            .to_vec();
        assert_eq!(unwrap_padded(&kek, &wrapped).unwrap().expose(), secret);
        for bit in 0..wrapped.len() * 8 {
            let mut changed = wrapped.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(unwrap_padded(&kek, &changed).is_none(), "bit {bit}");
        }
        assert!(unwrap_padded(&kek, &wrapped[1..]).is_none());
        assert!(unwrap_padded(&kek[..16], &wrapped).is_none());
    }

    #[test]
    fn unwraps_with_sm2() {
        let random = crate::crypto::Random::System;
        let key = KeyMaterial::generate(KeySpec::Sm2, &random).unwrap();
        let wrapped = key
            .encrypt(EncryptionAlgorithm::Sm2Pke, &[7; 32], &random)
            .unwrap();
        let unwrapped = |wrapped: &[u8]| {
            let (algorithm, with) = (WrappingAlgorithm::Sm2Pke, WrappingKeySpec::Sm2);
            algorithm.unwrap(with, &key, wrapped).unwrap()
        };
        assert_eq!(unwrapped(&wrapped).unwrap().expose(), [7; 32]);
        assert!(unwrapped(&wrapped[1..]).is_none());
    }
}
