//! [UpdateAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateAlias.html)

use serde::Deserialize;

use super::Operation;
use super::rate::Rate;
use super::shared::alias_target::alias_target;
use crate::alias::AliasRecord;
use crate::api::{AliasName, key_state};
use crate::authorization::condition_key::ON_KEY;
use crate::authorization::{ConditionKeys, Scope};
use crate::context::{Context, Resource};
use crate::error::{Error, message};

/// Changes the key of an alias. Both keys must have the same usage.
pub(super) struct UpdateAlias;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateAliasInput {
    alias_name: String,
    target_key_id: String,
}

impl Operation for UpdateAlias {
    const NAME: &'static str = "UpdateAlias";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(5);
    const RESOURCE: Scope = Scope::Alias;
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY];
    const ON_AWS_MANAGED_KEYS: bool = false;
    type Input = UpdateAliasInput;
    type Output = ();

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<(), Error> {
        let name = AliasName::of_customer(input.alias_name)?;
        let mut context = context.write()?;
        let target = alias_target(&mut context, &input.target_key_id)?;
        let location = context.location().clone();
        let (before, current) = context.alias(&location, &name)?;
        context.authorize(&current)?;
        target.require_state(key_state::NOT_PENDING_DELETION, context.now())?;
        let (from, to) = (current.record.usage, target.record.usage);
        if from != to {
            return Err(message::alias_key_usage_differs(&name, from, to).into());
        }
        if before.target(&location) != target.arn {
            context.check_quota(Resource::Aliases(&target.arn))?;
        }
        let alias = AliasRecord {
            target: target.id().to_string(),
            created: before.created,
            updated: context.now(),
        };
        Ok(context.put_alias(&location, &name, &alias)?)
    }
}
