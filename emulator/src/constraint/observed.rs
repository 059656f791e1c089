//! Observed differences of KMS from its published model, each with its evidence.
//!
//! "Recorded" responses were captured from AWS; "quoted" responses were published by users. Without
//! such evidence, the model applies. The lists are copies of observed texts, so they are not derived
//! from the enums in `api`.

/// A pattern that is not in the model.
pub(super) struct Observed {
    /// The pattern, as KMS prints it.
    pub(super) text: &'static str,
    /// Whether a text matches.
    pub(super) matches: fn(&str) -> bool,
}

/// The pattern that AWS applies to a shape for which the model has none, or one that `regex-lite`
/// cannot compile.
///
/// `KeyId`: quoted (floci PR #3968, measured on us-east-1 in 2026). An empty value violates the length
/// and this pattern; a value with other characters violates this pattern. The patterns of STS are those
/// of its model.
pub(super) fn pattern(shape: &str) -> Option<Observed> {
    Some(match shape {
        "KeyIdType" => Observed {
            text: r"^\p{ASCII}+$",
            matches: |text| !text.is_empty() && text.is_ascii(),
        },
        "tagKeyType" => Observed {
            text: r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+",
            matches: |text| !text.is_empty() && text.chars().all(is_tag_character),
        },
        "tagValueType" => Observed {
            text: r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*",
            matches: |text| text.chars().all(is_tag_character),
        },
        _ => return None,
    })
}

/// Whether a session tag can contain a character. Letters and numbers are those of Unicode.
fn is_tag_character(character: char) -> bool {
    character.is_alphanumeric()
        || (character.is_whitespace() && !character.is_control())
        || "_.:/=+-@".contains(character)
}

/// Values that KMS accepts, although neither the model nor the error message lists them.
///
/// `SYMMETRIC_DEFAULT` as a signing algorithm fails only later, as incompatible with the key's
/// spec: quoted (floci PR #3968).
pub(super) fn also_accepted(shape: &str) -> &'static [&'static str] {
    match shape {
        "SigningAlgorithmSpec" => &["SYMMETRIC_DEFAULT"],
        _ => &[],
    }
}

/// The values in the order in which KMS prints them, if that order is known and differs from the model.
///
/// Recorded in 2023 and quoted in 2026 (`MacAlgorithmSpec`), quoted in 2026 (the others). KMS prints the
/// key specs for `DataKeySpec` too (quoted). The quoted list has no ML-KEM specs. The first three values of
/// `KeyUsageType` were recorded in 2023, before the others existed: their place is inferred.
pub(super) fn enum_values(shape: &str) -> Option<&'static [&'static str]> {
    Some(match shape {
        "SigningAlgorithmSpec" => &[
            "RSASSA_PSS_SHA_256",
            "RSASSA_PSS_SHA_384",
            "RSASSA_PSS_SHA_512",
            "RSASSA_PKCS1_V1_5_SHA_256",
            "RSASSA_PKCS1_V1_5_SHA_384",
            "RSASSA_PKCS1_V1_5_SHA_512",
            "ECDSA_SHA_256",
            "ECDSA_SHA_384",
            "ECDSA_SHA_512",
            "ED25519_SHA_512",
            "ED25519_PH_SHA_512",
            "SM2DSA",
            "ML_DSA_SHAKE_256",
        ],
        "MacAlgorithmSpec" => &[
            "HMAC_SHA_384",
            "HMAC_SHA_256",
            "HMAC_SHA_224",
            "HMAC_SHA_512",
        ],
        "EncryptionAlgorithmSpec" => &[
            "RSAES_OAEP_SHA_1",
            "RSAES_OAEP_SHA_256",
            "SM2PKE",
            "SYMMETRIC_DEFAULT",
        ],
        "KeyUsageType" => &[
            "ENCRYPT_DECRYPT",
            "SIGN_VERIFY",
            "GENERATE_VERIFY_MAC",
            "KEY_AGREEMENT",
            "ENCAPSULATE_DECAPSULATE",
        ],
        "KeySpec" | "DataKeySpec" => &[
            "RSA_2048",
            "RSA_3072",
            "RSA_4096",
            "ECC_NIST_P256",
            "ECC_NIST_P384",
            "ECC_NIST_P521",
            "ECC_SECG_P256K1",
            "ECC_NIST_EDWARDS25519",
            "SYMMETRIC_DEFAULT",
            "HMAC_224",
            "HMAC_256",
            "HMAC_384",
            "HMAC_512",
            "SM2",
            "ML_DSA_44",
            "ML_DSA_65",
            "ML_DSA_87",
        ],
        _ => return None,
    })
}
