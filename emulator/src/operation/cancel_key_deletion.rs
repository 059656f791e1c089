//! [CancelKeyDeletion](https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use crate::api::KeyArn;
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::ON_KEY;
use crate::context::Context;
use crate::error::{Error, message};

/// Cancels the deletion of a key. The key is disabled afterwards, or `PendingImport` if it has no
/// material.
pub(super) struct CancelKeyDeletion;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CancelKeyDeletionInput {
    key_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CancelKeyDeletionOutput {
    key_id: KeyArn,
}

impl Operation for CancelKeyDeletion {
    const NAME: &'static str = "CancelKeyDeletion";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(5);
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY];
    const ON_AWS_MANAGED_KEYS: bool = false;
    type Input = CancelKeyDeletionInput;
    type Output = CancelKeyDeletionOutput;

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let mut context = context.write()?;
        let mut key = context.key_by_id_or_arn(&input.key_id)?;
        if key.record.deletion.is_none() {
            return Err(message::is_not_pending_deletion(&key.arn).into());
        }
        key.record.deletion = None;
        key.record.enabled = false;
        context.put_key(&key)?;
        Ok(CancelKeyDeletionOutput { key_id: key.arn })
    }
}
