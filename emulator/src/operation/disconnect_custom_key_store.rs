//! [DisconnectCustomKeyStore](https://docs.aws.amazon.com/kms/latest/APIReference/API_DisconnectCustomKeyStore.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use crate::authorization::condition_key::CALLER_ACCOUNT;
use crate::authorization::{ConditionKeys, Scope};
use crate::context::Context;
use crate::custom_key_store::{Connection, ConnectionState};
use crate::error::Error;

/// Disconnects a store. Its keys are unavailable until it is connected again.
pub(super) struct DisconnectCustomKeyStore;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DisconnectCustomKeyStoreInput {
    custom_key_store_id: String,
}

/// No members: `{}`.
#[derive(Serialize)]
pub(super) struct DisconnectCustomKeyStoreOutput {}

const DISCONNECTABLE: &[ConnectionState] = &[
    ConnectionState::Connected,
    ConnectionState::Connecting,
    ConnectionState::Failed,
];

impl Operation for DisconnectCustomKeyStore {
    const NAME: &'static str = "DisconnectCustomKeyStore";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(5);
    const RESOURCE: Scope = Scope::Any;
    const CONDITION_KEYS: ConditionKeys = &[&[CALLER_ACCOUNT]];
    type Input = DisconnectCustomKeyStoreInput;
    type Output = DisconnectCustomKeyStoreOutput;

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let mut context = context.write()?;
        let mut store = context.custom_key_store(&input.custom_key_store_id)?;
        store.require_state(DISCONNECTABLE, context.now())?;
        let from = context.transition_ends();
        store.record.connection = Connection::Disconnected { from };
        context.put_store(&store)?;
        Ok(DisconnectCustomKeyStoreOutput {})
    }
}
