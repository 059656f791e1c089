//! [GetKeyLastUsage](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyLastUsage.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::ON_KEY;
use crate::clock::Timestamp;
use crate::context::Context;
use crate::error::Error;

/// Returns the last successful cryptographic operation with a key. Real KMS tracks uses since a
/// fixed date. The emulator tracks every key since its creation.
pub(super) struct GetKeyLastUsage;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetKeyLastUsageInput {
    key_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetKeyLastUsageOutput {
    key_creation_date: Timestamp,
    /// The bare id if the request has a bare id. One capture of AWS shows this.
    key_id: String,
    key_last_usage: KeyLastUsageData,
    tracking_start_date: Timestamp,
}

/// Empty for a key that was never used.
#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeyLastUsageData {
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_trail_event_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kms_request_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<Timestamp>,
}

impl Operation for GetKeyLastUsage {
    const NAME: &'static str = "GetKeyLastUsage";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Own(5);
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY];
    type Input = GetKeyLastUsageInput;
    type Output = GetKeyLastUsageOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = context.key_by_id_or_arn(&input.key_id)?;
        let last = context.last_use(&key)?;
        let key_last_usage = last.map_or_else(KeyLastUsageData::default, |last| KeyLastUsageData {
            cloud_trail_event_id: Some(last.event_id(&key.arn)),
            kms_request_id: Some(last.request_id),
            operation: Some(last.operation.into_owned()),
            timestamp: Some(last.at),
        });
        Ok(GetKeyLastUsageOutput {
            key_creation_date: key.record.created,
            key_id: if input.key_id == key.arn.id.as_str() {
                input.key_id
            } else {
                key.arn.to_string()
            },
            key_last_usage,
            tracking_start_date: key.record.created,
        })
    }
}
