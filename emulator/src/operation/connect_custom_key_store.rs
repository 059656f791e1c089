//! [ConnectCustomKeyStore](https://docs.aws.amazon.com/kms/latest/APIReference/API_ConnectCustomKeyStore.html)

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::{Cost, Operation};
use crate::authorization::condition_key::CALLER_ACCOUNT;
use crate::authorization::{ConditionKeys, Scope};
use crate::context::Context;
use crate::custom_key_store::{Connection, ConnectionState};
use crate::error::Error;

/// Connects a store. If its proxy does not answer, the request succeeds, and the store has the
/// state `FAILED`.
pub(super) struct ConnectCustomKeyStore;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ConnectCustomKeyStoreInput {
    custom_key_store_id: String,
}

/// No members: `{}`.
#[derive(Serialize)]
pub(super) struct ConnectCustomKeyStoreOutput {}

/// A store in another state must be disconnected first (documented).
const CONNECTABLE: &[ConnectionState] = &[
    ConnectionState::Connected,
    ConnectionState::Connecting,
    ConnectionState::Disconnected,
];

impl Operation for ConnectCustomKeyStore {
    const NAME: &'static str = "ConnectCustomKeyStore";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(5);
    const RESOURCE: Scope = Scope::Any;
    const CONDITION_KEYS: ConditionKeys = &[&[CALLER_ACCOUNT]];
    type Input = ConnectCustomKeyStoreInput;
    type Output = ConnectCustomKeyStoreOutput;

    fn cost(_input: &Self::Input) -> Cost {
        Cost::Network
    }

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let now = context.now();
        let store = context.custom_key_store(&input.custom_key_store_id)?;
        store.require_state(CONNECTABLE, now)?;
        if store.state(now) != ConnectionState::Disconnected {
            return Ok(ConnectCustomKeyStoreOutput {});
        }
        let health = match store.proxy() {
            Some(proxy) => context.xks_call().health(proxy),
            None => Ok(()),
        };
        let from = context.transition_ends();
        let mut context = context.write()?;
        let mut store = context.custom_key_store(&input.custom_key_store_id)?;
        store.require_state(CONNECTABLE, now)?;
        store.record.connection = match health {
            Ok(()) => Connection::Connected { from },
            Err(error) => Connection::Failed {
                from,
                error: error.connection_error_code(),
            },
        };
        context.put_store(&store)?;
        Ok(ConnectCustomKeyStoreOutput {})
    }
}
