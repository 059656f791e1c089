//! With what algorithms a key works: one list for each pair of spec and usage, in the order of
//! recorded answers.

use serde::Serialize;

use super::{KeySpec, KeyUsage, SigningAlgorithm};
use crate::wire::wire_enum;

wire_enum! {
    /// How a plaintext is encrypted.
    EncryptionAlgorithm {
        SymmetricDefault = "SYMMETRIC_DEFAULT",
        RsaesOaepSha1 = "RSAES_OAEP_SHA_1",
        RsaesOaepSha256 = "RSAES_OAEP_SHA_256",
        Sm2Pke = "SM2PKE",
    }
}

wire_enum! {
    /// How a MAC is made.
    MacAlgorithm {
        HmacSha224 = "HMAC_SHA_224",
        HmacSha256 = "HMAC_SHA_256",
        HmacSha384 = "HMAC_SHA_384",
        HmacSha512 = "HMAC_SHA_512",
    }
}

wire_enum! {
    /// How a secret is agreed on.
    KeyAgreementAlgorithm {
        Ecdh = "ECDH",
    }
}

wire_enum! {
    /// How a secret is encapsulated.
    EncapsulationAlgorithm {
        MlKem = "ML_KEM",
    }
}

/// The one list of algorithms that a key's metadata and public key carry.
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
    /// The list of keys of a spec, for a usage that they may have.
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
    /// The algorithms with which a `SIGN_VERIFY` key of this spec signs.
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
            Self::EccNistEdwards25519 => &[Ed25519Sha512, Ed25519PhSha512],
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

    /// The algorithms with which an `ENCRYPT_DECRYPT` key of this spec encrypts.
    pub(crate) const fn encryption_algorithms(self) -> &'static [EncryptionAlgorithm] {
        use EncryptionAlgorithm::{RsaesOaepSha1, RsaesOaepSha256, Sm2Pke, SymmetricDefault};
        match self {
            Self::SymmetricDefault => &[SymmetricDefault],
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => &[RsaesOaepSha1, RsaesOaepSha256],
            Self::Sm2 => &[Sm2Pke],
            Self::EccNistP256
            | Self::EccNistP384
            | Self::EccNistP521
            | Self::EccSecgP256K1
            | Self::EccNistEdwards25519
            | Self::Hmac224
            | Self::Hmac256
            | Self::Hmac384
            | Self::Hmac512
            | Self::MlDsa44
            | Self::MlDsa65
            | Self::MlDsa87
            | Self::MlKem512
            | Self::MlKem768
            | Self::MlKem1024 => &[],
        }
    }

    /// The algorithm of the MACs that a key of this spec makes.
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

    /// The longest plaintext that an algorithm of this spec encrypts; `None` where the limit of
    /// the request, 4096 bytes, is the only one.
    pub(crate) const fn longest_plaintext(self, algorithm: EncryptionAlgorithm) -> Option<usize> {
        let modulus = match self {
            Self::Rsa2048 => 256,
            Self::Rsa3072 => 384,
            Self::Rsa4096 => 512,
            // The API reference, `Encrypt`.
            Self::Sm2 => return Some(1024),
            Self::SymmetricDefault
            | Self::EccNistP256
            | Self::EccNistP384
            | Self::EccNistP521
            | Self::EccSecgP256K1
            | Self::EccNistEdwards25519
            | Self::Hmac224
            | Self::Hmac256
            | Self::Hmac384
            | Self::Hmac512
            | Self::MlDsa44
            | Self::MlDsa65
            | Self::MlDsa87
            | Self::MlKem512
            | Self::MlKem768
            | Self::MlKem1024 => return None,
        };
        // RFC 8017, 7.1.1: two hashes and two bytes are OAEP's.
        match algorithm {
            EncryptionAlgorithm::RsaesOaepSha1 => Some(modulus - 2 * 20 - 2),
            EncryptionAlgorithm::RsaesOaepSha256 => Some(modulus - 2 * 32 - 2),
            EncryptionAlgorithm::SymmetricDefault | EncryptionAlgorithm::Sm2Pke => None,
        }
    }
}
