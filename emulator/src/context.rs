//! What an operation is given: the moment, the caller, the records it may read, and, if it asks,
//! the right to change them.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::alias::{AliasName, AliasRecord};
use crate::attestation::Trust;
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::crypto::{CryptoError, KeyMaterial, Random, SecretBytes};
use crate::error::{Error, KmsError, message};
use crate::key::{
    Key, KeyArn, KeyId, KeyMaterialId, KeyRecord, KeyReference, KeySpec, KeyUsage, Location,
    material, state,
};
use crate::kms::Kms;
use crate::page::MarkerKey;
use crate::store::{Bytes, Changes, Receipt, StoreError, record};

/// One request's view of the KMS.
pub(crate) struct Context<'k> {
    kms: &'k Kms,
    operation: &'static str,
    caller: Caller,
    now: Timestamp,
    /// The key that the request was about, for the log.
    key: Option<KeyId>,
    changes: Option<Changes<'k>>,
}

/// What is stored for the id of a key's material.
#[derive(Serialize, Deserialize)]
struct MaterialOwner {
    key: String,
}

impl<'k> Context<'k> {
    pub(crate) fn new(kms: &'k Kms, operation: &'static str, caller: Caller) -> Self {
        Self {
            kms,
            operation,
            caller,
            now: kms.clock.now(),
            key: None,
            changes: None,
        }
    }

    /// The moment of the request: one and the same for all that it does.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// The account and Region of the request.
    pub(crate) fn here(&self) -> &Location {
        &self.caller.location
    }

    pub(crate) fn marker_key(&self) -> &'k MarkerKey {
        &self.kms.marker_key
    }

    /// The key that a reference means, an alias included.
    ///
    /// # Errors
    ///
    /// The lookup errors of KMS, and `AccessDeniedException` for another account's key.
    pub(crate) fn key(&mut self, reference: &str) -> Result<Key, Error> {
        let here = self.caller.location.clone();
        let parsed = KeyReference::parse(reference, &here)?;
        self.require_own_account(&parsed)?;
        let key = match &parsed {
            KeyReference::KeyId(id) | KeyReference::KeyArn { id, .. } => self
                .find_key(&KeyId::new(*id))?
                .ok_or_else(|| parsed.not_found(id, &here))?,
            KeyReference::AliasName(name) | KeyReference::AliasArn { name, .. } => {
                self.alias(name)?.1
            }
        };
        self.remember(&key);
        Ok(key)
    }

    /// The key that a reference means, in an operation that takes no aliases.
    ///
    /// # Errors
    ///
    /// As [`Self::key`], and `InvalidArnException` for an alias, whether there is one or not.
    pub(crate) fn key_but_no_alias(&mut self, reference: &str) -> Result<Key, Error> {
        match KeyReference::parse(reference, self.here())? {
            KeyReference::AliasName(_) | KeyReference::AliasArn { .. } => {
                Err(message::aliases_are_not_supported().into())
            }
            KeyReference::KeyId(_) | KeyReference::KeyArn { .. } => self.key(reference),
        }
    }

    /// A key that can do a cryptographic operation: it is for that use, and usable now. KMS
    /// checks in this order.
    ///
    /// # Errors
    ///
    /// As [`Self::key`], then `InvalidKeyUsageException`, then the state's exception.
    pub(crate) fn key_for(&mut self, reference: &str, usage: KeyUsage) -> Result<Key, Error> {
        let key = self.key(reference)?;
        self.require_usage(&key, usage)?;
        key.require_state(state::USABLE, self.now)?;
        Ok(key)
    }

    /// Refuses a key that is for something else than the operation needs.
    ///
    /// # Errors
    ///
    /// `InvalidKeyUsageException`.
    pub(crate) fn require_usage(&self, key: &Key, usage: KeyUsage) -> Result<(), KmsError> {
        if key.record.usage == usage {
            return Ok(());
        }
        Err(message::wrong_usage(
            &key.arn,
            key.record.usage,
            self.operation,
        ))
    }

    /// The key whose material has the id, if it is a key of this account and Region.
    ///
    /// # Errors
    ///
    /// Internal: a record is damaged.
    pub(crate) fn key_of_material(&self, id: &KeyMaterialId) -> Result<Option<Key>, StoreError> {
        let name = self.material_id_name(id);
        let Some(bytes) = self.kms.store.get(&name) else {
            return Ok(None);
        };
        let owner: MaterialOwner = record::decode(&name, &bytes)?;
        let key = self.find_key(&KeyId::new(owner.key))?;
        Ok(key.filter(|key| key.record.material_id == Some(*id)))
    }

    /// Where the request's random bytes come from.
    pub(crate) fn random(&self) -> &'k Random {
        &self.kms.random
    }

    /// Whose attestation documents are believed.
    pub(crate) fn trust(&self) -> Trust {
        self.kms.trust
    }

    /// New material of a spec. Slow for RSA, unless there is a spare.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub(crate) fn new_material(&self, spec: KeySpec) -> Result<KeyMaterial, CryptoError> {
        self.kms.spares.material(spec, &self.kms.random)
    }

    /// The secret of a key.
    pub(crate) fn material(&self, key: &Key) -> Result<Arc<KeyMaterial>, Error> {
        self.kms.materials.get(&self.kms.store, key)
    }

    /// An alias and its key. With its key, an alias is gone too, though its record stays.
    ///
    /// # Errors
    ///
    /// `NotFoundException`.
    pub(crate) fn alias(&self, name: &AliasName) -> Result<(AliasRecord, Key), Error> {
        if let Some(alias) = self.alias_record(name)?
            && let Some(key) = self.find_key(&alias.target())?
        {
            return Ok((alias, key));
        }
        Err(message::alias_is_not_found(&name.arn(self.here())).into())
    }

    /// The keys of this account and Region in the order of their ids, from the first after a
    /// given id; those that are gone are passed over. Ends when `take` answers `false`.
    pub(crate) fn keys(
        &self,
        after: Option<&str>,
        mut take: impl FnMut(Key) -> bool,
    ) -> Result<(), Error> {
        let prefix = format!("key/{}/", self.here());
        let mut result = Ok(());
        self.scan(&prefix, after, |id, bytes| {
            match self.read_key(KeyId::new(id), bytes) {
                Ok(key) if key.record.is_gone(self.now) => true,
                Ok(key) => take(key),
                Err(error) => {
                    result = Err(error.into());
                    false
                }
            }
        });
        result
    }

    /// The aliases of this account and Region in the order of their names, from the first after a
    /// given name; of one key, or of all. Ends when `take` answers `false`.
    pub(crate) fn aliases(
        &self,
        of: Option<&KeyId>,
        after: Option<&str>,
        mut take: impl FnMut(AliasName, AliasRecord) -> bool,
    ) -> Result<(), Error> {
        // Names first, then records: a scan must not read the store it is scanning.
        let prefix = match of {
            Some(key) => format!("alias-of/{}/{key}/", self.here()),
            None => format!("alias/{}/", self.here()),
        };
        let mut after = after.map(str::to_owned);
        loop {
            const CHUNK: usize = 100;
            let mut names = Vec::new();
            self.scan(&prefix, after.as_deref(), |name, _| {
                names.push(name.to_owned());
                names.len() < CHUNK
            });
            for name in &names {
                let name = AliasName::new(name.as_str());
                match self.alias(&name) {
                    Ok((alias, _)) => {
                        if !take(name, alias) {
                            return Ok(());
                        }
                    }
                    Err(Error::Kms(_)) => {} // gone with its key
                    Err(error) => return Err(error),
                }
            }
            match names.pop() {
                Some(last) if names.len() + 1 == CHUNK => after = Some(last),
                _ => return Ok(()),
            }
        }
    }

    /// Takes the writer's place. What is to be changed must be read after this, so that no
    /// other request's change is lost; slow work belongs before it.
    ///
    /// # Errors
    ///
    /// Internal, if the store takes no more writes.
    pub(crate) fn writing(&mut self) -> Result<Writing<'_, 'k>, Error> {
        self.changes = Some(self.kms.store.begin()?);
        Ok(Writing(self))
    }

    /// Ends the request: what it changed is kept if it succeeded.
    pub(crate) fn commit(self, succeeded: bool) -> Result<Receipt, Error> {
        match self.changes {
            Some(changes) if succeeded => Ok(changes.commit()?),
            _ => Ok(Receipt::settled()),
        }
    }

    /// The id of the key that the request was about, if it was found.
    pub(crate) fn key_id(&self) -> Option<String> {
        self.key.as_ref().map(ToString::to_string)
    }

    /// Notes the key that the request is about, where it was not looked up by a reference.
    pub(crate) fn remember(&mut self, key: &Key) {
        self.key = Some(key.id().clone());
    }

    /// Names of another account are refused before anything is looked up, so that nothing shows
    /// whether there is such a key.
    fn require_own_account(&self, reference: &KeyReference<'_>) -> Result<(), Error> {
        match reference.account() {
            Some(account) if account != self.here().account.to_string() => {
                let user = self.caller.arn();
                Err(message::no_access_to_other_account(&user, self.operation).into())
            }
            _ => Ok(()),
        }
    }

    fn find_key(&self, id: &KeyId) -> Result<Option<Key>, StoreError> {
        let Some(bytes) = self.kms.store.get(&self.key_name(id)) else {
            return Ok(None);
        };
        let key = self.read_key(id.clone(), &bytes)?;
        Ok((!key.record.is_gone(self.now)).then_some(key))
    }

    fn alias_record(&self, name: &AliasName) -> Result<Option<AliasRecord>, StoreError> {
        let record_name = self.alias_name(name);
        let Some(bytes) = self.kms.store.get(&record_name) else {
            return Ok(None);
        };
        record::decode(&record_name, &bytes).map(Some)
    }

    fn read_key(&self, id: KeyId, bytes: &Bytes) -> Result<Key, StoreError> {
        let record: KeyRecord = record::decode(&self.key_name(&id), bytes)?;
        Ok(Key {
            arn: KeyArn {
                location: self.here().clone(),
                id,
            },
            record,
        })
    }

    /// Scans names below a prefix, given and taken without it.
    fn scan(&self, prefix: &str, after: Option<&str>, mut take: impl FnMut(&str, &Bytes) -> bool) {
        let after = after.map(|after| format!("{prefix}{after}"));
        self.kms
            .store
            .scan(prefix, after.as_deref(), |name, bytes| {
                take(name.strip_prefix(prefix).unwrap_or(name), bytes)
            });
    }

    fn key_name(&self, id: &KeyId) -> String {
        format!("key/{}/{id}", self.here())
    }

    /// For each id of material an index tells its key, so that `Decrypt` finds the key of a
    /// ciphertext.
    fn material_id_name(&self, id: &KeyMaterialId) -> String {
        format!("material-id/{}/{id}", self.here())
    }

    fn alias_name(&self, name: &AliasName) -> String {
        format!("alias/{}/{name}", self.here())
    }

    /// Beside each alias stands an empty record that begins with its key, so that the aliases of
    /// one key are found without looking at all.
    fn alias_of_name(&self, key: &KeyId, name: &AliasName) -> String {
        format!("alias-of/{}/{key}/{name}", self.here())
    }
}

/// A [`Context`] that holds the writer's place, and may change records.
pub(crate) struct Writing<'c, 'k>(&'c mut Context<'k>);

impl Writing<'_, '_> {
    pub(crate) fn put_key(&mut self, key: &Key) -> Result<(), StoreError> {
        let name = self.key_name(key.id());
        let bytes = record::encode(&name, &key.record)?;
        self.put(name, bytes);
        Ok(())
    }

    pub(crate) fn put_material(
        &mut self,
        key: &Key,
        secret: &SecretBytes,
    ) -> Result<(), StoreError> {
        let (name, bytes) = material::to_record(key, secret)?;
        self.put(name, bytes);
        if let Some(id) = &key.record.material_id {
            let name = self.material_id_name(id);
            let owner = MaterialOwner {
                key: key.id().to_string(),
            };
            let bytes = record::encode(&name, &owner)?;
            self.put(name, bytes);
        }
        Ok(())
    }

    /// Puts an alias in the place of the one of that name, if there was one.
    pub(crate) fn put_alias(
        &mut self,
        name: &AliasName,
        alias: &AliasRecord,
    ) -> Result<(), StoreError> {
        if let Some(before) = self.alias_record(name)? {
            self.delete(self.alias_of_name(&before.target(), name));
        }
        let record_name = self.alias_name(name);
        let bytes = record::encode(&record_name, alias)?;
        self.put(record_name, bytes);
        self.put(self.alias_of_name(&alias.target(), name), Vec::new());
        Ok(())
    }

    pub(crate) fn delete_alias(&mut self, name: &AliasName, alias: &AliasRecord) {
        self.delete(self.alias_of_name(&alias.target(), name));
        self.delete(self.alias_name(name));
    }

    fn put(&mut self, name: String, bytes: Vec<u8>) {
        if let Some(changes) = &mut self.0.changes {
            changes.put(name, bytes);
        }
    }

    fn delete(&mut self, name: String) {
        if let Some(changes) = &mut self.0.changes {
            changes.delete(name);
        }
    }
}

impl<'k> Deref for Writing<'_, 'k> {
    type Target = Context<'k>;

    fn deref(&self) -> &Self::Target {
        self.0
    }
}

impl DerefMut for Writing<'_, '_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.0
    }
}
