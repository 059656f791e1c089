//! [ListGrants](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html)

use serde::Deserialize;

use super::Operation;
use super::rate::Rate;
use super::shared::grant_list::GrantList;
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{GRANT_IS_FOR_AWS_RESOURCE, ON_KEY};
use crate::context::Context;
use crate::error::Error;
use crate::grant::{DEFAULT_LIMIT, GrantListEntry, MAX_LIMIT, require_principal};
use crate::page::Page;

/// Lists the grants of a key, optionally with a given id or grantee.
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

impl Operation for ListGrants {
    const NAME: &'static str = "ListGrants";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Own(100);
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY, &[GRANT_IS_FOR_AWS_RESOURCE]];
    type Input = ListGrantsInput;
    type Output = GrantList;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = context.key_by_id_or_arn(&input.key_id)?;
        let grantee = match &input.grantee_principal {
            Some(grantee) => {
                require_principal(grantee, &context.directory()?)?;
                Some(context.by_unique_id(grantee)?)
            }
            None => None,
        };
        let names = context.principal_names()?;
        let filter = [
            &input.grant_id,
            &input.grantee_principal,
            &input.grantee_service_principal,
        ];
        let list = format!("{}/{}/{filter:?}", Self::NAME, key.arn);
        let limit = input.limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
        let mut page = Page::new(
            context.instance_secret(),
            list,
            input.marker.as_deref(),
            limit,
        )?;
        context.grants(&key.arn, page.after().as_deref(), |grant_key, grant| {
            let terms = &grant.terms;
            let matches = input.grant_id.as_ref().is_none_or(|id| *id == grant_key.id)
                && (grantee.is_none()
                    || grantee == terms.grantee_principal
                    || input.grantee_principal == terms.grantee_principal)
                && (input.grantee_service_principal.is_none()
                    || input.grantee_service_principal == terms.grantee_service_principal);
            let id = grant_key.id.clone();
            !matches || page.take(&id, GrantListEntry::new(grant_key, grant, &names))
        })?;
        Ok(GrantList::new(page))
    }
}
