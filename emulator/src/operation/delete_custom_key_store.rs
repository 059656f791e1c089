//! [DeleteCustomKeyStore](https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteCustomKeyStore.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::context::Context;
use crate::custom_key_store::ConnectionState;
use crate::error::Error;

/// Deletes a store that is disconnected and has no keys, not even keys that are to be deleted.
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
    type Input = DeleteCustomKeyStoreInput;
    type Output = DeleteCustomKeyStoreOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let mut context = context.writing()?;
        let store = context.custom_key_store(&input.custom_key_store_id)?;
        store.require_state(&[ConnectionState::Disconnected], context.now())?;
        context.delete_store(&store)?;
        Ok(DeleteCustomKeyStoreOutput {})
    }
}
