//! [UpdateAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateAlias.html)

use serde::Deserialize;

use super::Operation;
use crate::alias::AliasRecord;
use crate::api::{AliasName, key_state};
use crate::context::Context;
use crate::error::{Error, message};
use crate::key::KeyReference;
use crate::quota::Resource;

/// Gives an alias to another key of the same usage.
pub(super) struct UpdateAlias;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateAliasInput {
    alias_name: String,
    target_key_id: String,
}

impl Operation for UpdateAlias {
    const NAME: &'static str = "UpdateAlias";
    type Input = UpdateAliasInput;
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
        let target = context.key(&input.target_key_id)?;
        let here = context.here().clone();
        let (before, current) = context.alias(&here, &name)?;
        target.require_state(key_state::NOT_PENDING_DELETION, context.now())?;
        let (from, to) = (current.record.usage, target.record.usage);
        if from != to {
            return Err(message::alias_across_usages(&name, from, to).into());
        }
        if before.target(&here) != target.arn {
            context.require_room(Resource::Aliases(&target.arn))?;
        }
        let alias = AliasRecord {
            target: target.id().to_string(),
            created: before.created,
            updated: context.now(),
        };
        Ok(context.put_alias(&name, &alias)?)
    }
}
