//! [DescribeKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::BY_ALIAS;
use crate::context::Context;
use crate::error::Error;
use crate::key::KeyMetadata;

/// Describes a key in any state.
pub(super) struct DescribeKey;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DescribeKeyInput {
    key_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DescribeKeyOutput {
    key_metadata: KeyMetadata,
}

impl Operation for DescribeKey {
    const NAME: &'static str = "DescribeKey";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Own(2000);
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys = &[BY_ALIAS];
    type Input = DescribeKeyInput;
    type Output = DescribeKeyOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = context.key(&input.key_id)?;
        Ok(DescribeKeyOutput {
            key_metadata: key.metadata(context.now()),
        })
    }
}
