//! [RotateKeyOnDemand](https://docs.aws.amazon.com/kms/latest/APIReference/API_RotateKeyOnDemand.html)

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use super::shared::rotation::is_ready;
use crate::api::{KeyArn, KeySpec, Origin, key_state};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::ON_KEY;
use crate::context::Context;
use crate::error::{Error, message};
use crate::key::{OnDemandRotation, RotationType};

/// Rotates a key immediately, independent of its schedule. During the rotation, further requests
/// succeed and have no effect.
pub(super) struct RotateKeyOnDemand;

/// Documented. In a recording of 2025, the limit is 10.
const MAX_ROTATIONS: usize = 25;

/// Documented: the time before an automatic rotation in which a key cannot be rotated on demand.
const BEFORE_AUTOMATIC_ROTATION: Duration = Duration::from_secs(20 * 60);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RotateKeyOnDemandInput {
    key_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RotateKeyOnDemandOutput {
    key_id: KeyArn,
}

impl Operation for RotateKeyOnDemand {
    const NAME: &'static str = "RotateKeyOnDemand";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(5);
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY];
    const ON_AWS_MANAGED_KEYS: bool = false;
    type Input = RotateKeyOnDemandInput;
    type Output = RotateKeyOnDemandOutput;

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let mut context = context.write()?;
        let mut key = context.key_by_id_or_arn(&input.key_id)?;
        let now = context.now();
        key.require_state(key_state::ENABLED, now)?;
        if key.record.spec != KeySpec::SymmetricDefault {
            return Err(message::cannot_rotate(&key.arn, key.record.spec).into());
        }
        match key.record.origin {
            Origin::AwsKms => {}
            Origin::External if is_ready(&key, &context)? => {}
            Origin::External if key.has_pending_material(now) => {
                return Err(message::replicas_lack_material().into());
            }
            Origin::External => return Err(message::no_pending_material(&key.arn).into()),
            origin => return Err(message::wrong_origin(&key.arn, origin).into()),
        }
        key.require_not_replica(Self::NAME)?;
        if key.record.on_demand.is_none() {
            if key.record.on_demand_rotations() >= MAX_ROTATIONS {
                return Err(message::too_many_rotations(&key.arn).into());
            }
            let soon = now.plus(BEFORE_AUTOMATIC_ROTATION);
            if let Some(rotation) = key.record.rotation.filter(|next| next.next < soon) {
                return Err(message::automatic_rotation_is_near(rotation.next, now).into());
            }
            let ends = context.transition_ends();
            if ends > now {
                key.record.on_demand = Some(OnDemandRotation { started: now, ends });
            } else {
                context.rotate(&mut key, RotationType::OnDemand, now)?;
            }
            context.put_key_set(&key)?;
        }
        Ok(RotateKeyOnDemandOutput { key_id: key.arn })
    }
}
