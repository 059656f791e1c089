//! The operations of KMS, one file each, and the table of all operations.
//!
//! To add one: a file with its input, its output and `impl Operation`, and a line in the table. The
//! limits of its members come from AWS's model.

mod cost;
mod entry;
mod rate;
mod shared;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::context::Context;
use crate::error::{Error, KmsError, message};

pub use cost::Cost;
pub(crate) use entry::{Call, Entry};
use rate::Rate;

/// An operation of the API.
trait Operation {
    /// Its name in the API, as in `X-Amz-Target` after the dot.
    const NAME: &'static str;
    /// Whether CloudTrail calls it read-only. To CloudTrail, cryptography only reads.
    const READ_ONLY: bool;
    /// Its request quota.
    const RATE: Rate<Self::Input>;
    /// Whether it works on keys of other accounts. AWS then checks the policies of both accounts;
    /// here, any caller may use the key.
    const CROSS_ACCOUNT: bool = false;
    /// Whether customers may use it on AWS managed keys. The policies of these keys allow a service
    /// only.
    const ON_AWS_MANAGED_KEYS: bool = true;
    /// Whether it calls the proxy of an external key store if its key is in one.
    const CALLS_PROXY: bool = false;
    /// The members of the request that it reads.
    type Input: DeserializeOwned + Send + 'static;
    /// The members of the answer; `()` where AWS answers with an empty body.
    type Output: Serialize;

    /// How much work a request is.
    fn cost(_input: &Self::Input) -> Cost {
        Cost::Inline
    }

    /// Runs it.
    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<Self::Output, Error>;
}

/// Declares the module of each operation and its entry in the table.
macro_rules! operations {
    ($($module:ident::$operation:ident,)*) => {
        $(mod $module;)*

        /// All operations, by name.
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

/// Ends a dry run. All checks have passed, so the answer is the error that says so.
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
#[cfg(test)]
mod unread_members_tests;
