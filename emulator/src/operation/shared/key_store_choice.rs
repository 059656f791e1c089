//! The custom key store of a new key.

use crate::api::{KeySpec, Origin};
use crate::context::{Context, Lock, RequestContext, WriteContext};
use crate::custom_key_store::{ConnectionState, CustomKeyStore};
use crate::error::{Code, Error, KmsError, message};
use crate::key::Membership;

/// The members of `CreateKey` that choose a store.
pub(crate) struct KeyStoreChoice {
    pub(crate) origin: Origin,
    pub(crate) store: Option<String>,
    pub(crate) xks_key_id: Option<String>,
}

impl KeyStoreChoice {
    /// The membership of a new key in a custom key store. Calls the proxy of the store.
    ///
    /// # Errors
    ///
    /// The members contradict each other (the answer of KMS is unknown), or the store or the
    /// external key cannot be used.
    pub(crate) fn find(
        self,
        context: &Context<'_, '_>,
        spec: KeySpec,
        multi_region: bool,
    ) -> Result<Option<Membership>, Error> {
        let is_external = self.origin == Origin::ExternalKeyStore;
        let with = format!("Origin {}", self.origin);
        let needs = |member| message::custom_key_store_member_is_missing(member, &with);
        let excludes = |member| message::custom_key_store_member_is_excluded(member, &with);
        match &self.xks_key_id {
            None if is_external => return Err(needs("XksKeyId").into()),
            Some(_) if !is_external => return Err(excludes("XksKeyId").into()),
            _ => {}
        }
        let in_store = is_external || self.origin == Origin::AwsCloudHsm;
        let id = match self.store {
            None if !in_store => return Ok(None),
            Some(id) if in_store => id,
            None => return Err(needs("CustomKeyStoreId").into()),
            Some(_) => return Err(excludes("CustomKeyStoreId").into()),
        };
        if spec != KeySpec::SymmetricDefault || multi_region {
            return Err(message::not_in_custom_key_stores(spec, multi_region).into());
        }
        let store = context.custom_key_store(&id)?;
        if store.proxy().is_some() != is_external {
            let store_type = store.store_type().as_str();
            return Err(message::custom_key_store_of_another_type(self.origin, store_type).into());
        }
        let membership = Membership {
            store: id,
            xks_key_id: self.xks_key_id,
            connected: true,
            cluster: None,
        };
        require_usable(&membership, &store, context)?;
        if let (Some(proxy), Some(key)) = (store.proxy(), &membership.xks_key_id) {
            let principal = context.caller_arn();
            context.xks_call().check_key(proxy, principal, key)?;
        }
        Ok(Some(membership))
    }
}

/// Checks a membership again with the write lock, so that no other request can change the store.
///
/// # Errors
///
/// The store does not exist or is not connected, or `XksKeyAlreadyInUseException`.
pub(crate) fn recheck(
    membership: &Membership,
    context: &WriteContext<'_, '_>,
) -> Result<(), Error> {
    let store = context.custom_key_store(&membership.store)?;
    Ok(require_usable(membership, &store, context)?)
}

fn require_usable<L: Lock>(
    membership: &Membership,
    store: &CustomKeyStore,
    context: &RequestContext<'_, '_, L>,
) -> Result<(), KmsError> {
    match (store.state(context.now()), store.proxy()) {
        (ConnectionState::Connected, _) => {}
        (_, Some(_)) => {
            let code = Code::CustomKeyStoreInvalidState;
            return Err(message::external_key_store_is_not_connected(code));
        }
        (state, None) => {
            let connected = [ConnectionState::Connected.as_str()];
            let state = state.as_str();
            return Err(message::custom_key_store_invalid_state(
                &store.id, &connected, state,
            ));
        }
    }
    match &membership.xks_key_id {
        Some(id) if context.is_xks_key_in_use(&membership.store, id) => {
            Err(message::xks_key_already_in_use(id, &membership.store))
        }
        _ => Ok(()),
    }
}
