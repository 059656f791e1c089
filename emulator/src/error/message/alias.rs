//! Aliases.

use super::{Code, KmsError, Mismatch, error, without_message};
use crate::api::{AliasArn, AliasName, KeyUsage};

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

/// The exception is documented; its message is not known.
pub(crate) fn alias_without_name() -> KmsError {
    let reason = Mismatch::new("AliasName", "a name after alias/", "none");
    without_message(Code::InvalidAliasName, reason)
}

pub(crate) fn alias_is_reserved() -> KmsError {
    let text = "The alias name for a customer managed CMK cannot begin with alias/aws/.";
    error(Code::NotAuthorized, text)
}

pub(crate) fn alias_targets_alias() -> KmsError {
    error(Code::Validation, "Aliases must refer to keys. Not aliases")
}

pub(crate) fn alias_already_exists(alias: &AliasArn<'_>) -> KmsError {
    error(
        Code::AlreadyExists,
        format!("An alias with the name {alias} already exists"),
    )
}

pub(crate) fn alias_key_usage_differs(name: &AliasName, from: KeyUsage, to: KeyUsage) -> KmsError {
    let text = format!(
        "Alias {name} cannot be changed from a CMK with key usage {from} to a CMK with key usage \
         {to}. The key usage of the current CMK and the new CMK must be the same."
    );
    error(Code::Validation, text)
}
