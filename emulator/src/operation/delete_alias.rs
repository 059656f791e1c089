//! [DeleteAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteAlias.html)

use serde::Deserialize;

use super::Operation;
use crate::api::AliasName;
use crate::context::Context;
use crate::error::Error;

/// Takes a name away from a key, in whatever state that is.
pub(super) struct DeleteAlias;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeleteAliasInput {
    alias_name: String,
}

impl Operation for DeleteAlias {
    const NAME: &'static str = "DeleteAlias";
    type Input = DeleteAliasInput;
    type Output = ();

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<(), Error> {
        let name = AliasName::of_customer(input.alias_name)?;
        let mut context = context.writing()?;
        let here = context.here().clone();
        let (alias, key) = context.alias(&here, &name)?;
        context.remember(&key);
        context.delete_alias(&name, &alias);
        Ok(())
    }
}
