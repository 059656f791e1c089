//! [ListResourceTags](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::ON_KEY;
use crate::context::Context;
use crate::error::Error;
use crate::page::Page;
use crate::tag::Tag;

/// Lists the tags of a key in the order of their creation.
pub(super) struct ListResourceTags;

const DEFAULT_LIMIT: usize = 50;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListResourceTagsInput {
    key_id: String,
    limit: Option<usize>,
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListResourceTagsOutput {
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    tags: Vec<Tag>,
    truncated: bool,
}

impl Operation for ListResourceTags {
    const NAME: &'static str = "ListResourceTags";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Own(2000);
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY];
    type Input = ListResourceTagsInput;
    type Output = ListResourceTagsOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = context.key_by_id_or_arn(&input.key_id)?;
        let list = format!("{}/{}", Self::NAME, key.arn);
        let limit = input.limit.unwrap_or(DEFAULT_LIMIT);
        let mut page = Page::new(
            context.instance_secret(),
            list,
            input.marker.as_deref(),
            limit,
        )?;
        // The marker names the last listed tag. If that tag no longer exists, the list starts
        // again.
        let start = page.after().and_then(|last| {
            key.record
                .tags
                .iter()
                .position(|tag| tag.tag_key == last)
                .map(|index| index + 1)
        });
        for tag in key.record.tags.iter().skip(start.unwrap_or(0)) {
            if !page.take(&tag.tag_key, tag.clone()) {
                break;
            }
        }
        let (tags, next_marker) = page.finish();
        Ok(ListResourceTagsOutput {
            tags,
            truncated: next_marker.is_some(),
            next_marker,
        })
    }
}
