//! The algorithms of each key spec, in the order of recorded responses.

use serde::Serialize;

use super::{KeyFamily, KeySpec, KeyUsage, wire_enum};

wire_enum! {
    /// An algorithm of `Sign` and `Verify`.
    SigningAlgorithm {
        RsassaPssSha256 = "RSASSA_PSS_SHA_256",
        RsassaPssSha384 = "RSASSA_PSS_SHA_384",
        RsassaPssSha512 = "RSASSA_PSS_SHA_512",
        RsassaPkcs1V15Sha256 = "RSASSA_PKCS1_V1_5_SHA_256",
        RsassaPkcs1V15Sha384 = "RSASSA_PKCS1_V1_5_SHA_384",
        RsassaPkcs1V15Sha512 = "RSASSA_PKCS1_V1_5_SHA_512",
        EcdsaSha256 = "ECDSA_SHA_256",
        EcdsaSha384 = "ECDSA_SHA_384",
        EcdsaSha512 = "ECDSA_SHA_512",
        Ed25519Sha512 = "ED25519_SHA_512",
        Ed25519PhSha512 = "ED25519_PH_SHA_512",
        Sm2Dsa = "SM2DSA",
        MlDsaShake256 = "ML_DSA_SHAKE_256",
        /// Not a signing algorithm. KMS accepts the name and then rejects it for the key.
        SymmetricDefault = "SYMMETRIC_DEFAULT",
    }
}

wire_enum! {
    /// An algorithm of `Encrypt` and `Decrypt`.
    EncryptionAlgorithm {
        SymmetricDefault = "SYMMETRIC_DEFAULT",
        RsaesOaepSha1 = "RSAES_OAEP_SHA_1",
        RsaesOaepSha256 = "RSAES_OAEP_SHA_256",
        Sm2Pke = "SM2PKE",
    }
}

wire_enum! {
    /// An algorithm of `GenerateMac` and `VerifyMac`.
    MacAlgorithm {
        HmacSha224 = "HMAC_SHA_224",
        HmacSha256 = "HMAC_SHA_256",
        HmacSha384 = "HMAC_SHA_384",
        HmacSha512 = "HMAC_SHA_512",
    }
}

wire_enum! {
    /// An algorithm of `DeriveSharedSecret`.
    KeyAgreementAlgorithm {
        Ecdh = "ECDH",
    }
}

wire_enum! {
    /// An algorithm of `Encapsulate` and `Decapsulate`.
    EncapsulationAlgorithm {
        MlKem = "ML_KEM",
    }
}

/// The list of algorithms in the responses of `DescribeKey` and `GetPublicKey`.
#[derive(Serialize)]
pub(crate) enum Algorithms {
    #[serde(rename = "EncryptionAlgorithms")]
    Encryption(&'static [EncryptionAlgorithm]),
    #[serde(rename = "SigningAlgorithms")]
    Signing(&'static [SigningAlgorithm]),
    #[serde(rename = "MacAlgorithms")]
    Mac(&'static [MacAlgorithm]),
    #[serde(rename = "KeyAgreementAlgorithms")]
    KeyAgreement(&'static [KeyAgreementAlgorithm]),
    #[serde(rename = "EncapsulationAlgorithms")]
    Encapsulation(&'static [EncapsulationAlgorithm]),
}

impl Algorithms {
    /// The algorithms of a key. The spec must allow the usage.
    pub(crate) const fn of(spec: KeySpec, usage: KeyUsage) -> Self {
        match usage {
            KeyUsage::SignVerify => Self::Signing(spec.signing_algorithms()),
            KeyUsage::EncryptDecrypt => Self::Encryption(spec.encryption_algorithms()),
            KeyUsage::GenerateVerifyMac => Self::Mac(spec.mac_algorithms()),
            KeyUsage::KeyAgreement => Self::KeyAgreement(&[KeyAgreementAlgorithm::Ecdh]),
            KeyUsage::EncapsulateDecapsulate => {
                Self::Encapsulation(&[EncapsulationAlgorithm::MlKem])
            }
        }
    }
}

impl KeySpec {
    /// The algorithms of a `SIGN_VERIFY` key of this spec.
    pub(crate) const fn signing_algorithms(self) -> &'static [SigningAlgorithm] {
        use SigningAlgorithm::{
            EcdsaSha256, EcdsaSha384, EcdsaSha512, Ed25519PhSha512, Ed25519Sha512, MlDsaShake256,
            RsassaPkcs1V15Sha256, RsassaPkcs1V15Sha384, RsassaPkcs1V15Sha512, RsassaPssSha256,
            RsassaPssSha384, RsassaPssSha512, Sm2Dsa,
        };
        match self {
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => &[
                RsassaPkcs1V15Sha256,
                RsassaPkcs1V15Sha384,
                RsassaPkcs1V15Sha512,
                RsassaPssSha256,
                RsassaPssSha384,
                RsassaPssSha512,
            ],
            Self::EccNistP256 | Self::EccSecgP256K1 => &[EcdsaSha256],
            Self::EccNistP384 => &[EcdsaSha384],
            Self::EccNistP521 => &[EcdsaSha512],
            Self::EccNistEdwards25519 => &[Ed25519PhSha512, Ed25519Sha512],
            Self::Sm2 => &[Sm2Dsa],
            Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 => &[MlDsaShake256],
            Self::SymmetricDefault
            | Self::Hmac224
            | Self::Hmac256
            | Self::Hmac384
            | Self::Hmac512
            | Self::MlKem512
            | Self::MlKem768
            | Self::MlKem1024 => &[],
        }
    }

    /// The algorithms of an `ENCRYPT_DECRYPT` key of this spec.
    pub(crate) const fn encryption_algorithms(self) -> &'static [EncryptionAlgorithm] {
        use EncryptionAlgorithm::{RsaesOaepSha1, RsaesOaepSha256, Sm2Pke, SymmetricDefault};
        match self.family() {
            KeyFamily::Symmetric => &[SymmetricDefault],
            KeyFamily::Rsa => &[RsaesOaepSha1, RsaesOaepSha256],
            KeyFamily::Sm2 => &[Sm2Pke],
            KeyFamily::Hmac
            | KeyFamily::EccNist
            | KeyFamily::EccSecg
            | KeyFamily::Edwards
            | KeyFamily::MlDsa
            | KeyFamily::MlKem => &[],
        }
    }

    /// The algorithms of a `GENERATE_VERIFY_MAC` key of this spec.
    pub(crate) const fn mac_algorithms(self) -> &'static [MacAlgorithm] {
        match self {
            Self::Hmac224 => &[MacAlgorithm::HmacSha224],
            Self::Hmac256 => &[MacAlgorithm::HmacSha256],
            Self::Hmac384 => &[MacAlgorithm::HmacSha384],
            Self::Hmac512 => &[MacAlgorithm::HmacSha512],
            Self::SymmetricDefault
            | Self::Rsa2048
            | Self::Rsa3072
            | Self::Rsa4096
            | Self::EccNistP256
            | Self::EccNistP384
            | Self::EccNistP521
            | Self::EccSecgP256K1
            | Self::EccNistEdwards25519
            | Self::Sm2
            | Self::MlDsa44
            | Self::MlDsa65
            | Self::MlDsa87
            | Self::MlKem512
            | Self::MlKem768
            | Self::MlKem1024 => &[],
        }
    }

    /// The maximum plaintext in bytes for an algorithm of this spec. `None` if only the limit of the
    /// request applies, 4096 bytes.
    pub(crate) const fn max_plaintext_length(
        self,
        algorithm: EncryptionAlgorithm,
    ) -> Option<usize> {
        // OAEP uses two hashes and two bytes of the modulus: RFC 8017, section 7.1.1.
        match (algorithm, self.rsa_size()) {
            (EncryptionAlgorithm::RsaesOaepSha1, Some(size)) => {
                Some(size.modulus_length() - 2 * 20 - 2)
            }
            (EncryptionAlgorithm::RsaesOaepSha256, Some(size)) => {
                Some(size.modulus_length() - 2 * 32 - 2)
            }
            // The API reference of `Encrypt`.
            (EncryptionAlgorithm::Sm2Pke, _) => Some(1024),
            (
                EncryptionAlgorithm::SymmetricDefault
                | EncryptionAlgorithm::RsaesOaepSha1
                | EncryptionAlgorithm::RsaesOaepSha256,
                _,
            ) => None,
        }
    }
}

impl SigningAlgorithm {
    /// The length in bytes of the digest that this algorithm signs.
    pub(crate) const fn digest_length(self) -> usize {
        match self {
            Self::RsassaPssSha256
            | Self::RsassaPkcs1V15Sha256
            | Self::EcdsaSha256
            | Self::Sm2Dsa
            | Self::SymmetricDefault => 32,
            Self::RsassaPssSha384 | Self::RsassaPkcs1V15Sha384 | Self::EcdsaSha384 => 48,
            Self::RsassaPssSha512
            | Self::RsassaPkcs1V15Sha512
            | Self::EcdsaSha512
            | Self::Ed25519Sha512
            | Self::Ed25519PhSha512
            | Self::MlDsaShake256 => 64,
        }
    }
}
