//! The values of the page "Request quotas" of the developer guide, for an account without
//! increases.

use crate::api::{EncryptionAlgorithm, KeySpec, Region, SigningAlgorithm};

/// A request quota: the operations that share it, and the allowed rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum RequestQuota {
    /// The quota of one operation.
    Operation { name: &'static str, per_second: u16 },
    /// A quota of several operations.
    Shared(SharedQuota),
}

/// A quota that several operations share, for one kind of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SharedQuota {
    /// Cryptographic operations with symmetric keys.
    Symmetric,
    /// Cryptographic operations with RSA keys.
    Rsa,
    /// Cryptographic operations with keys on elliptic curves, SM2 included.
    EccAndSm2,
    /// Cryptographic operations with ML-DSA keys.
    MlDsa,
    /// Generation of data key pairs of a spec.
    DataKeyPair(KeySpec),
}

impl RequestQuota {
    /// What the quota limits.
    pub(super) fn name(self) -> String {
        match self {
            Self::Operation { name, .. } => name.to_owned(),
            Self::Shared(SharedQuota::Symmetric) => "symmetric cryptography".to_owned(),
            Self::Shared(SharedQuota::Rsa) => "cryptography with RSA".to_owned(),
            Self::Shared(SharedQuota::EccAndSm2) => "cryptography with ECC and SM2".to_owned(),
            Self::Shared(SharedQuota::MlDsa) => "cryptography with ML-DSA".to_owned(),
            Self::Shared(SharedQuota::DataKeyPair(spec)) => format!("data key pairs {spec}"),
        }
    }

    /// The allowed requests per second; `None` if AWS documents no quota.
    pub(super) fn per_second(self, region: &Region) -> Option<f64> {
        match self {
            Self::Operation { per_second, .. } => Some(f64::from(per_second)),
            Self::Shared(SharedQuota::Symmetric) => Some(symmetric(region)),
            Self::Shared(SharedQuota::Rsa | SharedQuota::EccAndSm2 | SharedQuota::MlDsa) => {
                Some(1000.0)
            }
            Self::Shared(SharedQuota::DataKeyPair(spec)) => data_key_pair(spec, region),
        }
    }
}

impl From<SigningAlgorithm> for SharedQuota {
    fn from(algorithm: SigningAlgorithm) -> Self {
        match algorithm {
            SigningAlgorithm::RsassaPssSha256
            | SigningAlgorithm::RsassaPssSha384
            | SigningAlgorithm::RsassaPssSha512
            | SigningAlgorithm::RsassaPkcs1V15Sha256
            | SigningAlgorithm::RsassaPkcs1V15Sha384
            | SigningAlgorithm::RsassaPkcs1V15Sha512 => Self::Rsa,
            SigningAlgorithm::EcdsaSha256
            | SigningAlgorithm::EcdsaSha384
            | SigningAlgorithm::EcdsaSha512
            | SigningAlgorithm::Ed25519Sha512
            | SigningAlgorithm::Ed25519PhSha512
            | SigningAlgorithm::Sm2Dsa => Self::EccAndSm2,
            SigningAlgorithm::MlDsaShake256 => Self::MlDsa,
            SigningAlgorithm::SymmetricDefault => Self::Symmetric,
        }
    }
}

impl From<EncryptionAlgorithm> for SharedQuota {
    fn from(algorithm: EncryptionAlgorithm) -> Self {
        match algorithm {
            EncryptionAlgorithm::SymmetricDefault => Self::Symmetric,
            EncryptionAlgorithm::RsaesOaepSha1 | EncryptionAlgorithm::RsaesOaepSha256 => Self::Rsa,
            EncryptionAlgorithm::Sm2Pke => Self::EccAndSm2,
        }
    }
}

fn symmetric(region: &Region) -> f64 {
    match region.as_str() {
        "us-east-1" | "us-west-2" | "eu-west-1" => 100_000.0,
        "ap-northeast-1" | "ap-southeast-1" | "ap-southeast-2" | "eu-central-1" | "eu-west-2"
        | "us-east-2" => 20_000.0,
        _ => 10_000.0,
    }
}

fn data_key_pair(spec: KeySpec, region: &Region) -> Option<f64> {
    let (outside_china, in_china) = match spec {
        KeySpec::EccNistEdwards25519
        | KeySpec::EccNistP256
        | KeySpec::EccNistP384
        | KeySpec::EccNistP521
        | KeySpec::EccSecgP256K1 => (100.0, 100.0),
        KeySpec::Rsa2048 => (20.0, 1.0),
        KeySpec::Rsa3072 => (4.0, 0.5),
        KeySpec::Rsa4096 => (1.0, 0.1),
        KeySpec::Sm2 => (25.0, 25.0),
        KeySpec::SymmetricDefault
        | KeySpec::Hmac224
        | KeySpec::Hmac256
        | KeySpec::Hmac384
        | KeySpec::Hmac512
        | KeySpec::MlDsa44
        | KeySpec::MlDsa65
        | KeySpec::MlDsa87
        | KeySpec::MlKem512
        | KeySpec::MlKem768
        | KeySpec::MlKem1024 => return None,
    };
    Some(if region.is_in_china() {
        in_china
    } else {
        outside_china
    })
}
