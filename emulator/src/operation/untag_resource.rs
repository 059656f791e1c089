//! [UntagResource](https://docs.aws.amazon.com/kms/latest/APIReference/API_UntagResource.html)

use serde::Deserialize;

use super::Operation;
use super::rate::Rate;
use crate::api::key_state;
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{ON_KEY, TAG_KEYS};
use crate::context::Context;
use crate::error::Error;

/// Removes tags from a key. Missing tags are no error.
pub(super) struct UntagResource;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UntagResourceInput {
    key_id: String,
    tag_keys: Vec<String>,
}

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(5);
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY, &[TAG_KEYS]];
    const ON_AWS_MANAGED_KEYS: bool = false;
    type Input = UntagResourceInput;
    type Output = ();

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<(), Error> {
        let mut context = context.write()?;
        let mut key = context.key_by_id_or_arn(&input.key_id)?;
        key.require_state(key_state::NOT_PENDING_DELETION, context.now())?;
        key.record
            .tags
            .retain(|tag| !input.tag_keys.contains(&tag.tag_key));
        Ok(context.put_key(&key)?)
    }
}
