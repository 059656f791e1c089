//! [DisconnectCustomKeyStore](https://docs.aws.amazon.com/kms/latest/APIReference/API_DisconnectCustomKeyStore.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::context::Context;
use crate::custom_key_store::{Connection, ConnectionState};
use crate::error::Error;

/// Disconnects a store; its keys are unavailable until it is connected again.
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
    type Input = DisconnectCustomKeyStoreInput;
    type Output = DisconnectCustomKeyStoreOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let mut context = context.writing()?;
        let mut store = context.custom_key_store(&input.custom_key_store_id)?;
        store.require_state(DISCONNECTABLE, context.now())?;
        let from = context.transition_ends();
        store.record.connection = Connection::Disconnected { from };
        context.put_store(&store)?;
        Ok(DisconnectCustomKeyStoreOutput {})
    }
}
