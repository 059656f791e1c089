//! [ListKeys](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use crate::api::{KeyArn, KeyId, wire_enum};
use crate::authorization::{ConditionKeys, Scope};
use crate::context::Context;
use crate::error::Error;
use crate::page::Page;

/// Lists the keys of the account and Region, in any state.
pub(super) struct ListKeys;

const DEFAULT_LIMIT: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListKeysInput {
    limit: Option<usize>,
    marker: Option<String>,
    resource_owners: Option<Vec<ResourceOwner>>,
}

wire_enum! {
    /// The owner of the keys to list.
    ResourceOwner {
        Own = "SELF",
        OtherAccountsViaRam = "OTHER_ACCOUNTS_VIA_RAM",
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListKeysOutput {
    keys: Vec<KeyListEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    truncated: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeyListEntry {
    key_arn: String,
    key_id: String,
}

impl Operation for ListKeys {
    const NAME: &'static str = "ListKeys";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Own(500);
    const RESOURCE: Scope = Scope::Any;
    const CONDITION_KEYS: ConditionKeys = &[];
    type Input = ListKeysInput;
    type Output = ListKeysOutput;

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let list = format!("{}/{}", Self::NAME, context.location());
        let limit = input.limit.unwrap_or(DEFAULT_LIMIT);
        let mut page = Page::new(
            context.instance_secret(),
            list,
            input.marker.as_deref(),
            limit,
        )?;
        // No keys are shared between accounts, so the list for other owners is empty.
        if input
            .resource_owners
            .is_none_or(|owners| owners.contains(&ResourceOwner::Own))
        {
            let arn = KeyArn {
                location: context.location().clone(),
                id: KeyId::new(""),
            };
            let prefix = arn.to_string();
            context.key_ids(page.after().as_deref(), |id| {
                let entry = KeyListEntry {
                    key_arn: [&prefix, id].concat(),
                    key_id: id.to_owned(),
                };
                page.take(id, entry)
            })?;
        }
        let (keys, next_marker) = page.finish();
        Ok(ListKeysOutput {
            keys,
            truncated: next_marker.is_some(),
            next_marker,
        })
    }
}
