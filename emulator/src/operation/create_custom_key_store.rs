//! [CreateCustomKeyStore](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateCustomKeyStore.html)
//!
//! The order of the checks on AWS is unknown.

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::{Cost, Operation};
use crate::api::XksError;
use crate::authorization::condition_key::CALLER_ACCOUNT;
use crate::authorization::{ConditionKeys, Scope};
use crate::context::{Context, Lock, RequestContext};
use crate::custom_key_store::{Connection, Creation, CustomKeyStore, MAX_STORES, StoreRecord};
use crate::error::{Error, Internal, message};
use crate::hex;

/// Creates a disconnected store. The proxy of an external key store must answer.
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
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(5);
    const RESOURCE: Scope = Scope::Any;
    const CONDITION_KEYS: ConditionKeys = &[&[CALLER_ACCOUNT]];
    type Input = CreateCustomKeyStoreInput;
    type Output = CreateCustomKeyStoreOutput;

    fn cost(_input: &Self::Input) -> Cost {
        Cost::Network
    }

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let record = StoreRecord {
            kind: input.creation.kind()?,
            name: input.custom_key_store_name,
            created: context.now(),
            connection: Connection::New,
        };
        let id = context.random().array::<9>();
        let id = id.map_err(|error| Internal::new("create a custom key store", error))?;
        let digits = hex::encode(&id);
        let id = format!("cks-{}", digits.get(1..).unwrap_or_default());
        let store = CustomKeyStore { id, record };
        require_unique(&store, &context)?;
        if let Some(proxy) = store.proxy() {
            context
                .xks_call()
                .health(proxy)
                .map_err(XksError::into_store_error)?;
        }
        let mut context = context.write()?;
        require_unique(&store, &context)?;
        context.put_store(&store)?;
        Ok(CreateCustomKeyStoreOutput {
            custom_key_store_id: store.id,
        })
    }
}

/// Checks that a new store does not conflict with others, and that the quota allows it.
fn require_unique<L: Lock>(
    store: &CustomKeyStore,
    context: &RequestContext<'_, '_, L>,
) -> Result<(), Error> {
    let others = context.custom_key_stores()?;
    let name = &store.record.name;
    if let Some(other) = others.iter().find(|other| other.record.name == *name) {
        return Err(message::custom_key_store_name_in_use(name, &other.id).into());
    }
    store
        .record
        .kind
        .require_unused(&others, message::cloud_hsm_cluster_in_use)?;
    if others.len() >= MAX_STORES {
        return Err(message::too_many_custom_key_stores(MAX_STORES).into());
    }
    Ok(())
}
