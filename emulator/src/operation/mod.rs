//! The operations of KMS, one file each, and the table of all operations.
//!
//! To add an operation, add a file with its input, its output and `impl Operation`, and a line in
//! the table. The limits of its members come from AWS's model.

mod actions;
mod cost;
mod entry;
mod rate;
mod shared;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::authorization::{Action, ConditionKeys, Scope};
use crate::context::Context;
use crate::error::{Error, KmsError, message};

pub(crate) use actions::action;
use actions::action_of;
#[cfg(feature = "cli")]
pub(crate) use actions::actions;
pub use cost::Cost;
pub(crate) use entry::{Call, Entry};
use rate::Rate;
pub(crate) use shared::custom_key::set_material_apart;

/// An operation of the API.
trait Operation {
    /// The name in the API, as in `X-Amz-Target` after the dot.
    const NAME: &'static str;
    /// Whether it is read-only in CloudTrail. Cryptographic operations are.
    const READ_ONLY: bool;
    /// The request quota.
    const RATE: Rate<Self::Input>;
    /// The actions that its callers need permission for.
    const ACTIONS: &'static [&'static str] = &[Self::NAME];
    /// Whether it can use keys of other accounts. The policies of both accounts must then allow it.
    const CROSS_ACCOUNT: bool = false;
    /// The resource that policies allow it on.
    const RESOURCE: Scope = Scope::Key;
    /// The condition keys of its requests, besides those of every request and those that describe a key.
    const CONDITION_KEYS: ConditionKeys;
    /// Other actions that its callers can need permission for.
    const ALSO: &'static [Action] = &[];
    /// Whether customers can use it on AWS managed keys.
    const ON_AWS_MANAGED_KEYS: bool = true;
    /// Whether it calls the proxy if its key is in an external key store.
    const CALLS_PROXY: bool = false;
    /// The members of the request.
    type Input: DeserializeOwned + Send + 'static;
    /// The members of the answer; `()` for an empty body.
    type Output: Serialize;

    /// The cost of a request.
    fn cost(_input: &Self::Input) -> Cost {
        Cost::Inline
    }

    /// Runs the operation.
    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<Self::Output, Error>;
}

/// Declares the module of each operation and its entry in the table.
macro_rules! operations {
    ($($module:ident::$operation:ident,)*) => {
        $(mod $module;)*

        /// All operations, sorted by name.
        static TABLE: &[Entry] = &[$(Entry::of::<$module::$operation>(),)*];
    };
}

operations! {
    cancel_key_deletion::CancelKeyDeletion,
    connect_custom_key_store::ConnectCustomKeyStore,
    create_alias::CreateAlias,
    create_custom_key_store::CreateCustomKeyStore,
    create_grant::CreateGrant,
    create_key::CreateKey,
    decapsulate::Decapsulate,
    decrypt::Decrypt,
    delete_alias::DeleteAlias,
    delete_custom_key_store::DeleteCustomKeyStore,
    delete_imported_key_material::DeleteImportedKeyMaterial,
    derive_shared_secret::DeriveSharedSecret,
    describe_custom_key_stores::DescribeCustomKeyStores,
    describe_key::DescribeKey,
    disable_key::DisableKey,
    disable_key_rotation::DisableKeyRotation,
    disconnect_custom_key_store::DisconnectCustomKeyStore,
    enable_key::EnableKey,
    enable_key_rotation::EnableKeyRotation,
    encapsulate::Encapsulate,
    encrypt::Encrypt,
    generate_data_key::GenerateDataKey,
    generate_data_key_pair::GenerateDataKeyPair,
    generate_data_key_pair_without_plaintext::GenerateDataKeyPairWithoutPlaintext,
    generate_data_key_without_plaintext::GenerateDataKeyWithoutPlaintext,
    generate_mac::GenerateMac,
    generate_random::GenerateRandom,
    get_key_last_usage::GetKeyLastUsage,
    get_key_policy::GetKeyPolicy,
    get_key_rotation_status::GetKeyRotationStatus,
    get_parameters_for_import::GetParametersForImport,
    get_public_key::GetPublicKey,
    import_key_material::ImportKeyMaterial,
    list_aliases::ListAliases,
    list_grants::ListGrants,
    list_key_policies::ListKeyPolicies,
    list_key_rotations::ListKeyRotations,
    list_keys::ListKeys,
    list_resource_tags::ListResourceTags,
    list_retirable_grants::ListRetirableGrants,
    put_key_policy::PutKeyPolicy,
    re_encrypt::ReEncrypt,
    replicate_key::ReplicateKey,
    retire_grant::RetireGrant,
    revoke_grant::RevokeGrant,
    rotate_key_on_demand::RotateKeyOnDemand,
    schedule_key_deletion::ScheduleKeyDeletion,
    sign::Sign,
    tag_resource::TagResource,
    untag_resource::UntagResource,
    update_alias::UpdateAlias,
    update_custom_key_store::UpdateCustomKeyStore,
    update_key_description::UpdateKeyDescription,
    update_primary_region::UpdatePrimaryRegion,
    verify::Verify,
    verify_mac::VerifyMac,
}

/// The operation with that name.
pub(crate) fn find(name: &str) -> Option<&'static Entry> {
    let index = TABLE
        .binary_search_by(|entry| entry.info.name.cmp(name))
        .ok()?;
    TABLE.get(index)
}

/// All operations, sorted by name.
pub(crate) fn all() -> &'static [Entry] {
    TABLE
}

/// Ends a dry run after all checks have passed. A successful dry run is an error in KMS.
///
/// # Errors
///
/// `DryRunOperationException`, if this is a dry run.
fn finish_dry_run(dry_run: Option<bool>) -> Result<(), KmsError> {
    match dry_run {
        Some(true) => Err(message::dry_run_would_have_succeeded()),
        Some(false) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
