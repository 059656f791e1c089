//! [UpdateCustomKeyStore](https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateCustomKeyStore.html)

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::{Cost, Operation};
use crate::api::XksError;
use crate::authorization::condition_key::CALLER_ACCOUNT;
use crate::authorization::{ConditionKeys, Scope};
use crate::context::{Context, Lock, RequestContext};
use crate::custom_key_store::{ConfigChange, CustomKeyStore};
use crate::error::{Error, message};

/// Changes the properties of a store. If properties of a proxy change, the proxy must answer.
pub(super) struct UpdateCustomKeyStore;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateCustomKeyStoreInput {
    custom_key_store_id: String,
    new_custom_key_store_name: Option<String>,
    #[serde(flatten)]
    change: ConfigChange,
}

/// No members: `{}`.
#[derive(Serialize)]
pub(super) struct UpdateCustomKeyStoreOutput {}

impl Operation for UpdateCustomKeyStore {
    const NAME: &'static str = "UpdateCustomKeyStore";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(5);
    const RESOURCE: Scope = Scope::Any;
    const CONDITION_KEYS: ConditionKeys = &[&[CALLER_ACCOUNT]];
    type Input = UpdateCustomKeyStoreInput;
    type Output = UpdateCustomKeyStoreOutput;

    fn cost(_input: &Self::Input) -> Cost {
        Cost::Network
    }

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let store = changed(&input, &context)?;
        if let Some(proxy) = store.proxy().filter(|_| input.change.changes_proxy()) {
            context
                .xks_call()
                .health(proxy)
                .map_err(XksError::into_store_error)?;
        }
        let mut context = context.write()?;
        let store = changed(&input, &context)?;
        context.put_store(&store)?;
        Ok(UpdateCustomKeyStoreOutput {})
    }
}

/// The store after the change.
fn changed<L: Lock>(
    input: &UpdateCustomKeyStoreInput,
    context: &RequestContext<'_, '_, L>,
) -> Result<CustomKeyStore, Error> {
    let mut store = context.custom_key_store(&input.custom_key_store_id)?;
    store.require_state(input.change.states(&store), context.now())?;
    let mut others = context.custom_key_stores()?;
    others.retain(|other| other.id != store.id);
    if let Some(name) = &input.new_custom_key_store_name {
        if let Some(other) = others.iter().find(|other| other.record.name == *name) {
            return Err(message::custom_key_store_name_in_use(name, &other.id).into());
        }
        store.record.name.clone_from(name);
    }
    store.record.kind = input.change.apply(&store.record.kind)?;
    store
        .record
        .kind
        .require_unused(&others, message::cloud_hsm_cluster_not_related)?;
    Ok(store)
}
