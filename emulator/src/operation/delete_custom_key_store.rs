//! [DeleteCustomKeyStore](https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteCustomKeyStore.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use crate::authorization::condition_key::CALLER_ACCOUNT;
use crate::authorization::{ConditionKeys, Scope};
use crate::context::Context;
use crate::custom_key_store::ConnectionState;
use crate::error::Error;

/// Deletes a disconnected store without keys. Keys that are pending deletion count, too.
pub(super) struct DeleteCustomKeyStore;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeleteCustomKeyStoreInput {
    custom_key_store_id: String,
}

/// No members: `{}`.
#[derive(Serialize)]
pub(super) struct DeleteCustomKeyStoreOutput {}

impl Operation for DeleteCustomKeyStore {
    const NAME: &'static str = "DeleteCustomKeyStore";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(5);
    const RESOURCE: Scope = Scope::Any;
    const CONDITION_KEYS: ConditionKeys = &[&[CALLER_ACCOUNT]];
    type Input = DeleteCustomKeyStoreInput;
    type Output = DeleteCustomKeyStoreOutput;

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let mut context = context.write()?;
        let store = context.custom_key_store(&input.custom_key_store_id)?;
        store.require_state(&[ConnectionState::Disconnected], context.now())?;
        context.delete_store(&store)?;
        Ok(DeleteCustomKeyStoreOutput {})
    }
}
