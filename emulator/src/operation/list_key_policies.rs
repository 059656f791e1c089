//! [ListKeyPolicies](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyPolicies.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use crate::context::Context;
use crate::error::Error;
use crate::key::policy;
use crate::page::Page;

/// Lists the names of the policies of a key. Every key has one policy, with a fixed name.
pub(super) struct ListKeyPolicies;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListKeyPoliciesInput {
    key_id: String,
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListKeyPoliciesOutput {
    policy_names: Vec<&'static str>,
    truncated: bool,
}

impl Operation for ListKeyPolicies {
    const NAME: &'static str = "ListKeyPolicies";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Own(100);
    type Input = ListKeyPoliciesInput;
    type Output = ListKeyPoliciesOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = context.key_by_id_or_arn(&input.key_id)?;
        // Every page has room for the one name, so no page has a marker.
        let list = format!("{}/{}", Self::NAME, key.arn);
        let marker = input.marker.as_deref();
        let mut page = Page::new(context.instance_secret(), list, marker, 1)?;
        page.take(policy::NAME, policy::NAME);
        let (policy_names, _) = page.finish();
        Ok(ListKeyPoliciesOutput {
            policy_names,
            truncated: false,
        })
    }
}
