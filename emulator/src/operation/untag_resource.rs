//! [UntagResource](https://docs.aws.amazon.com/kms/latest/APIReference/API_UntagResource.html)

use serde::Deserialize;

use super::Operation;
use crate::api::key_state;
use crate::context::Context;
use crate::error::Error;

/// Takes tags from a key. A tag that is not there is no error.
pub(super) struct UntagResource;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UntagResourceInput {
    key_id: String,
    tag_keys: Vec<String>,
}

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    type Input = UntagResourceInput;
    type Output = ();

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<(), Error> {
        let mut context = context.writing()?;
        let mut key = context.key_but_no_alias(&input.key_id)?;
        key.require_state(key_state::NOT_PENDING_DELETION, context.now())?;
        key.record
            .tags
            .retain(|tag| !input.tag_keys.contains(&tag.tag_key));
        Ok(context.put_key(&key)?)
    }
}
