//! [CreateCustomKeyStore](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateCustomKeyStore.html)
//!
//! The order among the checks is not known of AWS.

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::api::XksError;
use crate::context::Context;
use crate::custom_key_store::{Connection, Creation, CustomKeyStore, MAX_STORES, StoreRecord};
use crate::error::{Error, Internal, message};
use crate::hex::hex;
use crate::kms::Work;

/// Makes a store, which is not connected yet. The proxy of an external one must answer.
pub(super) struct CreateCustomKeyStore;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateCustomKeyStoreInput {
    custom_key_store_name: String,
    #[serde(flatten)]
    creation: Creation,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateCustomKeyStoreOutput {
    custom_key_store_id: String,
}

impl Operation for CreateCustomKeyStore {
    const NAME: &'static str = "CreateCustomKeyStore";
    const WORK: (&'static str, Work) = ("", Work::Outside);
    type Input = CreateCustomKeyStoreInput;
    type Output = CreateCustomKeyStoreOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let record = StoreRecord {
            kind: input.creation.kind()?,
            name: input.custom_key_store_name,
            created: context.now(),
            connection: Connection::New,
        };
        let id = context.random().array::<9>();
        let id = id.map_err(|error| Internal::new("make a custom key store", error))?;
        let digits = hex(&id);
        let id = format!("cks-{}", digits.get(1..).unwrap_or_default());
        let store = CustomKeyStore { id, record };
        require_room(&store, context)?;
        if let Some(proxy) = store.proxy() {
            context.ask().health(proxy).map_err(XksError::of_store)?;
        }
        let mut context = context.writing()?;
        require_room(&store, &context)?;
        context.put_store(&store)?;
        Ok(CreateCustomKeyStoreOutput {
            custom_key_store_id: store.id,
        })
    }
}

fn require_room(store: &CustomKeyStore, context: &Context<'_>) -> Result<(), Error> {
    let others = context.custom_key_stores()?;
    if others
        .iter()
        .any(|other| other.record.name == store.record.name)
    {
        return Err(message::custom_key_store_name_in_use().into());
    }
    store.record.kind.require_unused(&others)?;
    if others.len() >= MAX_STORES {
        return Err(message::too_many_custom_key_stores().into());
    }
    Ok(())
}
