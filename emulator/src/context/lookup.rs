//! How a request finds keys and aliases.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Context, records};
use crate::alias::AliasRecord;
use crate::api::{
    AccountId, AliasName, KeyArn, KeyId, KeyManager, KeyMaterialId, KeySpec, KeyUsage, Location,
};
use crate::error::{Error, message};
use crate::key::{Key, KeyRecord, KeyReference, managed};
use crate::kms::Kms;
use crate::store::{Bytes, StoreError, record};

/// What is stored for the id of a key's material.
#[derive(Serialize, Deserialize)]
pub(super) struct MaterialOwner {
    pub(super) account: AccountId,
    pub(super) key: String,
}

impl Context<'_> {
    /// The key that a reference means, an alias included. The alias of an AWS managed key that
    /// was not used before makes that key.
    ///
    /// # Errors
    ///
    /// The lookup errors of KMS, and `AccessDeniedException` for a key of another account that
    /// there is not, or with which the operation does not work.
    pub(crate) fn key(&mut self, reference: &str) -> Result<Key, Error> {
        let here = self.here().clone();
        let parsed = KeyReference::parse(reference, &here)?;
        let owner = parsed.owner(&here).ok_or_else(|| self.no_access())?;
        let is_foreign = owner != here;
        if is_foreign && !self.operation.cross_account {
            return Err(self.no_access());
        }
        let found = match &parsed {
            KeyReference::KeyId(id) | KeyReference::KeyArn { id, .. } => {
                let arn = KeyArn {
                    location: owner,
                    id: KeyId::new(*id),
                };
                let key = self.find_key(&arn)?;
                key.ok_or_else(|| Error::from(parsed.not_found(id, &here)))
            }
            KeyReference::AliasName(name) | KeyReference::AliasArn { name, .. } => {
                match self.alias(&owner, name) {
                    Err(Error::Kms(error)) => match managed::description(name) {
                        Some(description) if !is_foreign => self.make_managed(name, description),
                        _ => Err(error.into()),
                    },
                    found => found.map(|(_, key)| key),
                }
            }
        };
        let key = match found {
            Err(Error::Kms(_)) if is_foreign => return Err(self.no_access()),
            found => found?,
        };
        if key.record.manager.denies_customer(self.operation.name) {
            let (user, operation) = (self.caller.arn(), self.operation.name);
            return Err(message::not_for_customers(&user, operation, &key.arn).into());
        }
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

    /// The key that has material of the id, in any account of this Region, and the place of the
    /// material in its list.
    ///
    /// # Errors
    ///
    /// Internal: a record is damaged.
    pub(crate) fn key_of_material(
        &self,
        id: &KeyMaterialId,
    ) -> Result<Option<(Key, usize)>, StoreError> {
        let name = records::material_id(&self.here().region, id);
        let Some(bytes) = self.get(&name) else {
            return Ok(None);
        };
        let owner: MaterialOwner = record::decode(&name, &bytes)?;
        let arn = KeyArn {
            location: Location {
                account: owner.account,
                region: self.here().region.clone(),
            },
            id: KeyId::new(owner.key),
        };
        let key = self.find_key(&arn)?;
        Ok(key.and_then(|key| {
            let place = key.record.material_index(id)?;
            Some((key, place))
        }))
    }

    /// An alias and its key. With its key, an alias is gone too.
    ///
    /// # Errors
    ///
    /// `NotFoundException`.
    pub(crate) fn alias(
        &self,
        location: &Location,
        name: &AliasName,
    ) -> Result<(AliasRecord, Key), Error> {
        if let Some(alias) = self.alias_record(location, name)?
            && let Some(key) = self.find_key(&alias.target(location))?
        {
            return Ok((alias, key));
        }
        Err(message::alias_is_not_found(&name.arn(location)).into())
    }

    /// The keys of this account and Region in the order of their ids, from the first after a
    /// given id; those that are gone are passed over. Ends when `take` answers `false`.
    pub(crate) fn keys(
        &self,
        after: Option<&str>,
        mut take: impl FnMut(Key) -> bool,
    ) -> Result<(), Error> {
        let prefix = records::keys(self.here());
        let mut result = Ok(());
        self.scan(&prefix, after, |id, bytes| {
            let arn = KeyArn {
                location: self.here().clone(),
                id: KeyId::new(id),
            };
            match read_key(arn, bytes) {
                Ok(key) if key.record.is_deleted(self.now) => true,
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
        of: Option<&KeyArn>,
        after: Option<&str>,
        mut take: impl FnMut(AliasName, AliasRecord) -> bool,
    ) -> Result<(), Error> {
        // Names first, then records: a scan must not read the store it is scanning.
        let prefix = match of {
            Some(key) => records::aliases_of(key),
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
                match self.alias(self.here(), &name) {
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

    /// The key of that ARN, unless it is gone.
    ///
    /// # Errors
    ///
    /// Internal: its record is damaged.
    pub(crate) fn find_key(&self, arn: &KeyArn) -> Result<Option<Key>, StoreError> {
        let key = self.stored_key(arn)?;
        Ok(key.filter(|key| !key.record.is_deleted(self.now)))
    }

    /// The key of that ARN as it is stored, gone or not.
    ///
    /// # Errors
    ///
    /// Internal: its record is damaged.
    pub(crate) fn stored_key(&self, arn: &KeyArn) -> Result<Option<Key>, StoreError> {
        let bytes = self.get(&records::key(arn));
        let key = bytes
            .map(|bytes| read_key(arn.clone(), &bytes))
            .transpose()?;
        let Some(mut key) = key else {
            return Ok(None);
        };
        self.see_store(&mut key)?;
        Ok(Some(key))
    }

    pub(super) fn alias_record(
        &self,
        location: &Location,
        name: &AliasName,
    ) -> Result<Option<AliasRecord>, StoreError> {
        let record_name = records::alias(location, name);
        let Some(bytes) = self.get(&record_name) else {
            return Ok(None);
        };
        record::decode(&record_name, &bytes).map(Some)
    }

    /// The record of that name, as this request has changed it, or as it is seen by one that only
    /// reads.
    pub(crate) fn get(&self, name: &str) -> Option<Bytes> {
        if let Some(changes) = &self.changes {
            return changes.get(name);
        }
        let Kms { lag, store, .. } = self.kms;
        lag.seen(name, self.now, || store.get(name))
    }

    /// Scans names below a prefix, given and taken without it. What this request has changed is
    /// not seen.
    pub(crate) fn scan(
        &self,
        prefix: &str,
        after: Option<&str>,
        mut take: impl FnMut(&str, &Bytes) -> bool,
    ) {
        let mut take =
            |name: &str, bytes: &Bytes| take(name.strip_prefix(prefix).unwrap_or(name), bytes);
        let after = after.map(|after| format!("{prefix}{after}"));
        let store = &self.kms.store;
        if self.changes.is_some() || self.kms.lag.is_none() {
            return store.scan(prefix, after.as_deref(), take);
        }
        let mut records = BTreeMap::new();
        store.scan(prefix, after.as_deref(), |name, bytes| {
            records.insert(name.to_owned(), bytes.clone());
            true
        });
        for (name, before) in self.kms.lag.all_seen(prefix, self.now) {
            match before {
                Some(bytes) if after.as_ref().is_none_or(|after| *after < name) => {
                    records.insert(name, bytes);
                }
                _ => drop(records.remove(&name)),
            }
        }
        for (name, bytes) in &records {
            if !take(name, bytes) {
                return;
            }
        }
    }

    /// Makes the key that belongs to an alias of AWS's own, unless another request has just done
    /// so.
    fn make_managed(&mut self, name: &AliasName, description: String) -> Result<Key, Error> {
        let mut writing = self.writing()?;
        let (here, now) = (writing.here().clone(), writing.now());
        match writing.alias(&here, name) {
            Err(Error::Kms(_)) => {}
            found => return found.map(|(_, key)| key),
        }
        let mut record = KeyRecord::new(KeySpec::SymmetricDefault, KeyUsage::EncryptDecrypt, now);
        record.manager = KeyManager::Aws;
        record.description = description;
        let mut key = Key {
            arn: writing.new_key_arn(false)?,
            record,
        };
        let material = writing.new_material(KeySpec::SymmetricDefault)?;
        writing.add_material(&mut key, &material, None)?;
        writing.put_key(&key)?;
        writing.put_alias(name, &AliasRecord::new(&key, now))?;
        Ok(key)
    }

    fn no_access(&self) -> Error {
        let user = self.caller.arn();
        message::no_access_to_other_account(&user, self.operation.name).into()
    }
}

fn read_key(arn: KeyArn, bytes: &Bytes) -> Result<Key, StoreError> {
    let record: KeyRecord = record::decode(&records::key(&arn), bytes)?;
    Ok(Key { arn, record })
}
