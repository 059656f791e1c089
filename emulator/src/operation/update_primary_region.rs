//! [UpdatePrimaryRegion](https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdatePrimaryRegion.html)

use serde::Deserialize;

use super::Operation;
use super::rate::{OtherRegion, Rate};
use crate::api::{KeyState, Region, key_state};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{ON_KEY, PRIMARY_REGION};
use crate::context::Context;
use crate::error::{Error, message};
use crate::key::Transition;
use crate::quota::RequestQuota;

/// Makes a replica the primary key, and the primary key a replica.
pub(super) struct UpdatePrimaryRegion;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdatePrimaryRegionInput {
    key_id: String,
    primary_region: String,
}

impl Operation for UpdatePrimaryRegion {
    const NAME: &'static str = "UpdatePrimaryRegion";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::TwoRegions {
        per_second: 5,
        other: |input| {
            Some(OtherRegion {
                region: Region::parse(&input.primary_region)?,
                quota: RequestQuota::Operation {
                    name: Self::NAME,
                    per_second: 5,
                },
                requests: 1,
            })
        },
    };
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY, &[PRIMARY_REGION]];
    const ON_AWS_MANAGED_KEYS: bool = false;
    type Input = UpdatePrimaryRegionInput;
    type Output = ();

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<(), Error> {
        let mut context = context.write()?;
        let mut key = context.key_by_id_or_arn(&input.key_id)?;
        if key.record.region_set.is_none() || key.is_replica() {
            return Err(message::update_requires_primary(&key.arn).into());
        }
        key.require_state(key_state::ENABLED, context.now())?;
        if input.primary_region == key.arn.location.region.as_str() {
            return Ok(());
        }
        let region = Region::parse(&input.primary_region);
        let replica = region.map(|region| key.arn.in_region(region));
        let replica = replica.filter(|replica| key.siblings().contains(replica));
        let replica = match replica {
            Some(arn) => context.find_key(&arn)?,
            None => None,
        };
        let mut replica = replica.ok_or_else(|| message::no_replica_in_region(key.id()))?;
        context.authorize(&replica)?;
        replica.require_state(key_state::ENABLED, context.now())?;

        if let Some(set) = &mut key.record.region_set {
            set.promote(&replica.arn.location.region);
        }
        let ends = context.transition_ends();
        let state = KeyState::Updating;
        let transition = Some(Transition { state, ends }).filter(|_| ends > context.now());
        key.record.transition = transition;
        replica.record.transition = transition;
        context.put_key(&replica)?;
        Ok(context.put_key_set(&key)?)
    }
}
