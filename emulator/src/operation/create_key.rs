//! [CreateKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html)
//!
//! Makes keys of every spec, single-Region and multi-Region, with material of their own or to be
//! imported, or in custom key stores. The order among the checks of different members is not known of AWS.

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::api::{KeySpec, KeyUsage, Origin, Region};
use crate::context::Context;
use crate::custom_key_store::KeyStoreChoice;
use crate::error::{Error, KmsError, message};
use crate::key::{Key, KeyMetadata, KeyRecord, Policy, RegionSet};
use crate::kms::Work;
use crate::quota::Resource;
use crate::tag::{self, Tag};

/// Makes a key.
pub(super) struct CreateKey;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateKeyInput {
    policy: Option<String>,
    #[serde(default)]
    bypass_policy_lockout_safety_check: Option<bool>,
    description: Option<String>,
    key_usage: Option<KeyUsage>,
    customer_master_key_spec: Option<KeySpec>,
    key_spec: Option<KeySpec>,
    origin: Option<Origin>,
    custom_key_store_id: Option<String>,
    xks_key_id: Option<String>,
    tags: Option<Vec<Tag>>,
    multi_region: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateKeyOutput {
    key_metadata: KeyMetadata,
}

impl Operation for CreateKey {
    const NAME: &'static str = "CreateKey";
    const WORK: (&'static str, Work) = ("RSA_", Work::KeyPair);
    type Input = CreateKeyInput;
    type Output = CreateKeyOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let (spec, usage) = spec_and_usage(&input, &context.here().region)?;
        if let Some(policy) = &input.policy {
            let bypass = input.bypass_policy_lockout_safety_check == Some(true);
            Policy::accept(policy, context.here(), bypass)?;
        }
        let tags = tag::add(&[], input.tags.unwrap_or_default())?;
        let origin = input.origin.unwrap_or(Origin::AwsKms);
        let multi_region = input.multi_region == Some(true);
        let place = KeyStoreChoice {
            origin,
            store: input.custom_key_store_id,
            xks_key_id: input.xks_key_id,
        };
        let store = place.find(context, spec, multi_region)?;

        if origin == Origin::External && !spec.can_be_imported() {
            return Err(message::cannot_be_imported().into());
        }

        // Slow work comes before the writer's place is taken.
        let material = match origin {
            Origin::External => None,
            _ => Some(context.new_material(spec)?),
        };
        let arn = context.new_key_arn(multi_region)?;
        let mut record = KeyRecord::new(spec, usage, context.now());
        record.origin = origin;
        record.description = input.description.unwrap_or_default();
        record.policy = input.policy;
        record.tags = tags;
        record.region_set =
            multi_region.then(|| RegionSet::of_primary(arn.location.region.clone()));
        let mut key = Key { arn, record };
        let mut context = context.writing()?;
        context.require_room(Resource::Keys(context.here()))?;
        if let Some(store) = store {
            store.recheck(&context)?;
            context.join_store(&key.arn, &store);
            key.record.custom_key_store = Some(store);
            context.see_store(&mut key)?;
        }
        if let Some(material) = &material {
            context.add_material(&mut key, material, None)?;
        }
        context.put_key(&key)?;
        context.remember(&key);
        Ok(CreateKeyOutput {
            key_metadata: key.metadata(context.now()),
        })
    }
}

/// What key is asked for, if KMS has such keys.
fn spec_and_usage(
    input: &CreateKeyInput,
    region: &Region,
) -> Result<(KeySpec, KeyUsage), KmsError> {
    let spec = match (input.key_spec, input.customer_master_key_spec) {
        (Some(_), Some(_)) => return Err(message::two_key_specs()),
        (Some(spec), None) | (None, Some(spec)) => spec,
        (None, None) => KeySpec::SymmetricDefault,
    };
    let usage = match input.key_usage {
        Some(usage) => usage,
        None if spec == KeySpec::SymmetricDefault => KeyUsage::EncryptDecrypt,
        None => return Err(message::key_usage_is_required()),
    };
    spec.require(usage, region)?;
    Ok((spec, usage))
}
