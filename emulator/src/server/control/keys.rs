//! `/_emulator/keys`

use serde::Serialize;

use super::Call;
use super::events::parse_number;
use super::response::{ErrorResponse, JsonResponse, Outcome, failed, invalid};
use crate::api::{AccountId, KeyArn, KeyId, Location, Region};
use crate::auth::Caller;
use crate::context::{Context, OperationInfo, RequestState};
use crate::error::Error;
use crate::key::{Key, KeyMetadata};
use crate::tag::Tag;

const DEFAULT_LIMIT: usize = 100;
const MAX_LIMIT: usize = 1000;
/// The number of keys to read at once.
const CHUNK: usize = 256;

/// Which keys to return.
#[derive(Default)]
struct Query {
    account: Option<String>,
    region: Option<String>,
    /// A part of the id, of an alias, of the description, or of `TagKey=TagValue`, in lower case.
    search: Option<String>,
    /// An alias, with `alias/`.
    alias: Option<String>,
    /// `TagKey` or `TagKey=TagValue`
    tag: Option<String>,
    spec: Option<String>,
    usage: Option<String>,
    state: Option<String>,
    manager: Option<String>,
    after: Option<String>,
    limit: usize,
}

/// A key as `DescribeKey` returns it, with its aliases and tags.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    #[serde(flatten)]
    metadata: KeyMetadata,
    aliases: Vec<String>,
    tags: Vec<Tag>,
}

#[derive(Serialize)]
struct Page {
    keys: Vec<Row>,
    /// The id of the last key, for `after`, if there are more.
    next: Option<String>,
}

/// `GET /_emulator/keys`
pub(super) fn list(call: &Call) -> Outcome {
    let query = Query::parse(&call.query)?;
    let services = &call.kms.services;
    let caller = Caller::at(location(
        query.account.as_deref(),
        query.region.as_deref(),
        &services.location,
    )?);
    let info = OperationInfo::internal("ListKeys");
    let now = services.clock.now();
    let mut state = RequestState::new(services, info, caller, now);
    let page = query.page(&state.context());
    JsonResponse::ok(&page.map_err(|error| failed(error.description()))?)
}

impl Query {
    fn parse(query: &str) -> Result<Self, ErrorResponse> {
        let mut parsed = Self {
            limit: DEFAULT_LIMIT,
            ..Self::default()
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let text = value.clone().into_owned();
            match name.as_ref() {
                "account" => parsed.account = Some(text),
                "region" => parsed.region = Some(text),
                "search" => parsed.search = Some(text.to_lowercase()),
                "alias" => parsed.alias = Some(text),
                "tag" => parsed.tag = Some(text),
                "spec" => parsed.spec = Some(text),
                "usage" => parsed.usage = Some(text),
                "state" => parsed.state = Some(text),
                "manager" => parsed.manager = Some(text),
                "after" => parsed.after = Some(text),
                "limit" => parsed.limit = parse_number("limit", &value)?,
                _ => {
                    return Err(invalid(format!(
                        "unknown parameter {name:?}; expected one of: account, region, search, alias, \
                         tag, spec, usage, state, manager, after, limit"
                    )));
                }
            }
        }
        if parsed.limit == 0 || parsed.limit > MAX_LIMIT {
            return Err(invalid(format!("limit: expected 1 to {MAX_LIMIT}")));
        }
        Ok(parsed)
    }

    fn page(&self, context: &Context<'_, '_>) -> Result<Page, Error> {
        let mut after = self.after.clone();
        let mut rows: Vec<Row> = Vec::new();
        let mut last = None;
        loop {
            // Collects ids first: the callback of a scan must not read the store.
            let mut chunk: Vec<String> = Vec::new();
            context.key_ids(after.as_deref(), |id| {
                chunk.push(id.to_owned());
                chunk.len() < CHUNK
            })?;
            let is_last = chunk.len() < CHUNK;
            after = chunk.last().cloned();
            for id in chunk {
                let arn = KeyArn {
                    location: context.location().clone(),
                    id: KeyId::new(id.as_str()),
                };
                let Some(key) = context.stored_key(&arn)? else {
                    continue;
                };
                let Some(row) = self.row(&key, context) else {
                    continue;
                };
                if rows.len() == self.limit {
                    return Ok(Page {
                        keys: rows,
                        next: last,
                    });
                }
                rows.push(row);
                last = Some(id);
            }
            if is_last {
                return Ok(Page {
                    keys: rows,
                    next: None,
                });
            }
        }
    }

    /// The row of a key that the query selects.
    fn row(&self, key: &Key, context: &Context<'_, '_>) -> Option<Row> {
        let record = &key.record;
        let members = [
            (&self.spec, record.spec.as_str()),
            (&self.usage, record.usage.as_str()),
            (&self.state, record.state(context.now()).as_str()),
            (&self.manager, record.manager.as_str()),
        ];
        let is_other = |(expected, found): (&Option<String>, &str)| {
            expected
                .as_deref()
                .is_some_and(|expected| expected != found)
        };
        let tags = record.tags.as_slice();
        let has_tag = |tag: &str| match tag.split_once('=') {
            Some((key, value)) => tags
                .iter()
                .any(|tag| tag.tag_key == key && tag.tag_value == value),
            None => tags.iter().any(|other| other.tag_key == tag),
        };
        if members.into_iter().any(is_other) || !self.tag.as_deref().is_none_or(has_tag) {
            return None;
        }
        let aliases = context.alias_names(&key.arn);
        let is_found = |text: &str| {
            let tags = tags
                .iter()
                .map(|tag| format!("{}={}", tag.tag_key, tag.tag_value));
            let texts = [key.id().to_string(), record.description.clone()];
            let mut texts = texts.into_iter().chain(aliases.iter().cloned()).chain(tags);
            texts.any(|other| other.to_lowercase().contains(text))
        };
        let has_alias = |alias: &str| aliases.iter().any(|other| other == alias);
        let is_selected = self.search.as_deref().is_none_or(is_found)
            && self.alias.as_deref().is_none_or(has_alias);
        is_selected.then(|| Row {
            metadata: key.metadata(context.now()),
            tags: tags.to_vec(),
            aliases,
        })
    }
}

/// An account and a Region, by default those of the emulator.
///
/// # Errors
///
/// 400 for a text that is none.
pub(super) fn location(
    account: Option<&str>,
    region: Option<&str>,
    default: &Location,
) -> Result<Location, ErrorResponse> {
    let mut location = default.clone();
    if let Some(account) = account {
        location.account =
            AccountId::parse(account).ok_or_else(|| invalid("account: expected 12 digits"))?;
    }
    if let Some(region) = region {
        location.region = Region::parse(region)
            .ok_or_else(|| invalid("region: expected a Region, such as us-east-1"))?;
    }
    Ok(location)
}
