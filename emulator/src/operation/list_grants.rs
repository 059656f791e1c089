//! [ListGrants](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::context::Context;
use crate::error::Error;
use crate::grant::{DEFAULT_LIMIT, GrantListEntry, MAX_LIMIT};
use crate::page::Page;

/// Lists the grants of a key, or those of them that have an id or a grantee.
pub(super) struct ListGrants;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListGrantsInput {
    key_id: String,
    grant_id: Option<String>,
    grantee_principal: Option<String>,
    grantee_service_principal: Option<String>,
    limit: Option<usize>,
    marker: Option<String>,
}

/// Also what `ListRetirableGrants` answers.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListGrantsOutput {
    grants: Vec<GrantListEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    truncated: bool,
}

impl Operation for ListGrants {
    const NAME: &'static str = "ListGrants";
    const CROSS_ACCOUNT: bool = true;
    type Input = ListGrantsInput;
    type Output = ListGrantsOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let key = context.key_but_no_alias(&input.key_id)?;
        let wanted = [
            &input.grant_id,
            &input.grantee_principal,
            &input.grantee_service_principal,
        ];
        let list = format!("{}/{}/{wanted:?}", Self::NAME, key.arn);
        let limit = input.limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
        let mut page = Page::new(
            context.instance_secret(),
            list,
            input.marker.as_deref(),
            limit,
        )?;
        context.grants(&key.arn, page.after().as_deref(), |place, grant| {
            let terms = &grant.terms;
            let is_wanted = input.grant_id.as_ref().is_none_or(|id| *id == place.id)
                && (input.grantee_principal.is_none()
                    || input.grantee_principal == terms.grantee_principal)
                && (input.grantee_service_principal.is_none()
                    || input.grantee_service_principal == terms.grantee_service_principal);
            let id = place.id.clone();
            !is_wanted || page.take(&id, GrantListEntry::new(place, grant))
        })?;
        Ok(ListGrantsOutput::new(page))
    }
}

impl ListGrantsOutput {
    /// Of a page that is full, or has all.
    pub(super) fn new(page: Page<GrantListEntry>) -> Self {
        let (grants, next_marker) = page.finish();
        Self {
            grants,
            truncated: next_marker.is_some(),
            next_marker,
        }
    }
}
