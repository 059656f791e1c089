//! Every sentence of KMS, one function each. The golden cases in `fixtures/cases` quote them, with
//! their sources; operations never write a sentence of AWS themselves.

mod custom_key_store;
mod grant;
mod import;
mod multi_region;
mod policy;
mod quota;
mod rotation;

pub(crate) use custom_key_store::*;
pub(crate) use grant::*;
pub(crate) use import::*;
pub(crate) use multi_region::*;
pub(crate) use policy::*;
pub(crate) use quota::*;
pub(crate) use rotation::*;

use super::{Code, KmsError};
use crate::api::{
    AliasArn, AliasName, EncryptionAlgorithm, KeyArn, KeySpec, KeyState, KeyUsage, SigningAlgorithm,
};

fn error(code: Code, message: impl Into<String>) -> KmsError {
    KmsError {
        code,
        message: Some(message.into()),
    }
}

const fn silent(code: Code) -> KmsError {
    KmsError {
        code,
        message: None,
    }
}

/// Of our own: real KMS sends a text that nobody has published.
pub(crate) const fn internal() -> &'static str {
    "Simulated KMS failed inside. Its log has the cause, under this request's id."
}

// Finding a key

pub(crate) fn key_does_not_exist(arn: &KeyArn) -> KmsError {
    error(Code::NotFound, format!("Key '{arn}' does not exist"))
}

pub(crate) fn invalid_key_id(id: &str) -> KmsError {
    error(Code::NotFound, format!("Invalid keyId '{id}'"))
}

/// Inside an ARN, the same text comes without quotes.
pub(crate) fn invalid_key_id_in_arn(id: &str) -> KmsError {
    error(Code::NotFound, format!("Invalid keyId {id}"))
}

/// `what` is the Region of an ARN of another Region; for a text that is no ARN of KMS at all, it
/// is that text (inferred).
pub(crate) fn invalid_arn(what: &str) -> KmsError {
    error(Code::NotFound, format!("Invalid arn {what}"))
}

pub(crate) fn alias_is_not_found(alias: &AliasArn<'_>) -> KmsError {
    error(Code::NotFound, format!("Alias {alias} is not found."))
}

pub(crate) fn aliases_are_not_supported() -> KmsError {
    error(
        Code::InvalidArn,
        "Key Aliases are not supported for this operation.",
    )
}

pub(crate) fn no_access_to_other_account(user: &str, operation: &str) -> KmsError {
    error(
        Code::AccessDenied,
        format!(
            "User: {user} is not authorized to perform: kms:{operation} on this resource because \
             the resource does not exist in this Region, no resource-based policies allow access, \
             or a resource-based policy explicitly denies access"
        ),
    )
}

/// An AWS managed key's policy lets the customer look at it and no more (by analogy with the
/// recorded sentence for other keys whose policy does not let one).
pub(crate) fn not_for_customers(user: &str, operation: &str, arn: &KeyArn) -> KmsError {
    error(
        Code::AccessDenied,
        format!(
            "User: {user} is not authorized to perform: kms:{operation} on resource: {arn} because \
             no resource-based policy allows the kms:{operation} action"
        ),
    )
}

// The state of a key

/// Why a key in `state` cannot do what was asked.
pub(crate) fn unusable(arn: &KeyArn, state: KeyState) -> KmsError {
    match state {
        KeyState::Disabled => error(Code::Disabled, format!("{arn} is disabled.")),
        // The texts for these are not known; and every operation works on an enabled key.
        KeyState::Creating | KeyState::Enabled | KeyState::Updating => {
            silent(Code::KmsInvalidState)
        }
        KeyState::PendingDeletion => {
            error(Code::KmsInvalidState, format!("{arn} is pending deletion."))
        }
        KeyState::PendingImport => {
            error(Code::KmsInvalidState, format!("{arn} is pending import."))
        }
        KeyState::PendingReplicaDeletion => error(
            Code::KmsInvalidState,
            format!("{arn} is pending replica deletion."),
        ),
        KeyState::Unavailable => error(Code::KmsInvalidState, format!("{arn} is unavailable.")),
    }
}

pub(crate) fn is_not_pending_deletion(arn: &KeyArn) -> KmsError {
    error(
        Code::KmsInvalidState,
        format!("{arn} is not pending deletion."),
    )
}

pub(crate) fn pending_window_out_of_range() -> KmsError {
    error(
        Code::Validation,
        "PendingWindowInDays must be between 7 and 30",
    )
}

// Cryptographic operations

pub(crate) fn wrong_usage(arn: &KeyArn, usage: KeyUsage, operation: &str) -> KmsError {
    let text = format!("{arn} key usage is {usage} which is not valid for {operation}.");
    error(Code::InvalidKeyUsage, text)
}

pub(crate) fn incompatible_algorithm(algorithm: &str, spec: KeySpec) -> KmsError {
    let text = format!("Algorithm {algorithm} is incompatible with key spec {spec}.");
    error(Code::InvalidKeyUsage, text)
}

pub(crate) fn incompatible_message_type(message_type: &str, spec: KeySpec) -> KmsError {
    let text = format!("Message type {message_type} is incompatible with key spec {spec}.");
    error(Code::Validation, text)
}

pub(crate) fn message_type_against_algorithm(
    message_type: &str,
    algorithm: SigningAlgorithm,
) -> KmsError {
    let text = format!("Message type {message_type} is incompatible with algorithm {algorithm}.");
    error(Code::Validation, text)
}

pub(crate) fn external_mu_of_invalid_length(algorithm: SigningAlgorithm) -> KmsError {
    let text = format!("External Mu is invalid length for algorithm {algorithm}.");
    error(Code::Validation, text)
}

pub(crate) fn digest_of_invalid_length(algorithm: SigningAlgorithm) -> KmsError {
    error(
        Code::Validation,
        format!("Digest is invalid length for algorithm {algorithm}."),
    )
}

pub(crate) fn invalid_signature() -> KmsError {
    silent(Code::KmsInvalidSignature)
}

pub(crate) fn invalid_mac() -> KmsError {
    silent(Code::KmsInvalidMac)
}

pub(crate) fn invalid_public_key() -> KmsError {
    silent(Code::Validation)
}

/// Nothing is known of how KMS says it.
pub(crate) fn invalid_attestation_document() -> KmsError {
    silent(Code::Validation)
}

pub(crate) fn encryption_context_with_asymmetric_key() -> KmsError {
    let text = "EncryptionContext is not supported when encrypting/decrypting with asymmetric \
                CMKs.";
    error(Code::Validation, text)
}

pub(crate) fn plaintext_is_too_long(
    algorithm: EncryptionAlgorithm,
    spec: KeySpec,
    longest: usize,
) -> KmsError {
    let text = format!(
        "Algorithm {algorithm} and key spec {spec} cannot encrypt data larger than {longest} bytes."
    );
    error(Code::Validation, text)
}

pub(crate) fn invalid_ciphertext() -> KmsError {
    silent(Code::InvalidCiphertext)
}

pub(crate) fn incorrect_key() -> KmsError {
    let text = "The key ID in the request does not identify a CMK that can perform this operation.";
    error(Code::IncorrectKey, text)
}

/// An asymmetric ciphertext does not say whose it is.
pub(crate) fn key_id_is_required() -> KmsError {
    error(Code::Validation, "KeyId must not be null")
}

pub(crate) fn data_key_with_asymmetric_key() -> KmsError {
    let text = "You cannot generate a data key with an asymmetric CMK";
    error(Code::InvalidKeyUsage, text)
}

pub(crate) fn number_of_bytes_or_key_spec() -> KmsError {
    let text = "Please specify either number of bytes or key spec.";
    error(Code::Validation, text)
}

pub(crate) fn has_no_public_key() -> KmsError {
    silent(Code::UnsupportedOperation)
}

pub(crate) fn dry_run_would_have_succeeded() -> KmsError {
    let text = "The request would have succeeded, but the DryRun option is set.";
    error(Code::DryRunOperation, text)
}

pub(crate) fn number_of_bytes_is_required() -> KmsError {
    error(Code::Validation, "NumberOfBytes is required.")
}

// Creating a key

pub(crate) fn two_key_specs() -> KmsError {
    let text = "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. \
                CustomerMasterKeySpec is deprecated.";
    error(Code::Validation, text)
}

pub(crate) fn key_usage_is_required() -> KmsError {
    let text = "You must specify a KeyUsage value for all KMS keys except for symmetric \
                encryption keys.";
    error(Code::Validation, text)
}

pub(crate) fn incompatible_key_usage(usage: KeyUsage, spec: KeySpec) -> KmsError {
    error(
        Code::Validation,
        format!("KeyUsage {usage} is not compatible with KeySpec {spec}"),
    )
}

pub(crate) fn key_spec_not_in_this_region(spec: KeySpec) -> KmsError {
    let text = format!("KeySpec {spec} is not supported in this Region");
    error(Code::UnsupportedOperation, text)
}

/// Which specs can be imported is known, the sentence is not.
pub(crate) fn cannot_be_imported() -> KmsError {
    silent(Code::UnsupportedOperation)
}

// Tags

pub(crate) fn duplicate_tag_keys() -> KmsError {
    error(Code::Tag, "Duplicate tag keys")
}

pub(crate) fn too_many_tags() -> KmsError {
    error(Code::Tag, "Too many tags")
}

pub(crate) fn reserved_tags() -> KmsError {
    error(Code::Tag, "Tags beginning with aws: are reserved")
}

// Aliases

pub(crate) fn alias_without_prefix() -> KmsError {
    let text = "Alias must start with the prefix \"alias/\". Please see \
                https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html";
    error(Code::Validation, text)
}

pub(crate) fn alias_with_invalid_characters(name: &str) -> KmsError {
    error(
        Code::Validation,
        format!("{name} contains invalid characters for an alias"),
    )
}

/// KMS has an exception for it; its text is not known.
pub(crate) fn alias_without_name() -> KmsError {
    silent(Code::InvalidAliasName)
}

pub(crate) fn alias_is_reserved() -> KmsError {
    silent(Code::NotAuthorized)
}

pub(crate) fn alias_of_an_alias() -> KmsError {
    error(Code::Validation, "Aliases must refer to keys. Not aliases")
}

pub(crate) fn alias_already_exists(alias: &AliasArn<'_>) -> KmsError {
    error(
        Code::AlreadyExists,
        format!("An alias with the name {alias} already exists"),
    )
}

pub(crate) fn alias_across_usages(name: &AliasName, from: KeyUsage, to: KeyUsage) -> KmsError {
    let text = format!(
        "Alias {name} cannot be changed from a CMK with key usage {from} to a CMK with key usage \
         {to}. The key usage of the current CMK and the new CMK must be the same."
    );
    error(Code::Validation, text)
}

// Pages

pub(crate) fn invalid_marker() -> KmsError {
    silent(Code::InvalidMarker)
}
