//! Every exception says enough: in AWS's message, or in the reason for the log.

use std::collections::BTreeSet;
use std::fs;

use super::*;
use crate::api::{
    AliasArn, AliasName, EncryptionAlgorithm, GrantOperation, KeyArn, KeyId, KeyMaterialId,
    KeySpec, KeyState, KeyUsage, Location, MacAlgorithm, Origin, SigningAlgorithm,
    WrappingAlgorithm, WrappingKeySpec, XksError,
};
use crate::clock::Timestamp;
use crate::error::Error;

/// Exceptions whose message, if there is one, is the same for several faults of a request.
const GENERIC: [Code; 13] = [
    Code::CustomKeyStoreNotFound,
    Code::ExpiredImportToken,
    Code::IncorrectKey,
    Code::InvalidCiphertext,
    Code::InvalidGrantToken,
    Code::InvalidImportToken,
    Code::InvalidMarker,
    Code::KmsInvalidMac,
    Code::KmsInvalidSignature,
    Code::MalformedPolicyDocument,
    Code::Tag,
    Code::Throttling,
    Code::XksKeyAlreadyInUse,
];

macro_rules! made {
    ($($name:ident($($argument:expr),*),)*) => {
        vec![$((stringify!($name), $name($($argument),*)),)*]
    };
}

/// One exception of each constructor, and more where it has several kinds.
#[expect(clippy::too_many_lines, reason = "a list of all constructors")]
fn all() -> Vec<(&'static str, KmsError)> {
    let location = &Location::default();
    let arn = &KeyArn {
        location: location.clone(),
        id: KeyId::new("1234abcd-12ab-34cd-56ef-1234567890ab"),
    };
    let region = &location.region;
    let name = &AliasName::new("alias/a");
    let alias = &AliasArn { location, name };
    let id = &KeyMaterialId::from_bytes([7; KeyMaterialId::LENGTH]);
    let (spec, usage) = (KeySpec::SymmetricDefault, KeyUsage::EncryptDecrypt);
    let signing = SigningAlgorithm::EcdsaSha256;
    let encryption = EncryptionAlgorithm::RsaesOaepSha256;
    let mac = MacAlgorithm::HmacSha256;
    let (wrapping, with) = (WrappingAlgorithm::RsaesOaepSha256, WrappingKeySpec::Rsa2048);
    let origin = Origin::External;
    let operations = &[GrantOperation::Decrypt];
    let at = Timestamp::EPOCH;
    made![
        alias_without_prefix(),
        alias_with_invalid_characters("a"),
        alias_without_name(),
        alias_is_reserved(),
        alias_targets_alias(),
        alias_already_exists(alias),
        alias_key_usage_differs(name, usage, usage),
        two_key_specs(),
        key_usage_is_required(),
        incompatible_key_usage(usage, spec),
        key_spec_not_in_this_region(spec),
        cannot_be_imported(spec),
        expired_token(),
        wrong_usage(arn, usage, "Sign"),
        incompatible_algorithm("ECDSA_SHA_256", spec),
        incompatible_message_type("RAW", spec),
        message_type_against_algorithm("RAW", signing),
        external_mu_of_invalid_length(signing),
        digest_of_invalid_length(signing),
        invalid_signature(arn, signing, "RAW", 64),
        invalid_mac(arn, mac, 32),
        invalid_public_key(spec, 9),
        invalid_attestation_document("expired"),
        encryption_context_with_asymmetric_key(),
        plaintext_is_too_long(encryption, spec, 190),
        ciphertext_is_malformed(9),
        ciphertext_is_not_authentic(arn, 1),
        ciphertext_of_another_store(arn),
        asymmetric_ciphertext_is_invalid(arn, encryption, 9),
        encapsulation_has_wrong_length(spec, 9),
        key_of_ciphertext_does_not_exist(location, id),
        incorrect_key(arn, Some(arn)),
        incorrect_key(arn, None),
        key_in_another_region("arn", region),
        key_id_is_required(),
        data_key_with_asymmetric_key(),
        data_key_pair_with_asymmetric_key(),
        invalid_encryption_context("name"),
        number_of_bytes_or_key_spec(),
        has_no_public_key(arn, spec),
        dry_run_would_have_succeeded(),
        number_of_bytes_is_required(),
        cloud_hsm_cluster_in_use("cluster-1", "cks-1"),
        cloud_hsm_cluster_not_related("cluster-1", "cks-1"),
        unusable_custom_tag("_custom_id_", "a UUID", "`a`"),
        custom_key_store_has_keys("cks-1", arn),
        custom_key_store_invalid_state("cks-1", &["CONNECTED"], "FAILED"),
        custom_key_store_name_in_use("store", "cks-1"),
        custom_key_store_not_found("CustomKeyStoreId", "cks-1"),
        incorrect_trust_anchor(9),
        too_many_custom_key_stores(10),
        custom_key_store_member_is_missing("XksKeyId", "Origin EXTERNAL_KEY_STORE"),
        custom_key_store_member_is_excluded("XksKeyId", "Origin AWS_KMS"),
        custom_key_store_of_another_type(origin, "AWS_CLOUDHSM"),
        not_in_custom_key_stores(spec, true),
        no_random_bytes_of_external_key_store("cks-1"),
        xks_key_already_in_use("key", "cks-1"),
        xks_key_invalid_configuration("RSA_2048"),
        xks_proxy_uri_endpoint_in_use("https://a", "cks-1"),
        xks_proxy_uri_in_use("https://a/b", "cks-1"),
        xks_proxy_vpc_endpoint_service_in_use("service", "cks-1"),
        external_key_store_is_not_connected(Code::CustomKeyStoreInvalidState),
        xks_failure(Code::KmsInvalidState, XksError::Timeout),
        xks_plaintext_is_invalid(),
        context_constraint_requires_symmetric_key(),
        two_constraints(),
        invalid_grant_operations(operations, spec, usage, operations),
        only_create_grant(),
        principal_and_service("RetiringPrincipal", "RetiringServicePrincipal"),
        grantee_is_not_a_principal("someone"),
        retiring_principal_is_not_a_principal("someone"),
        not_a_principal("someone"),
        arn_is_not_valid("arn"),
        arn_is_not_a_principal("arn"),
        retiring_principal_not_found("someone"),
        grant_not_found(arn, "1f"),
        invalid_grant_token(9),
        token_or_key_and_grant(&[]),
        token_or_key_and_grant(&["KeyId"]),
        unknown_grant_operation("Fly"),
        cannot_wrap(wrapping, with, spec),
        invalid_import_token(9),
        import_token_of_another_key(arn, "arn"),
        expired_import_token(at, at),
        material_does_not_unwrap(wrapping, 9),
        material_is_not_a_key(spec, 9),
        valid_to_is_required(),
        valid_to_without_expiry(),
        valid_to_is_past(),
        valid_to_is_too_far(),
        parameter_of_symmetric_keys("importType", spec),
        material_id_with_new_material(),
        unexpected_material(id),
        other_material(arn),
        material_is_not_new(id, arn),
        description_in_a_replica(),
        new_material_in_a_replica(),
        other_material_awaits_rotation(id, arn, id),
        never_imported(id, arn),
        key_does_not_exist(arn),
        invalid_key_id("a"),
        invalid_key_id_in_arn("a"),
        invalid_arn("a"),
        alias_is_not_found(alias),
        aliases_are_not_supported(),
        no_access_to_other_account("user", "Sign"),
        not_for_customers("user", "Sign", arn),
        not_authorized(None, "Sign", "none by key policy".to_owned()),
        unusable(arn, KeyState::Disabled),
        unusable(arn, KeyState::Creating),
        unusable(arn, KeyState::Enabled),
        unusable(arn, KeyState::Updating),
        unusable(arn, KeyState::PendingDeletion),
        unusable(arn, KeyState::PendingImport),
        unusable(arn, KeyState::PendingReplicaDeletion),
        unusable(arn, KeyState::Unavailable),
        is_not_pending_deletion(arn),
        pending_window_out_of_range(),
        replication_requires_primary(arn),
        update_requires_primary(arn),
        invalid_replica_region("a"),
        replica_in_another_partition(),
        replica_in_primary_region(region),
        replica_exists_in_region(),
        no_replica_in_region(&arn.id),
        invalid_marker(9),
        malformed_policy("Action is missing"),
        invalid_principals(1, "someone"),
        forbidden_condition_keys("aws:ResourceTag/a"),
        overly_permissive_condition("kms:EncryptionContext:a"),
        policy_locks_out("arn"),
        policy_is_too_long(32_768, 40_000),
        no_such_policy("other"),
        throttled("Sign", 1000.0),
        too_many_keys(1, 1),
        too_many_aliases(1, 1),
        too_many_grants(arn, 1, 1),
        wrong_origin(arn, origin),
        cannot_rotate(arn, spec),
        not_for_replicas(arn, "Sign"),
        automatic_rotation_is_near(at, at),
        replicas_lack_material(),
        no_pending_material(arn),
        too_many_rotations(arn),
        key_material_of_symmetric_keys_only(),
        duplicate_tag_keys("team"),
        too_many_tags(50, 51),
        invalid_tag("team&"),
        reserved_tags("aws:a"),
    ]
}

/// The functions of this module that make an exception, from the source.
fn constructors() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/error/message");
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for function in text.split("\npub(crate) fn ").skip(1) {
            let (head, _) = function.split_once(" {\n").unwrap();
            if head.ends_with("-> KmsError") {
                names.extend(head.split('(').next().map(str::to_owned));
            }
        }
    }
    names
}

#[test]
fn an_exception_without_a_telling_message_has_a_reason() {
    let all = all();
    let tried: BTreeSet<_> = all.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(tried, constructors(), "`all` lists each constructor");
    for (name, error) in all {
        let needs_reason = error.message.is_none() || GENERIC.contains(&error.code);
        match Error::from(error).reason() {
            Some(reason) => {
                let (part, rest) = reason.split_once(": expected ").unwrap();
                let (expected, found) = rest.split_once(", found ").unwrap();
                let parts = [part, expected, found];
                assert!(
                    parts.iter().all(|text| !text.is_empty()),
                    "{name}: {reason}"
                );
            }
            None => assert!(!needs_reason, "{name} needs a reason"),
        }
    }
}
