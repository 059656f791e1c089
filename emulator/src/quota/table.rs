//! The numbers: the pages "Request quotas" and "Resource quotas" of the developer guide, as an
//! account has them that never asked for more.

use super::Resource;
use crate::api::Region;

/// How often one may ask.
pub(super) struct Rate {
    /// What shares the quota: one operation, or several of one kind of key.
    pub(super) class: &'static str,
    pub(super) per_second: f64,
}

impl Resource<'_> {
    /// How many there may be.
    pub(crate) const fn most(self) -> usize {
        match self {
            Self::Keys(_) => 100_000,
            Self::Aliases(_) => 50,
            Self::Grants(_) => 50_000,
        }
    }
}

/// Operations that have a quota of their own, per second.
const OWN: &[(&str, f64)] = &[
    ("CancelKeyDeletion", 5.0),
    ("ConnectCustomKeyStore", 5.0),
    ("CreateAlias", 5.0),
    ("CreateCustomKeyStore", 5.0),
    ("CreateGrant", 50.0),
    ("CreateKey", 5.0),
    ("DeleteAlias", 15.0),
    ("DeleteCustomKeyStore", 5.0),
    ("DeleteImportedKeyMaterial", 15.0),
    ("DescribeCustomKeyStores", 5.0),
    ("DescribeKey", 2000.0),
    ("DisableKey", 5.0),
    ("DisableKeyRotation", 5.0),
    ("DisconnectCustomKeyStore", 5.0),
    ("EnableKey", 5.0),
    ("EnableKeyRotation", 15.0),
    ("GetKeyLastUsage", 5.0),
    ("GetKeyPolicy", 1000.0),
    ("GetKeyRotationStatus", 1000.0),
    ("GetParametersForImport", 1.0),
    ("GetPublicKey", 2000.0),
    ("ImportKeyMaterial", 15.0),
    ("ListAliases", 500.0),
    ("ListGrants", 100.0),
    ("ListKeyPolicies", 100.0),
    ("ListKeyRotations", 100.0),
    ("ListKeys", 500.0),
    ("ListResourceTags", 2000.0),
    ("ListRetirableGrants", 100.0),
    ("PutKeyPolicy", 15.0),
    ("ReplicateKey", 5.0),
    ("RetireGrant", 50.0),
    ("RevokeGrant", 50.0),
    ("RotateKeyOnDemand", 5.0),
    ("ScheduleKeyDeletion", 15.0),
    ("TagResource", 10.0),
    ("UntagResource", 5.0),
    ("UpdateAlias", 5.0),
    ("UpdateCustomKeyStore", 5.0),
    ("UpdateKeyDescription", 5.0),
    ("UpdatePrimaryRegion", 5.0),
];

/// Cryptographic operations, which share a quota by the kind of key.
const CRYPTOGRAPHIC: &[&str] = &[
    "Decrypt",
    "DeriveSharedSecret",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateMac",
    "GenerateRandom",
    "ReEncrypt",
    "Sign",
    "Verify",
    "VerifyMac",
];

/// Data key pairs, by their spec; both operations share one. The second number is for China.
const PAIRS: &[(&str, f64, f64)] = &[
    ("ECC_NIST_EDWARDS25519", 100.0, 100.0),
    ("ECC_NIST_P256", 100.0, 100.0),
    ("ECC_NIST_P384", 100.0, 100.0),
    ("ECC_NIST_P521", 100.0, 100.0),
    ("ECC_SECG_P256K1", 100.0, 100.0),
    ("RSA_2048", 20.0, 1.0),
    ("RSA_3072", 4.0, 0.5),
    ("RSA_4096", 1.0, 0.1),
    ("SM2", 25.0, 25.0),
];

/// The quota of a request; `None` if none is documented.
pub(super) fn rate(operation: &str, algorithm: &str, region: &Region) -> Option<Rate> {
    let of = |(class, per_second): (&'static str, f64)| Rate { class, per_second };
    if operation.starts_with("GenerateDataKeyPair") {
        let (spec, elsewhere, in_china) = *PAIRS.iter().find(|(spec, ..)| *spec == algorithm)?;
        let per_second = if region.is_in_china() {
            in_china
        } else {
            elsewhere
        };
        return Some(of((spec, per_second)));
    }
    if CRYPTOGRAPHIC.contains(&operation) {
        return Some(of(cryptographic(operation, algorithm, region)));
    }
    OWN.iter()
        .find(|(name, _)| *name == operation)
        .copied()
        .map(of)
}

fn cryptographic(operation: &str, algorithm: &str, region: &Region) -> (&'static str, f64) {
    match algorithm {
        _ if algorithm.starts_with("RSA") => ("RSA", 1000.0),
        _ if algorithm.starts_with("ML_DSA") => ("ML-DSA", 1000.0),
        _ if algorithm.starts_with("ECDSA")
            || algorithm.starts_with("ED25519")
            || algorithm.starts_with("SM2")
            || operation == "DeriveSharedSecret" =>
        {
            ("ECC and SM2", 1000.0)
        }
        _ => ("symmetric", symmetric(region)),
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
