//! [CreateAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html)

use serde::Deserialize;

use super::Operation;
use crate::alias::AliasRecord;
use crate::api::{AliasName, key_state};
use crate::context::Context;
use crate::error::{Error, message};
use crate::key::KeyReference;
use crate::quota::Resource;

/// Gives a key a friendly name.
pub(super) struct CreateAlias;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateAliasInput {
    alias_name: String,
    target_key_id: String,
}

impl Operation for CreateAlias {
    const NAME: &'static str = "CreateAlias";
    type Input = CreateAliasInput;
    type Output = ();

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<(), Error> {
        let name = AliasName::of_customer(input.alias_name)?;
        let mut context = context.writing()?;
        if matches!(
            KeyReference::parse(&input.target_key_id, context.here())?,
            KeyReference::AliasName(_) | KeyReference::AliasArn { .. }
        ) {
            return Err(message::alias_of_an_alias().into());
        }
        let key = context.key(&input.target_key_id)?;
        let here = context.here().clone();
        match context.alias(&here, &name) {
            Ok(_) => return Err(message::alias_already_exists(&name.arn(context.here())).into()),
            Err(Error::Kms(_)) => {} // not found: as it should be
            Err(error) => return Err(error),
        }
        key.require_state(key_state::NOT_PENDING_DELETION, context.now())?;
        context.require_room(Resource::Aliases(&key.arn))?;
        let alias = AliasRecord::new(&key, context.now());
        Ok(context.put_alias(&name, &alias)?)
    }
}
