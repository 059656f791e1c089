//! [CreateKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html)
//!
//! The order of the checks of different members on AWS is unknown.

use serde::{Deserialize, Serialize};

use super::put_key_policy::PutKeyPolicy;
use super::rate::Rate;
use super::shared::custom_key::CustomKey;
use super::shared::key_store_choice::{KeyStoreChoice, recheck};
use super::tag_resource::TagResource;
use super::{Cost, Operation, action_of};
use crate::api::{KeySpec, KeyUsage, Origin, Region};
use crate::authorization::condition_key::{
    BYPASS_POLICY_LOCKOUT_SAFETY_CHECK, KEY_ORIGIN, KEY_SPEC, KEY_USAGE, MULTI_REGION,
    MULTI_REGION_KEY_TYPE, ON_KEY, REQUEST_TAG, RESOURCE_TAG, TAG_KEYS,
};
use crate::authorization::{Action, ConditionKeys, Scope};
use crate::context::{Context, Resource};
use crate::error::{Error, KmsError, message};
use crate::key::{Key, KeyMetadata, KeyRecord, RegionSet};
use crate::quota::RequestQuota;
use crate::tag::{self, Tag};

/// Creates a key.
pub(super) struct CreateKey;

const PER_SECOND: u16 = 5;

/// The request quota. `ReplicateKey` counts against it, too.
pub(super) const QUOTA: RequestQuota = RequestQuota::Operation {
    name: CreateKey::NAME,
    per_second: PER_SECOND,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateKeyInput {
    policy: Option<String>,
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
    /// See [`set_material_apart`](super::set_material_apart).
    #[serde(rename = "_custom_key_material_")]
    custom_material: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateKeyOutput {
    key_metadata: KeyMetadata,
}

impl Operation for CreateKey {
    const NAME: &'static str = "CreateKey";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(PER_SECOND);
    const RESOURCE: Scope = Scope::Any;
    const CONDITION_KEYS: ConditionKeys = &[
        ON_KEY,
        &[
            BYPASS_POLICY_LOCKOUT_SAFETY_CHECK,
            KEY_ORIGIN,
            KEY_SPEC,
            KEY_USAGE,
            MULTI_REGION,
            MULTI_REGION_KEY_TYPE,
            REQUEST_TAG,
            RESOURCE_TAG,
            TAG_KEYS,
        ],
    ];
    const ALSO: &'static [Action] = &[action_of::<TagResource>()];
    const CALLS_PROXY: bool = true;
    type Input = CreateKeyInput;
    type Output = CreateKeyOutput;

    fn cost(input: &Self::Input) -> Cost {
        if input.custom_material.is_some() {
            return Cost::Cpu;
        }
        let spec = input.key_spec.or(input.customer_master_key_spec);
        spec.map_or(Cost::Inline, Cost::of_key_generation)
    }

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let (spec, usage) = spec_and_usage(&input, &context.location().region)?;
        if let Some(policy) = &input.policy {
            let bypass = input.bypass_policy_lockout_safety_check == Some(true);
            context.accept_policy(policy, bypass, action_of::<PutKeyPolicy>())?;
        }
        let mut tags = tag::add(&[], input.tags.unwrap_or_default())?;
        let origin = input.origin.unwrap_or(Origin::AwsKms);
        let multi_region = input.multi_region == Some(true);
        let mut custom = CustomKey::default();
        if context.drop_in() {
            let material = input.custom_material.as_deref();
            custom = CustomKey::read(&mut tags, material, (spec, origin, multi_region))?;
        }
        let choice = KeyStoreChoice {
            origin,
            store: input.custom_key_store_id,
            xks_key_id: input.xks_key_id,
        };
        let store = choice.find(&context, spec, multi_region)?;

        if origin == Origin::External && !spec.can_be_imported() {
            return Err(message::cannot_be_imported(spec).into());
        }

        // Slow work comes before the write lock.
        let material = match (custom.material.take(), origin) {
            (None, Origin::External) => None,
            (None, _) => Some(context.new_material(spec)?),
            (custom, _) => custom,
        };
        let arn = match custom.id() {
            Some(id) => context.location().key(id.clone()),
            None => context.new_key_arn(multi_region)?,
        };
        let mut record = KeyRecord::new(spec, usage, context.now());
        record.origin = origin;
        record.description = input.description.unwrap_or_default();
        record.policy = input.policy;
        record.tags = tags;
        record.region_set =
            multi_region.then(|| RegionSet::of_primary(arn.location.region.clone()));
        let mut key = Key {
            arn,
            record: record.into(),
        };
        let mut context = context.write()?;
        if custom.id().is_some() && context.find_key(&key.arn)?.is_some() {
            return Err(custom.is_taken(&key.arn).into());
        }
        context.check_quota(Resource::Keys(context.location()))?;
        if let Some(store) = store {
            recheck(&store, &context)?;
            context.join_store(&key.arn, &store);
            key.record.custom_key_store = Some(store);
            context.load_store_state(&mut key)?;
        }
        if let Some(material) = material {
            context.add_material(&mut key, material, None)?;
        }
        context.put_key(&key)?;
        context.set_subject_key(&key);
        Ok(CreateKeyOutput {
            key_metadata: key.metadata(context.now()),
        })
    }
}

/// The spec and usage of the new key.
fn spec_and_usage(
    input: &CreateKeyInput,
    region: &Region,
) -> Result<(KeySpec, KeyUsage), KmsError> {
    let spec = match (input.key_spec, input.customer_master_key_spec) {
        (Some(_), Some(_)) => return Err(message::two_key_specs()),
        (Some(spec), None) | (None, Some(spec)) => spec,
        (None, None) => KeySpec::SymmetricDefault,
    };
    // The Region comes first (recorded).
    spec.require_region(region)?;
    let usage = match input.key_usage {
        Some(usage) => usage,
        None if spec == KeySpec::SymmetricDefault => KeyUsage::EncryptDecrypt,
        None => return Err(message::key_usage_is_required()),
    };
    spec.require_usage(usage)?;
    Ok((spec, usage))
}
