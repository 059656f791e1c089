//! [CreateAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html)

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

/// Creates an alias of a key.
pub(super) struct CreateAlias;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateAliasInput {
    alias_name: String,
    target_key_id: String,
}

impl Operation for CreateAlias {
    const NAME: &'static str = "CreateAlias";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(5);
    const RESOURCE: Scope = Scope::Alias;
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY];
    const ON_AWS_MANAGED_KEYS: bool = false;
    type Input = CreateAliasInput;
    type Output = ();

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<(), Error> {
        let name = AliasName::of_new(input.alias_name)?;
        let mut context = context.write()?;
        let key = alias_target(&mut context, &input.target_key_id)?;
        let location = context.location().clone();
        match context.alias(&location, &name) {
            Ok(_) => {
                return Err(message::alias_already_exists(&name.arn(context.location())).into());
            }
            Err(Error::Kms(_)) => {} // not found
            Err(error) => return Err(error),
        }
        key.require_state(key_state::NOT_PENDING_DELETION, context.now())?;
        context.check_quota(Resource::Aliases(&key.arn))?;
        let alias = AliasRecord::new(&key, context.now());
        Ok(context.put_alias(&location, &name, &alias)?)
    }
}
