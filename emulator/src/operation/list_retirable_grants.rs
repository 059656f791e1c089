//! [ListRetirableGrants](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListRetirableGrants.html)

use serde::Deserialize;

use super::Operation;
use super::rate::Rate;
use super::shared::grant_list::GrantList;
use crate::authorization::{ConditionKeys, Scope};
use crate::context::Context;
use crate::error::{Error, message};
use crate::grant::{DEFAULT_LIMIT, GrantListEntry, MAX_LIMIT, require_retiring_principal};
use crate::page::Page;

/// Lists the grants that a principal can retire, for keys of all accounts in the Region.
pub(super) struct ListRetirableGrants;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListRetirableGrantsInput {
    limit: Option<usize>,
    marker: Option<String>,
    retiring_principal: Option<String>,
    retiring_service_principal: Option<String>,
}

impl Operation for ListRetirableGrants {
    const NAME: &'static str = "ListRetirableGrants";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Own(100);
    const RESOURCE: Scope = Scope::Any;
    const CONDITION_KEYS: ConditionKeys = &[];
    type Input = ListRetirableGrantsInput;
    type Output = GrantList;

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let principal = match (input.retiring_principal, input.retiring_service_principal) {
            (None, None) => return Err(Error::null("retiringPrincipal")),
            (Some(_), Some(_)) => {
                let (one, other) = ("RetiringPrincipal", "RetiringServicePrincipal");
                return Err(message::principal_and_service(one, other).into());
            }
            (Some(principal), None) => {
                require_retiring_principal(&principal, &context.directory()?)?;
                context.by_unique_id(&principal)?
            }
            (None, Some(service)) => service,
        };
        let list = format!("{}/{}/{principal}", Self::NAME, context.location());
        let limit = input.limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
        let mut page = Page::new(
            context.instance_secret(),
            list,
            input.marker.as_deref(),
            limit,
        )?;
        let names = context.principal_names()?;
        context.retirable_grants(&principal, page.after().as_deref(), |grant_key, grant| {
            let id = grant_key.id.clone();
            page.take(&id, GrantListEntry::new(grant_key, grant, &names))
        })?;
        Ok(GrantList::new(page))
    }
}
