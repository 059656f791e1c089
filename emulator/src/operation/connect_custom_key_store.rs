//! [ConnectCustomKeyStore](https://docs.aws.amazon.com/kms/latest/APIReference/API_ConnectCustomKeyStore.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::context::Context;
use crate::custom_key_store::{Connection, ConnectionState};
use crate::error::Error;
use crate::kms::Work;

/// Connects a store. That its proxy does not answer is seen in its state, not here.
pub(super) struct ConnectCustomKeyStore;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ConnectCustomKeyStoreInput {
    custom_key_store_id: String,
}

/// No members: `{}`.
#[derive(Serialize)]
pub(super) struct ConnectCustomKeyStoreOutput {}

/// All but the ones from which it must be disconnected first (documented).
const CONNECTABLE: &[ConnectionState] = &[
    ConnectionState::Connected,
    ConnectionState::Connecting,
    ConnectionState::Disconnected,
];

impl Operation for ConnectCustomKeyStore {
    const NAME: &'static str = "ConnectCustomKeyStore";
    const WORK: (&'static str, Work) = ("", Work::Outside);
    type Input = ConnectCustomKeyStoreInput;
    type Output = ConnectCustomKeyStoreOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let now = context.now();
        let store = context.custom_key_store(&input.custom_key_store_id)?;
        store.require_state(CONNECTABLE, now)?;
        if store.state(now) != ConnectionState::Disconnected {
            return Ok(ConnectCustomKeyStoreOutput {});
        }
        let health = match store.proxy() {
            Some(proxy) => context.ask().health(proxy),
            None => Ok(()),
        };
        let from = context.transition_ends();
        let mut context = context.writing()?;
        let mut store = context.custom_key_store(&input.custom_key_store_id)?;
        store.require_state(CONNECTABLE, now)?;
        store.record.connection = match health {
            Ok(()) => Connection::Connected { from },
            Err(fault) => Connection::Failed {
                from,
                error: fault.of_connection(),
            },
        };
        context.put_store(&store)?;
        Ok(ConnectCustomKeyStoreOutput {})
    }
}
