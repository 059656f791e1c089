//! How many users meet an operation and its results: an estimate, because AWS publishes no numbers.
//!
//! - Operations: applications call the first group for each piece of data, by an SDK, the AWS Encryption SDK or a service
//!   of AWS. Terraform and the console of AWS call the second group for each key. The others need a feature that few
//!   keys have.
//! - Results: what the issues of the SDKs, of the AWS CLI and of other emulators are about. Most are about
//!   `InvalidCiphertextException`, denied access, keys that are not found, and keys in a wrong state.

/// From 1, very few users, to 5, almost all.
pub(super) type Weight = u32;

const OPERATIONS: &[(Weight, &[&str])] = &[
    (
        5,
        &[
            "CreateKey",
            "Decrypt",
            "DescribeKey",
            "Encrypt",
            "GenerateDataKey",
            "Sign",
            "Verify",
        ],
    ),
    (
        4,
        &[
            "CreateAlias",
            "CreateGrant",
            "DeleteAlias",
            "DisableKey",
            "EnableKey",
            "EnableKeyRotation",
            "GenerateDataKeyWithoutPlaintext",
            "GenerateMac",
            "GetKeyPolicy",
            "GetKeyRotationStatus",
            "GetPublicKey",
            "ListAliases",
            "ListKeys",
            "ListResourceTags",
            "PutKeyPolicy",
            "ReEncrypt",
            "ScheduleKeyDeletion",
            "TagResource",
            "UpdateAlias",
            "VerifyMac",
        ],
    ),
    (
        3,
        &[
            "CancelKeyDeletion",
            "DisableKeyRotation",
            "GenerateDataKeyPair",
            "GenerateRandom",
            "GetParametersForImport",
            "ImportKeyMaterial",
            "ListGrants",
            "ReplicateKey",
            "RetireGrant",
            "RevokeGrant",
            "UntagResource",
            "UpdateKeyDescription",
        ],
    ),
    (
        2,
        &[
            "DeleteImportedKeyMaterial",
            "DeriveSharedSecret",
            "GenerateDataKeyPairWithoutPlaintext",
            "ListKeyPolicies",
            "ListKeyRotations",
            "ListRetirableGrants",
            "RotateKeyOnDemand",
            "UpdatePrimaryRegion",
        ],
    ),
];

const ERRORS: &[(Weight, &[&str])] = &[
    (
        4,
        &[
            "AccessDeniedException",
            "DisabledException",
            "IncorrectKeyException",
            "InvalidCiphertextException",
            "InvalidKeyUsageException",
            "KMSInvalidMacException",
            "KMSInvalidSignatureException",
            "KMSInvalidStateException",
            "NotFoundException",
            "ValidationException",
        ],
    ),
    (
        3,
        &[
            "AlreadyExistsException",
            "DryRunOperationException",
            "InvalidArnException",
            "InvalidAliasNameException",
            "InvalidGrantTokenException",
            "LimitExceededException",
            "MalformedPolicyDocumentException",
            "TagException",
            "UnsupportedOperationException",
        ],
    ),
];

/// What few keys have: other partitions, post-quantum keys, SM2, custom key stores.
const RARE: [&str; 9] = [
    "CustomKeyStore",
    "ML_DSA",
    "ML_KEM",
    "Recipient",
    "SM2",
    "\"cn-",
    "\"eusc-",
    "\"us-gov-",
    "\"us-iso",
];

/// The weight of an operation.
pub(super) fn of_operation(name: &str) -> Weight {
    find(OPERATIONS, name).unwrap_or(1)
}

/// The weight of a result: of a success without an error.
pub(super) fn of_result(error: Option<&str>) -> Weight {
    error.map_or(5, |name| find(ERRORS, name).unwrap_or(2))
}

/// Whether the text of a case has a feature that few keys have.
pub(super) fn is_rare(case: &str) -> bool {
    RARE.iter().any(|text| case.contains(text))
}

fn find(groups: &[(Weight, &[&str])], name: &str) -> Option<Weight> {
    let group = groups.iter().find(|(_, names)| names.contains(&name));
    group.map(|(weight, _)| *weight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::model;

    #[test]
    fn names_are_of_the_model_and_in_one_group() {
        let mut seen = std::collections::BTreeSet::new();
        for name in OPERATIONS.iter().flat_map(|(_, names)| *names) {
            assert!(model().operation(name).is_some(), "{name}");
            assert!(seen.insert(name), "{name}");
        }
        // Not in the model: common errors of the API reference.
        let common = ["AccessDeniedException", "ValidationException"];
        let shapes = model().operation_names();
        let errors: Vec<_> = shapes
            .filter_map(|name| model().operation(name))
            .flat_map(|operation| &operation.errors)
            .collect();
        for name in ERRORS.iter().flat_map(|(_, names)| *names) {
            let is_known = errors.iter().any(|error| error == name) || common.contains(name);
            assert!(is_known && seen.insert(name), "{name}");
        }
    }
}
