//! Lookup and changes of custom key stores.

use super::{Lock, RequestContext, WriteContext, records};
use crate::api::{KeyArn, KeyId, Location};
use crate::custom_key_store::{ConnectionState, CustomKeyStore, MAX_STORES, XksProxy};
use crate::error::{Error, Internal, message};
use crate::key::{Key, Membership};
use crate::store::{StoreError, record};

impl<L: Lock> RequestContext<'_, '_, L> {
    /// The store with that id, in the account and Region of the request.
    ///
    /// # Errors
    ///
    /// `CustomKeyStoreNotFoundException`.
    pub(crate) fn custom_key_store(&self, id: &str) -> Result<CustomKeyStore, Error> {
        let store = self.find_store(self.location(), id)?;
        Ok(store.ok_or_else(|| message::custom_key_store_not_found("CustomKeyStoreId", id))?)
    }

    /// All stores of the account and Region, in the order of their ids.
    ///
    /// # Errors
    ///
    /// Internal: a record is damaged.
    pub(crate) fn custom_key_stores(&self) -> Result<Vec<CustomKeyStore>, StoreError> {
        let prefix = records::custom_key_store(self.location(), "");
        let mut ids = Vec::new();
        self.scan(&prefix, None, |id, _| {
            ids.push(id.to_owned());
            ids.len() < MAX_STORES
        });
        let mut stores = Vec::new();
        for id in ids {
            stores.extend(self.find_store(self.location(), &id)?);
        }
        Ok(stores)
    }

    fn find_store(
        &self,
        location: &Location,
        id: &str,
    ) -> Result<Option<CustomKeyStore>, StoreError> {
        let name = records::custom_key_store(location, id);
        let Some(bytes) = self.get(&name) else {
            return Ok(None);
        };
        let record = record::decode(&name, &bytes)?;
        let id = id.to_owned();
        Ok(Some(CustomKeyStore { id, record }))
    }

    /// Loads the connection state of a key's store into the key.
    ///
    /// # Errors
    ///
    /// Internal: the store's record is damaged.
    pub(crate) fn load_store_state(&self, key: &mut Key) -> Result<(), StoreError> {
        let Some(membership) = &key.record.custom_key_store else {
            return Ok(());
        };
        let store = self.find_store(&key.arn.location, &membership.store)?;
        // Only now, as a change copies the record.
        if let Some(store) = store
            && let Some(membership) = &mut key.record.custom_key_store
        {
            membership.connected = store.state(self.now()) == ConnectionState::Connected;
            membership.cluster = store.cluster().map(|cluster| cluster.id.clone());
        }
        Ok(())
    }

    /// The proxy of a key in an external key store, and the id of the external key.
    ///
    /// # Errors
    ///
    /// Internal: the record of the store is missing or damaged.
    pub(crate) fn proxy_of(&self, key: &Key) -> Result<Option<(XksProxy, String)>, Error> {
        let Some(Membership {
            store,
            xks_key_id: Some(xks_key_id),
            ..
        }) = &key.record.custom_key_store
        else {
            return Ok(None);
        };
        let store = self.find_store(&key.arn.location, store)?;
        let proxy = store.and_then(|store| store.proxy().cloned());
        let proxy = proxy.ok_or_else(|| Internal::new("find a key's store", "it is missing"))?;
        Ok(Some((proxy, xks_key_id.clone())))
    }

    /// Whether a KMS key of a store uses the external key already.
    pub(crate) fn is_xks_key_in_use(&self, store: &str, xks_key_id: &str) -> bool {
        let name = records::xks_key(self.location(), store, xks_key_id);
        if self.get(&name).is_none() {
            return false;
        }
        // The key may be deleted, with its records still to be deleted.
        let prefix = records::keys_of_store(self.location(), store);
        let mut keys = self.names(&prefix).into_iter();
        keys.any(|id| {
            let Ok(Some(key)) = self.stored_key(&self.key_arn(id)) else {
                return true;
            };
            let membership = key.record.custom_key_store.as_ref();
            let used = membership.and_then(|membership| membership.xks_key_id.as_deref());
            used == Some(xks_key_id) && !key.record.is_deleted(self.now())
        })
    }

    /// The ARN of a key of this account and Region.
    fn key_arn(&self, id: String) -> KeyArn {
        KeyArn {
            location: self.location().clone(),
            id: KeyId::new(id),
        }
    }
}

impl WriteContext<'_, '_> {
    /// Stores a custom key store.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn put_store(&mut self, store: &CustomKeyStore) -> Result<(), StoreError> {
        let name = records::custom_key_store(self.location(), &store.id);
        let bytes = record::encode(&name, &store.record)?;
        self.put(name, bytes);
        if store.proxy().is_some() {
            self.services().set_external_key_store();
        }
        Ok(())
    }

    /// Deletes a store that has no keys.
    ///
    /// # Errors
    ///
    /// `CustomKeyStoreHasCMKsException`.
    pub(crate) fn delete_store(&mut self, store: &CustomKeyStore) -> Result<(), Error> {
        let prefix = records::keys_of_store(self.location(), &store.id);
        for id in self.names(&prefix) {
            let arn = self.key_arn(id);
            if self.key_exists(&arn)? {
                return Err(message::custom_key_store_has_keys(&store.id, &arn).into());
            }
        }
        let name = records::custom_key_store(self.location(), &store.id);
        self.delete(name);
        Ok(())
    }

    /// Records that a key is in a store.
    pub(crate) fn join_store(&mut self, arn: &KeyArn, membership: &Membership) {
        for name in membership_records(arn, membership) {
            self.put(name, Vec::new());
        }
    }

    /// Deletes the records of [`Self::join_store`].
    pub(super) fn leave_store(&mut self, key: &Key) {
        if let Some(membership) = &key.record.custom_key_store {
            for name in membership_records(&key.arn, membership) {
                self.delete(name);
            }
        }
    }
}

fn membership_records(arn: &KeyArn, membership: &Membership) -> Vec<String> {
    let Membership {
        store, xks_key_id, ..
    } = membership;
    let prefix = records::keys_of_store(&arn.location, store);
    let mut names = vec![format!("{prefix}{}", arn.id)];
    if let Some(id) = xks_key_id {
        names.push(records::xks_key(&arn.location, store, id));
    }
    names
}
