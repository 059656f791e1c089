//! Key specs, key usages and origins, and what AWS allows for each spec: the tables of the API
//! reference ([`KeySpec`](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html#KMS-CreateKey-request-KeySpec)
//! and `KeyUsage` of `CreateKey`).
//!
//! All code matches on the spec or on its [family](KeySpec::family) without a wildcard. So a new
//! spec compiles only when every match covers it.

use super::wire_enum;

wire_enum! {
    /// The type of a key.
    KeySpec {
        Rsa2048 = "RSA_2048",
        Rsa3072 = "RSA_3072",
        Rsa4096 = "RSA_4096",
        EccNistP256 = "ECC_NIST_P256",
        EccNistP384 = "ECC_NIST_P384",
        EccNistP521 = "ECC_NIST_P521",
        EccSecgP256K1 = "ECC_SECG_P256K1",
        EccNistEdwards25519 = "ECC_NIST_EDWARDS25519",
        SymmetricDefault = "SYMMETRIC_DEFAULT",
        Hmac224 = "HMAC_224",
        Hmac256 = "HMAC_256",
        Hmac384 = "HMAC_384",
        Hmac512 = "HMAC_512",
        Sm2 = "SM2",
        MlDsa44 = "ML_DSA_44",
        MlDsa65 = "ML_DSA_65",
        MlDsa87 = "ML_DSA_87",
        MlKem512 = "ML_KEM_512",
        MlKem768 = "ML_KEM_768",
        MlKem1024 = "ML_KEM_1024",
    }
}

/// Key specs that share their algorithms and formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyFamily {
    /// AES-256-GCM.
    Symmetric,
    Hmac,
    Rsa,
    /// The NIST curves P-256, P-384 and P-521.
    EccNist,
    /// The curve secp256k1.
    EccSecg,
    /// The curve Ed25519.
    Edwards,
    Sm2,
    MlDsa,
    MlKem,
}

/// The size of an RSA key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RsaSize {
    Rsa2048,
    Rsa3072,
    Rsa4096,
}

wire_enum! {
    /// The cryptographic operations that a key supports.
    KeyUsage {
        SignVerify = "SIGN_VERIFY",
        EncryptDecrypt = "ENCRYPT_DECRYPT",
        GenerateVerifyMac = "GENERATE_VERIFY_MAC",
        KeyAgreement = "KEY_AGREEMENT",
        EncapsulateDecapsulate = "ENCAPSULATE_DECAPSULATE",
    }
}

wire_enum! {
    /// The source of a key's material.
    Origin {
        AwsKms = "AWS_KMS",
        External = "EXTERNAL",
        AwsCloudHsm = "AWS_CLOUDHSM",
        ExternalKeyStore = "EXTERNAL_KEY_STORE",
    }
}

impl KeySpec {
    /// The family of this spec.
    pub(crate) const fn family(self) -> KeyFamily {
        match self {
            Self::SymmetricDefault => KeyFamily::Symmetric,
            Self::Hmac224 | Self::Hmac256 | Self::Hmac384 | Self::Hmac512 => KeyFamily::Hmac,
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => KeyFamily::Rsa,
            Self::EccNistP256 | Self::EccNistP384 | Self::EccNistP521 => KeyFamily::EccNist,
            Self::EccSecgP256K1 => KeyFamily::EccSecg,
            Self::EccNistEdwards25519 => KeyFamily::Edwards,
            Self::Sm2 => KeyFamily::Sm2,
            Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 => KeyFamily::MlDsa,
            Self::MlKem512 | Self::MlKem768 | Self::MlKem1024 => KeyFamily::MlKem,
        }
    }

    /// Whether a customer may import key material of this spec.
    pub(crate) const fn can_be_imported(self) -> bool {
        match self.family() {
            KeyFamily::Symmetric
            | KeyFamily::Hmac
            | KeyFamily::Rsa
            | KeyFamily::EccNist
            | KeyFamily::EccSecg
            | KeyFamily::Edwards
            | KeyFamily::Sm2 => true,
            KeyFamily::MlDsa | KeyFamily::MlKem => false,
        }
    }

    /// Whether keys of this spec are symmetric. Their material is raw bytes, not a private key in
    /// PKCS#8.
    pub(crate) const fn is_symmetric(self) -> bool {
        match self.family() {
            KeyFamily::Symmetric | KeyFamily::Hmac => true,
            KeyFamily::Rsa
            | KeyFamily::EccNist
            | KeyFamily::EccSecg
            | KeyFamily::Edwards
            | KeyFamily::Sm2
            | KeyFamily::MlDsa
            | KeyFamily::MlKem => false,
        }
    }

    /// The usages that a key of this spec may have.
    pub(crate) const fn usages(self) -> &'static [KeyUsage] {
        use KeyUsage::{
            EncapsulateDecapsulate, EncryptDecrypt, GenerateVerifyMac, KeyAgreement, SignVerify,
        };
        match self.family() {
            KeyFamily::Symmetric => &[EncryptDecrypt],
            KeyFamily::Hmac => &[GenerateVerifyMac],
            KeyFamily::Rsa => &[EncryptDecrypt, SignVerify],
            KeyFamily::EccNist => &[SignVerify, KeyAgreement],
            KeyFamily::EccSecg | KeyFamily::Edwards | KeyFamily::MlDsa => &[SignVerify],
            KeyFamily::Sm2 => &[EncryptDecrypt, SignVerify, KeyAgreement],
            KeyFamily::MlKem => &[EncapsulateDecapsulate],
        }
    }

    /// The size of an RSA key; `None` for other families.
    pub(crate) const fn rsa_size(self) -> Option<RsaSize> {
        match self {
            Self::Rsa2048 => Some(RsaSize::Rsa2048),
            Self::Rsa3072 => Some(RsaSize::Rsa3072),
            Self::Rsa4096 => Some(RsaSize::Rsa4096),
            Self::EccNistP256
            | Self::EccNistP384
            | Self::EccNistP521
            | Self::EccSecgP256K1
            | Self::EccNistEdwards25519
            | Self::SymmetricDefault
            | Self::Hmac224
            | Self::Hmac256
            | Self::Hmac384
            | Self::Hmac512
            | Self::Sm2
            | Self::MlDsa44
            | Self::MlDsa65
            | Self::MlDsa87
            | Self::MlKem512
            | Self::MlKem768
            | Self::MlKem1024 => None,
        }
    }
}

impl RsaSize {
    pub(crate) const ALL: [Self; 3] = [Self::Rsa2048, Self::Rsa3072, Self::Rsa4096];

    /// The key spec of this size.
    pub(crate) const fn spec(self) -> KeySpec {
        match self {
            Self::Rsa2048 => KeySpec::Rsa2048,
            Self::Rsa3072 => KeySpec::Rsa3072,
            Self::Rsa4096 => KeySpec::Rsa4096,
        }
    }

    /// The length of the modulus in bytes, which is also the length of a signature and of a
    /// ciphertext.
    pub(crate) const fn modulus_length(self) -> usize {
        match self {
            Self::Rsa2048 => 256,
            Self::Rsa3072 => 384,
            Self::Rsa4096 => 512,
        }
    }
}
