//! [UpdateCustomKeyStore](https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateCustomKeyStore.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::api::XksError;
use crate::context::Context;
use crate::custom_key_store::{ConfigChange, CustomKeyStore};
use crate::error::{Error, message};
use crate::kms::Work;

/// Changes what is known of a store. A proxy must answer under its new properties.
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
    const WORK: (&'static str, Work) = ("", Work::Outside);
    type Input = UpdateCustomKeyStoreInput;
    type Output = UpdateCustomKeyStoreOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let store = changed(&input, context)?;
        if let Some(proxy) = store.proxy().filter(|_| input.change.changes_proxy()) {
            context.ask().health(proxy).map_err(XksError::of_store)?;
        }
        let mut context = context.writing()?;
        let store = changed(&input, &context)?;
        context.put_store(&store)?;
        Ok(UpdateCustomKeyStoreOutput {})
    }
}

/// The store as it is to be.
fn changed(
    input: &UpdateCustomKeyStoreInput,
    context: &Context<'_>,
) -> Result<CustomKeyStore, Error> {
    let mut store = context.custom_key_store(&input.custom_key_store_id)?;
    store.require_state(input.change.states(&store), context.now())?;
    let mut others = context.custom_key_stores()?;
    others.retain(|other| other.id != store.id);
    if let Some(name) = &input.new_custom_key_store_name {
        if others.iter().any(|other| other.record.name == *name) {
            return Err(message::custom_key_store_name_in_use().into());
        }
        store.record.name.clone_from(name);
    }
    store.record.kind = input.change.apply(&store.record.kind)?;
    store.record.kind.require_unused(&others)?;
    Ok(store)
}
