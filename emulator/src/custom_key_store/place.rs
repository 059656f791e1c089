//! Where `CreateKey` is to make a key.

use super::lookup::xks_key;
use super::{ConnectionState, CustomKeyStore};
use crate::api::{KeySpec, Origin};
use crate::context::Context;
use crate::error::{Code, Error, KmsError, message};
use crate::key::Membership;

/// The members of `CreateKey` that say it.
pub(crate) struct Place {
    pub(crate) origin: Origin,
    pub(crate) store: Option<String>,
    pub(crate) xks_key_id: Option<String>,
}

impl Place {
    /// That a key is to be in a store, if it is; calls the store's proxy.
    ///
    /// # Errors
    ///
    /// Members that do not belong together (what KMS says then is not known); those of the store,
    /// and of the key outside.
    pub(crate) fn find(
        self,
        context: &Context<'_>,
        spec: KeySpec,
        multi_region: bool,
    ) -> Result<Option<Membership>, Error> {
        let is_outside = self.origin == Origin::ExternalKeyStore;
        if is_outside != self.xks_key_id.is_some() {
            return Err(message::custom_key_store_members().into());
        }
        let in_store = is_outside || self.origin == Origin::AwsCloudHsm;
        let id = match self.store {
            None if !in_store => return Ok(None),
            Some(id) if in_store => id,
            _ => return Err(message::custom_key_store_members().into()),
        };
        if spec != KeySpec::SymmetricDefault || multi_region {
            return Err(message::not_in_custom_key_stores().into());
        }
        let store = context.custom_key_store(&id)?;
        if store.proxy().is_some() != is_outside {
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
            context.ask().require_fit(proxy, principal, key)?;
        }
        Ok(Some(membership))
    }
}

impl Membership {
    /// Checks again, now that nobody else can change it.
    ///
    /// # Errors
    ///
    /// Those of the store, and `XksKeyAlreadyInUseException`.
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
