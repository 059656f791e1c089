//! [DeleteAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteAlias.html)

use serde::Deserialize;

use super::Operation;
use super::rate::Rate;
use crate::api::AliasName;
use crate::authorization::condition_key::ON_KEY;
use crate::authorization::{ConditionKeys, Scope};
use crate::context::Context;
use crate::error::Error;

/// Deletes an alias. Its key can be in any state.
pub(super) struct DeleteAlias;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeleteAliasInput {
    alias_name: String,
}

impl Operation for DeleteAlias {
    const NAME: &'static str = "DeleteAlias";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(15);
    const RESOURCE: Scope = Scope::Alias;
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY];
    type Input = DeleteAliasInput;
    type Output = ();

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<(), Error> {
        let name = AliasName::of_customer(input.alias_name)?;
        let mut context = context.write()?;
        let location = context.location().clone();
        let (alias, key) = context.alias(&location, &name)?;
        context.set_subject_key(&key);
        context.authorize(&key)?;
        context.delete_alias(&location, &name, &alias);
        Ok(())
    }
}
