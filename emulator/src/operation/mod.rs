//! The operations of KMS, one file each, and the table of them all.
//!
//! To add one: a file with its input, its output and `impl Operation`; here, one `mod` line and
//! one line in [`TABLE`]. Its members' limits come from AWS's model.

mod cancel_key_deletion;
mod connect_custom_key_store;
mod create_alias;
mod create_custom_key_store;
mod create_grant;
mod create_key;
mod decapsulate;
mod decrypt;
mod delete_alias;
mod delete_custom_key_store;
mod delete_imported_key_material;
mod derive_shared_secret;
mod describe_custom_key_stores;
mod describe_key;
mod disable_key;
mod disable_key_rotation;
mod disconnect_custom_key_store;
mod enable_key;
mod enable_key_rotation;
mod encapsulate;
mod encrypt;
mod generate_data_key;
mod generate_data_key_pair;
mod generate_data_key_pair_without_plaintext;
mod generate_data_key_without_plaintext;
mod generate_mac;
mod generate_random;
mod get_key_last_usage;
mod get_key_policy;
mod get_key_rotation_status;
mod get_parameters_for_import;
mod get_public_key;
mod import_key_material;
mod list_aliases;
mod list_grants;
mod list_key_policies;
mod list_key_rotations;
mod list_keys;
mod list_resource_tags;
mod list_retirable_grants;
mod put_key_policy;
mod re_encrypt;
mod replicate_key;
mod retire_grant;
mod revoke_grant;
mod rotate_key_on_demand;
mod schedule_key_deletion;
mod sign;
mod tag_resource;
mod untag_resource;
mod update_alias;
mod update_custom_key_store;
mod update_key_description;
mod update_primary_region;
mod verify;
mod verify_mac;

use serde::de::DeserializeOwned;
use serde::{Deserialize as _, Serialize};

use crate::context::{Asked, Context};
use crate::error::{Error, Internal};
use crate::kms::Work;
use crate::protocol::{Body, encode};

/// An operation of the API.
trait Operation {
    /// Its name in the API, as in `X-Amz-Target` after the dot.
    const NAME: &'static str;
    /// How much work it is if its body mentions a text; light if not.
    const WORK: (&'static str, Work) = ("", Work::Light);
    /// Whether it works on keys of other accounts. AWS then asks the policies of both; here, anybody
    /// may.
    const CROSS_ACCOUNT: bool = false;
    /// The members of the request that it reads.
    type Input: DeserializeOwned;
    /// The members of the answer; `()` where AWS answers with an empty body.
    type Output: Serialize;

    /// Does it.
    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error>;
}

/// An operation in the table, its types forgotten.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) asked: Asked,
    /// As the operation's `WORK`.
    pub(crate) work: (&'static str, Work),
    /// Takes a body that was checked against the model, and answers the body to send.
    pub(crate) run: fn(&Body, &mut Context<'_>) -> Result<Vec<u8>, Error>,
    /// Whether the typed input can be read from a body.
    #[cfg(test)]
    reads: fn(&Body) -> bool,
}

/// All operations that the emulator has, by name.
static TABLE: &[Entry] = &[
    entry::<cancel_key_deletion::CancelKeyDeletion>(),
    entry::<connect_custom_key_store::ConnectCustomKeyStore>(),
    entry::<create_alias::CreateAlias>(),
    entry::<create_custom_key_store::CreateCustomKeyStore>(),
    entry::<create_grant::CreateGrant>(),
    entry::<create_key::CreateKey>(),
    entry::<decapsulate::Decapsulate>(),
    entry::<decrypt::Decrypt>(),
    entry::<delete_alias::DeleteAlias>(),
    entry::<delete_custom_key_store::DeleteCustomKeyStore>(),
    entry::<delete_imported_key_material::DeleteImportedKeyMaterial>(),
    entry::<derive_shared_secret::DeriveSharedSecret>(),
    entry::<describe_custom_key_stores::DescribeCustomKeyStores>(),
    entry::<describe_key::DescribeKey>(),
    entry::<disable_key::DisableKey>(),
    entry::<disable_key_rotation::DisableKeyRotation>(),
    entry::<disconnect_custom_key_store::DisconnectCustomKeyStore>(),
    entry::<enable_key::EnableKey>(),
    entry::<enable_key_rotation::EnableKeyRotation>(),
    entry::<encapsulate::Encapsulate>(),
    entry::<encrypt::Encrypt>(),
    entry::<generate_data_key::GenerateDataKey>(),
    entry::<generate_data_key_pair::GenerateDataKeyPair>(),
    entry::<generate_data_key_pair_without_plaintext::GenerateDataKeyPairWithoutPlaintext>(),
    entry::<generate_data_key_without_plaintext::GenerateDataKeyWithoutPlaintext>(),
    entry::<generate_mac::GenerateMac>(),
    entry::<generate_random::GenerateRandom>(),
    entry::<get_key_last_usage::GetKeyLastUsage>(),
    entry::<get_key_policy::GetKeyPolicy>(),
    entry::<get_key_rotation_status::GetKeyRotationStatus>(),
    entry::<get_parameters_for_import::GetParametersForImport>(),
    entry::<get_public_key::GetPublicKey>(),
    entry::<import_key_material::ImportKeyMaterial>(),
    entry::<list_aliases::ListAliases>(),
    entry::<list_grants::ListGrants>(),
    entry::<list_key_policies::ListKeyPolicies>(),
    entry::<list_key_rotations::ListKeyRotations>(),
    entry::<list_keys::ListKeys>(),
    entry::<list_resource_tags::ListResourceTags>(),
    entry::<list_retirable_grants::ListRetirableGrants>(),
    entry::<put_key_policy::PutKeyPolicy>(),
    entry::<re_encrypt::ReEncrypt>(),
    entry::<replicate_key::ReplicateKey>(),
    entry::<retire_grant::RetireGrant>(),
    entry::<revoke_grant::RevokeGrant>(),
    entry::<rotate_key_on_demand::RotateKeyOnDemand>(),
    entry::<schedule_key_deletion::ScheduleKeyDeletion>(),
    entry::<sign::Sign>(),
    entry::<tag_resource::TagResource>(),
    entry::<untag_resource::UntagResource>(),
    entry::<update_alias::UpdateAlias>(),
    entry::<update_custom_key_store::UpdateCustomKeyStore>(),
    entry::<update_key_description::UpdateKeyDescription>(),
    entry::<update_primary_region::UpdatePrimaryRegion>(),
    entry::<verify::Verify>(),
    entry::<verify_mac::VerifyMac>(),
];

/// The operation of that name, if the emulator has it.
pub(crate) fn find(name: &str) -> Option<&'static Entry> {
    let index = TABLE.binary_search_by(|entry| entry.name.cmp(name)).ok()?;
    TABLE.get(index)
}

const fn entry<O: Operation>() -> Entry {
    Entry {
        name: O::NAME,
        asked: Asked {
            name: O::NAME,
            cross_account: O::CROSS_ACCOUNT,
        },
        work: O::WORK,
        run: run::<O>,
        #[cfg(test)]
        reads: |body| O::Input::deserialize(body).is_ok(),
    }
}

fn run<O: Operation>(body: &Body, context: &mut Context<'_>) -> Result<Vec<u8>, Error> {
    // The walk along the model let the body pass, so this fails only if the two disagree. A map, not
    // a `Value`, and borrowed: what reads it is there once for each operation, and smaller so.
    let input =
        O::Input::deserialize(body).map_err(|error| Internal::new("read the input", error))?;
    let output = O::run(input, context)?;
    Ok(encode(&output).map_err(|error| Internal::new("write the output", error))?)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod unread_members_tests;
