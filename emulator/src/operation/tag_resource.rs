//! [TagResource](https://docs.aws.amazon.com/kms/latest/APIReference/API_TagResource.html)

use serde::Deserialize;

use super::Operation;
use super::rate::Rate;
use crate::api::key_state;
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{ON_KEY, REQUEST_TAG, TAG_KEYS};
use crate::context::Context;
use crate::error::Error;
use crate::tag::{self, Tag};

/// Adds tags to a key or changes their values.
pub(super) struct TagResource;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TagResourceInput {
    key_id: String,
    tags: Vec<Tag>,
}

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(10);
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY, &[REQUEST_TAG, TAG_KEYS]];
    const ON_AWS_MANAGED_KEYS: bool = false;
    type Input = TagResourceInput;
    type Output = ();

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<(), Error> {
        let mut context = context.write()?;
        let mut key = context.key_by_id_or_arn(&input.key_id)?;
        key.require_state(key_state::NOT_PENDING_DELETION, context.now())?;
        key.record.tags = tag::add(&key.record.tags, input.tags)?;
        Ok(context.put_key(&key)?)
    }
}
