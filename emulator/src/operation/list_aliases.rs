//! [ListAliases](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use crate::api::KeyId;
use crate::clock::Timestamp;
use crate::context::Context;
use crate::error::Error;
use crate::page::Page;

/// Lists the aliases of the account and Region, or of a key, sorted by name.
pub(super) struct ListAliases;

/// The default and the maximum are documented.
const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListAliasesInput {
    key_id: Option<String>,
    limit: Option<usize>,
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListAliasesOutput {
    aliases: Vec<AliasListEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    truncated: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AliasListEntry {
    alias_arn: String,
    alias_name: String,
    creation_date: Timestamp,
    last_updated_date: Timestamp,
    target_key_id: KeyId,
}

impl Operation for ListAliases {
    const NAME: &'static str = "ListAliases";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Own(500);
    type Input = ListAliasesInput;
    type Output = ListAliasesOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = match &input.key_id {
            Some(reference) => Some(context.key_by_id_or_arn(reference)?.arn),
            None => None,
        };
        let key_id = key.as_ref().map_or("", |key| key.id.as_str());
        let list = format!("{}/{}/{key_id}", Self::NAME, context.location());
        let limit = input.limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
        let mut page = Page::new(
            context.instance_secret(),
            list,
            input.marker.as_deref(),
            limit,
        )?;
        context.aliases(key.as_ref(), page.after().as_deref(), |name, alias| {
            let entry = AliasListEntry {
                alias_arn: name.arn(context.location()).to_string(),
                alias_name: name.to_string(),
                creation_date: alias.created,
                last_updated_date: alias.updated,
                target_key_id: alias.target(context.location()).id,
            };
            page.take(name.as_str(), entry)
        })?;
        let (aliases, next_marker) = page.finish();
        Ok(ListAliasesOutput {
            aliases,
            truncated: next_marker.is_some(),
            next_marker,
        })
    }
}
