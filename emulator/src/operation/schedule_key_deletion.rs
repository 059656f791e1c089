//! [ScheduleKeyDeletion](https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use crate::api::{KeyArn, KeyState, key_state};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{
    ON_KEY, SCHEDULE_KEY_DELETION_PENDING_WINDOW_IN_DAYS, TRAILING_DAYS_WITHOUT_KEY_USAGE,
};
use crate::clock::Timestamp;
use crate::context::Context;
use crate::error::{Error, message};
use crate::key::Deletion;

/// Schedules the deletion of a key after a waiting period of 7 to 30 days. The waiting period of a
/// primary starts when its last replica is deleted.
pub(super) struct ScheduleKeyDeletion;

const DEFAULT_DAYS: u32 = 30;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ScheduleKeyDeletionInput {
    key_id: String,
    pending_window_in_days: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ScheduleKeyDeletionOutput {
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_date: Option<Timestamp>,
    key_id: KeyArn,
    key_state: KeyState,
    pending_window_in_days: u32,
}

impl Operation for ScheduleKeyDeletion {
    const NAME: &'static str = "ScheduleKeyDeletion";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(15);
    const CONDITION_KEYS: ConditionKeys = &[
        ON_KEY,
        &[
            SCHEDULE_KEY_DELETION_PENDING_WINDOW_IN_DAYS,
            TRAILING_DAYS_WITHOUT_KEY_USAGE,
        ],
    ];
    const ON_AWS_MANAGED_KEYS: bool = false;
    type Input = ScheduleKeyDeletionInput;
    type Output = ScheduleKeyDeletionOutput;

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let days = input.pending_window_in_days.unwrap_or(DEFAULT_DAYS);
        if !(7..=30).contains(&days) {
            return Err(message::pending_window_out_of_range().into());
        }
        let mut context = context.write()?;
        let mut key = context.key_by_id_or_arn(&input.key_id)?;
        key.require_state(key_state::DELETABLE, context.now())?;
        let waits_for_replicas = !key.is_replica() && !key.siblings().is_empty();
        let date = (!waits_for_replicas).then(|| context.now().plus_days(days));
        key.record.deletion = Some(Deletion { date, days });
        context.put_key(&key)?;
        Ok(ScheduleKeyDeletionOutput {
            deletion_date: date,
            key_state: key.record.state(context.now()),
            key_id: key.arn,
            pending_window_in_days: days,
        })
    }
}
