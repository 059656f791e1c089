//! Algorithms and keys that wrap key material for import.

use super::{KeyFamily, KeySpec, wire_enum};

wire_enum! {
    /// `AlgorithmSpec` of `GetParametersForImport`.
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
    /// `WrappingKeySpec` of `GetParametersForImport`.
    WrappingKeySpec {
        Rsa2048 = "RSA_2048",
        Rsa3072 = "RSA_3072",
        Rsa4096 = "RSA_4096",
        Sm2 = "SM2",
    }
}

impl WrappingKeySpec {
    /// The spec of a KMS key of the same type.
    pub(crate) const fn key_spec(self) -> KeySpec {
        match self {
            Self::Rsa2048 => KeySpec::Rsa2048,
            Self::Rsa3072 => KeySpec::Rsa3072,
            Self::Rsa4096 => KeySpec::Rsa4096,
            Self::Sm2 => KeySpec::Sm2,
        }
    }
}

impl WrappingAlgorithm {
    /// Whether material of a key spec can be wrapped with this algorithm and wrapping key: the
    /// developer guide's table. AWS withdrew `RSAES_PKCS1_V1_5` in 2023.
    pub(crate) fn can_wrap(self, wrapping_key: WrappingKeySpec, material: KeySpec) -> bool {
        let wraps_with_sm2 = wrapping_key == WrappingKeySpec::Sm2;
        match self {
            Self::RsaesPkcs1V1_5 => false,
            Self::RsaesOaepSha1 | Self::RsaesOaepSha256 => {
                // A P-521 key in PKCS#8 exceeds the maximum plaintext of RSA_2048. For Ed25519, the
                // refusal is recorded with SHA_256, and its reason is not known.
                let is_too_long = matches!(
                    material,
                    KeySpec::EccNistP521 | KeySpec::EccNistEdwards25519
                ) && wrapping_key == WrappingKeySpec::Rsa2048;
                let family_is_rejected =
                    matches!(material.family(), KeyFamily::Rsa | KeyFamily::Sm2);
                !wraps_with_sm2 && !is_too_long && !family_is_rejected
            }
            Self::RsaAesKeyWrapSha1 | Self::RsaAesKeyWrapSha256 => {
                !wraps_with_sm2 && !material.is_symmetric()
            }
            Self::Sm2Pke => wraps_with_sm2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Combinations that were recorded from AWS.
    #[test]
    fn matches_recorded_combinations() {
        use WrappingAlgorithm::{
            RsaAesKeyWrapSha1, RsaAesKeyWrapSha256, RsaesOaepSha1, RsaesOaepSha256, RsaesPkcs1V1_5,
            Sm2Pke,
        };
        for (algorithm, spec, expected) in [
            (RsaesOaepSha256, KeySpec::SymmetricDefault, true),
            (RsaesPkcs1V1_5, KeySpec::SymmetricDefault, false),
            (RsaAesKeyWrapSha256, KeySpec::SymmetricDefault, false),
            (RsaesOaepSha256, KeySpec::Rsa4096, false),
            (RsaAesKeyWrapSha1, KeySpec::Rsa4096, true),
            (RsaesOaepSha1, KeySpec::Hmac512, true),
            (RsaesOaepSha256, KeySpec::EccNistP256, true),
            (RsaesOaepSha256, KeySpec::EccNistP521, false),
            (RsaesOaepSha256, KeySpec::EccNistEdwards25519, false),
            (Sm2Pke, KeySpec::SymmetricDefault, false),
        ] {
            let can_wrap = algorithm.can_wrap(WrappingKeySpec::Rsa2048, spec);
            assert_eq!(can_wrap, expected, "{algorithm} {spec}");
        }
    }
}
