//! How key material is wrapped on its way into KMS, and unwrapped here.

use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrapPadded as _};
use zeroize::Zeroizing;

use super::{CryptoError, KeyMaterial, SecretBytes};
use crate::key::{EncryptionAlgorithm, KeySpec};
use crate::wire::wire_enum;

wire_enum! {
    /// `AlgorithmSpec`: how material is encrypted to be imported.
    WrappingAlgorithm {
        RsaesPkcs1V1_5 = "RSAES_PKCS1_V1_5",
        RsaesOaepSha1 = "RSAES_OAEP_SHA_1",
        RsaesOaepSha256 = "RSAES_OAEP_SHA_256",
        RsaAesKeyWrapSha1 = "RSA_AES_KEY_WRAP_SHA_1",
        RsaAesKeyWrapSha256 = "RSA_AES_KEY_WRAP_SHA_256",
        Sm2Pke = "SM2PKE",
    }
}

wire_enum! {
    /// The kind of the key that it is encrypted with.
    WrappingKeySpec {
        Rsa2048 = "RSA_2048",
        Rsa3072 = "RSA_3072",
        Rsa4096 = "RSA_4096",
        Sm2 = "SM2",
    }
}

impl WrappingKeySpec {
    /// As the spec of a KMS key.
    pub(crate) const fn key_spec(self) -> KeySpec {
        match self {
            Self::Rsa2048 => KeySpec::Rsa2048,
            Self::Rsa3072 => KeySpec::Rsa3072,
            Self::Rsa4096 => KeySpec::Rsa4096,
            Self::Sm2 => KeySpec::Sm2,
        }
    }

    /// The length of what an RSA key of this spec encrypts to, in bytes.
    const fn bytes(self) -> usize {
        match self {
            Self::Rsa2048 => 256,
            Self::Rsa3072 => 384,
            Self::Rsa4096 => 512,
            Self::Sm2 => 0,
        }
    }
}

impl WrappingAlgorithm {
    /// Whether material of a key spec can be imported in this way: the developer guide's table.
    /// `RSAES_PKCS1_V1_5` was taken back in 2023.
    pub(crate) fn takes(self, with: WrappingKeySpec, spec: KeySpec) -> bool {
        let is_secret = spec == KeySpec::SymmetricDefault || spec.name_starts_with("HMAC_");
        let is_rsa = spec.name_starts_with("RSA_");
        let wraps_with_sm2 = with == WrappingKeySpec::Sm2;
        match self {
            Self::RsaesPkcs1V1_5 => false,
            Self::RsaesOaepSha1 | Self::RsaesOaepSha256 => {
                // PKCS#8 of P-521 is longer than what RSA_2048 encrypts at once.
                let is_too_long = spec == KeySpec::EccNistP521 && with == WrappingKeySpec::Rsa2048;
                !wraps_with_sm2 && !is_rsa && !is_too_long && spec != KeySpec::Sm2
            }
            Self::RsaAesKeyWrapSha1 | Self::RsaAesKeyWrapSha256 => !wraps_with_sm2 && !is_secret,
            Self::Sm2Pke => wraps_with_sm2,
        }
    }

    /// What was wrapped; `None` if this does not unwrap it.
    ///
    /// # Errors
    ///
    /// If the wrapping key is not of the algorithm.
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
        let Some((aes_key, rest)) = wrapped.split_at_checked(with.bytes()) else {
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
    use super::super::test::hex;
    use super::*;

    /// With a plaintext that is no multiple of eight bytes. Another library wraps in `client-tests`.
    #[test]
    fn what_is_wrapped_with_padding_unwraps_and_nothing_else_does() {
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
    fn what_sm2_wraps_it_unwraps() {
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

    #[test]
    fn recorded_combinations_are_told_apart() {
        let rsa = WrappingKeySpec::Rsa2048;
        for (algorithm, spec, expected) in [
            (
                WrappingAlgorithm::RsaesOaepSha256,
                KeySpec::SymmetricDefault,
                true,
            ),
            (
                WrappingAlgorithm::RsaesPkcs1V1_5,
                KeySpec::SymmetricDefault,
                false,
            ),
            (
                WrappingAlgorithm::RsaAesKeyWrapSha256,
                KeySpec::SymmetricDefault,
                false,
            ),
            (WrappingAlgorithm::RsaesOaepSha256, KeySpec::Rsa4096, false),
            (WrappingAlgorithm::RsaAesKeyWrapSha1, KeySpec::Rsa4096, true),
            (WrappingAlgorithm::RsaesOaepSha1, KeySpec::Hmac512, true),
            (
                WrappingAlgorithm::RsaesOaepSha256,
                KeySpec::EccNistP256,
                true,
            ),
            (
                WrappingAlgorithm::RsaesOaepSha256,
                KeySpec::EccNistP521,
                false,
            ),
            (WrappingAlgorithm::Sm2Pke, KeySpec::SymmetricDefault, false),
        ] {
            assert_eq!(algorithm.takes(rsa, spec), expected, "{algorithm} {spec}");
        }
    }
}
