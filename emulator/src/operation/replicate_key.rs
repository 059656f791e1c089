//! [ReplicateKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html)
//!
//! The order of the checks of different members on AWS is unknown.

use serde::{Deserialize, Serialize};

use super::create_key::{self, CreateKey};
use super::put_key_policy::PutKeyPolicy;
use super::rate::{OtherRegion, Rate};
use super::tag_resource::TagResource;
use super::{Operation, action_of};
use crate::api::{KeyState, Origin, Region, key_state};
use crate::authorization::condition_key::{ON_KEY, REPLICA_REGION};
use crate::authorization::{Action, ConditionKeys};
use crate::context::{Context, Resource};
use crate::error::{Error, message};
use crate::key::{Key, KeyMetadata, KeyRecord, Transition, policy};
use crate::tag::{self, Tag};

/// Creates a replica of a multi-Region key in another Region.
pub(super) struct ReplicateKey;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ReplicateKeyInput {
    key_id: String,
    replica_region: String,
    policy: Option<String>,
    bypass_policy_lockout_safety_check: Option<bool>,
    description: Option<String>,
    tags: Option<Vec<Tag>>,
}

#[derive(Serialize)]
pub(super) struct ReplicateKeyOutput {
    #[serde(rename = "ReplicaKeyMetadata")]
    metadata: KeyMetadata,
    #[serde(rename = "ReplicaPolicy")]
    policy: String,
    /// Absent if the request has no tags (recorded).
    #[serde(rename = "ReplicaTags", skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
}

impl Operation for ReplicateKey {
    const NAME: &'static str = "ReplicateKey";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::TwoRegions {
        per_second: 5,
        // Each request counts as two `CreateKey` requests in the other Region (documented).
        other: |input| {
            Some(OtherRegion {
                region: Region::parse(&input.replica_region)?,
                quota: create_key::QUOTA,
                requests: 2,
            })
        },
    };
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY, &[REPLICA_REGION]];
    const ALSO: &'static [Action] = &[action_of::<CreateKey>(), action_of::<TagResource>()];
    const ON_AWS_MANAGED_KEYS: bool = false;
    type Input = ReplicateKeyInput;
    type Output = ReplicateKeyOutput;

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let mut context = context.write()?;
        let mut key = context.key_by_id_or_arn(&input.key_id)?;
        let set = match key.record.region_set.clone() {
            Some(set) if !key.is_replica() => set,
            _ => return Err(message::replication_requires_primary(&key.arn).into()),
        };
        key.require_state(key_state::ENABLED, context.now())?;
        let region = set.region_of_replica(&input.replica_region)?;
        if let Some(text) = &input.policy {
            let bypass = input.bypass_policy_lockout_safety_check == Some(true);
            context.accept_policy(text, bypass, action_of::<PutKeyPolicy>())?;
        }
        let tags = tag::add(&[], input.tags.unwrap_or_default())?;

        let location = key.arn.in_region(region.clone()).location;
        context.check_quota(Resource::Keys(&location))?;
        let set = key.record.region_set.get_or_insert(set);
        set.replicas.push(region.clone());
        let mut replica = Key {
            arn: key.arn.in_region(region),
            record: KeyRecord::new(key.record.spec, key.record.usage, context.now()).into(),
        };
        replica.record.origin = key.record.origin;
        replica.record.public_key.clone_from(&key.record.public_key);
        replica.record.description = input.description.unwrap_or_default();
        replica.record.policy = input.policy;
        replica.record.tags = tags;
        replica.record.copy_shared(&key.record);
        let ends = context.transition_ends();
        let state = KeyState::Creating;
        replica.record.transition = Some(Transition { state, ends });
        if key.record.origin != Origin::External {
            context.copy_materials(&key, &replica.arn)?;
        }
        context.put_key(&replica)?;
        context.put_key_set(&key)?;
        Ok(ReplicateKeyOutput {
            metadata: replica.metadata_while_creating(&key),
            policy: policy::of(&replica),
            tags: replica.record.tags.clone(),
        })
    }
}
