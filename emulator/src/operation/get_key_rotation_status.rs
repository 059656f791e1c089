//! [GetKeyRotationStatus](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use crate::api::KeyArn;
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::ON_KEY;
use crate::clock::Timestamp;
use crate::context::Context;
use crate::error::Error;

/// Returns whether a key is rotated, and the date of the next rotation. While a deletion is
/// pending, the schedule is hidden.
pub(super) struct GetKeyRotationStatus;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetKeyRotationStatusInput {
    key_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetKeyRotationStatusOutput {
    key_id: KeyArn,
    key_rotation_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_rotation_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_demand_rotation_start_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation_period_in_days: Option<u32>,
}

impl Operation for GetKeyRotationStatus {
    const NAME: &'static str = "GetKeyRotationStatus";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Own(1000);
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY];
    type Input = GetKeyRotationStatusInput;
    type Output = GetKeyRotationStatusOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = context.key_by_id_or_arn(&input.key_id)?;
        let rotation = key.record.rotation;
        let deletion = key.record.deletion.as_ref();
        // A primary that waits for the deletion of its replicas shows its schedule (recorded).
        let is_hidden = deletion.is_some_and(|deletion| deletion.date.is_some());
        let rotation = rotation.filter(|_| !is_hidden);
        Ok(GetKeyRotationStatusOutput {
            key_rotation_enabled: rotation.is_some(),
            next_rotation_date: rotation.map(|rotation| rotation.next),
            on_demand_rotation_start_date: key.record.on_demand.map(|rotation| rotation.started),
            rotation_period_in_days: rotation.map(|rotation| rotation.period_days),
            key_id: key.arn,
        })
    }
}
