//! The key store of a new key.

use super::lookup::xks_key;
use super::{ConnectionState, CustomKeyStore};
use crate::api::{KeySpec, Origin};
use crate::context::Context;
use crate::error::{Code, Error, KmsError, message};
use crate::key::Membership;

/// The members of `CreateKey` that select a key store.
pub(crate) struct KeyStoreChoice {
    pub(crate) origin: Origin,
    pub(crate) store: Option<String>,
    pub(crate) xks_key_id: Option<String>,
}

impl KeyStoreChoice {
    /// Checks the store and, with a call to the proxy, the external key. `None` for a key that is not
    /// in a custom key store.
    ///
    /// # Errors
    ///
    /// The members do not match each other (the message of KMS is not known), or the store or the
    /// external key is unusable.
    pub(crate) fn find(
        self,
        context: &Context<'_>,
        spec: KeySpec,
        multi_region: bool,
    ) -> Result<Option<Membership>, Error> {
        let is_external = self.origin == Origin::ExternalKeyStore;
        if is_external != self.xks_key_id.is_some() {
            return Err(message::custom_key_store_members().into());
        }
        let in_store = is_external || self.origin == Origin::AwsCloudHsm;
        let id = match self.store {
            None if !in_store => return Ok(None),
            Some(id) if in_store => id,
            _ => return Err(message::custom_key_store_members().into()),
        };
        if spec != KeySpec::SymmetricDefault || multi_region {
            return Err(message::not_in_custom_key_stores().into());
        }
        let store = context.custom_key_store(&id)?;
        if store.proxy().is_some() != is_external {
            return Err(message::custom_key_store_members().into());
        }
        let membership = Membership {
            store: id,
            xks_key_id: self.xks_key_id,
            connected: true,
            cluster: None,
        };
        membership.require_free(&store, context)?;
        if let (Some(proxy), Some(key)) = (store.proxy(), &membership.xks_key_id) {
            let principal = context.caller_arn();
            context.ask().check_key(proxy, principal, key)?;
        }
        Ok(Some(membership))
    }
}

impl Membership {
    /// Repeats the check of the store under the write lock.
    ///
    /// # Errors
    ///
    /// The store is unusable; `XksKeyAlreadyInUseException`.
    pub(crate) fn recheck(&self, context: &Context<'_>) -> Result<(), Error> {
        let store = context.custom_key_store(&self.store)?;
        Ok(self.require_free(&store, context)?)
    }

    fn require_free(&self, store: &CustomKeyStore, context: &Context<'_>) -> Result<(), KmsError> {
        match (store.state(context.now()), store.proxy()) {
            (ConnectionState::Connected, _) => {}
            (_, Some(_)) => {
                let code = Code::CustomKeyStoreInvalidState;
                return Err(message::external_key_store_is_not_connected(code));
            }
            (_, None) => return Err(message::custom_key_store_invalid_state()),
        }
        let name = |id: &String| xks_key(context.here(), &self.store, id);
        match self.xks_key_id.as_ref().map(name) {
            Some(name) if context.get(&name).is_some() => Err(message::xks_key_already_in_use()),
            _ => Ok(()),
        }
    }
}
