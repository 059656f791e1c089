//! [ListAliases](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use crate::alias::AliasRecord;
use crate::api::{AliasName, KeyId, Location};
use crate::authorization::{ConditionKeys, Scope};
use crate::clock::Timestamp;
use crate::context::Context;
use crate::error::Error;
use crate::key::managed::PREDEFINED;
use crate::page::Page;

/// Lists the aliases of the account and Region, or of a key, sorted by name. The list of an account has
/// the aliases of AWS services, too, without a key until they are first used.
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
    #[serde(skip_serializing_if = "Option::is_none")]
    creation_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_updated_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_key_id: Option<KeyId>,
}

impl AliasListEntry {
    fn new(name: &AliasName, alias: Option<&AliasRecord>, location: &Location) -> Self {
        Self {
            alias_arn: name.arn(location).to_string(),
            alias_name: name.to_string(),
            creation_date: alias.map(|alias| alias.created),
            last_updated_date: alias.map(|alias| alias.updated),
            target_key_id: alias.map(|alias| alias.target(location).id),
        }
    }
}

impl Operation for ListAliases {
    const NAME: &'static str = "ListAliases";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Own(500);
    const RESOURCE: Scope = Scope::Any;
    const CONDITION_KEYS: ConditionKeys = &[];
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
        let after = page.after();
        let location = context.location();
        let mut take = |name: &str, alias: Option<&AliasRecord>| {
            let entry = AliasListEntry::new(&AliasName::new(name), alias, location);
            page.take(name, entry)
        };
        let is_next = |name: &&str| after.as_deref().is_none_or(|after| *name > after);
        let predefined = PREDEFINED.into_iter().filter(is_next);
        let mut predefined = predefined.filter(|_| key.is_none()).peekable();
        let mut is_full = false;
        context.aliases(key.as_ref(), after.as_deref(), |name, alias| {
            while let Some(unused) = predefined.next_if(|unused| *unused < name.as_str()) {
                is_full = is_full || !take(unused, None);
            }
            predefined.next_if(|used| *used == name.as_str());
            is_full = is_full || !take(name.as_str(), Some(&alias));
            !is_full
        })?;
        for unused in predefined {
            is_full = is_full || !take(unused, None);
        }
        let (aliases, next_marker) = page.finish();
        Ok(ListAliasesOutput {
            aliases,
            truncated: next_marker.is_some(),
            next_marker,
        })
    }
}
