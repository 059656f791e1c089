//! Lookup of keys.

use super::{Context, Lock, RequestContext, WriteContext, records};
use crate::alias::AliasRecord;
use crate::api::{AliasName, KeyArn, KeyId, KeyManager, KeySpec, KeyUsage, Location};
use crate::error::{Error, message};
use crate::key::{Key, KeyRecord, KeyReference, managed};
use crate::store::{Bytes, StoreError, record};

impl Context<'_, '_> {
    /// Resolves a reference: a key id, an alias, or an ARN of either. An AWS managed key is created
    /// when its alias is first used.
    ///
    /// # Errors
    ///
    /// The lookup errors of KMS, and `AccessDeniedException` for a key of another account that does
    /// not exist or that the operation cannot use.
    pub(crate) fn key(&mut self, reference: &str) -> Result<Key, Error> {
        let parsed = KeyReference::parse(reference, self.location())?;
        let (KeyReference::AliasName(name) | KeyReference::AliasArn { name, .. }) = &parsed else {
            return self.key_by_id_or_arn(reference);
        };
        let owner = self.owner(&parsed)?;
        let found = match self.alias(&owner, name) {
            Err(Error::Kms(error)) => match managed::description(name) {
                Some(description) if owner == *self.location() => {
                    self.create_managed(name, description)
                }
                _ => Err(error.into()),
            },
            found => found.map(|(_, key)| key),
        };
        self.accept(found, &owner)
    }

    /// Resolves the key of a cryptographic operation. Checks its usage, then its state, as KMS
    /// does.
    ///
    /// # Errors
    ///
    /// As [`Self::key`], then `InvalidKeyUsageException`, then the exception of the state.
    pub(crate) fn key_for(&mut self, reference: &str, usage: KeyUsage) -> Result<Key, Error> {
        let key = self.key(reference)?;
        self.require_usage(&key, usage)?;
        self.require_usable(&key)?;
        Ok(key)
    }

    /// Creates the AWS managed key of an alias, unless another request has just done so. The key is
    /// kept only if the request succeeds, so the request holds the write lock from here on.
    fn create_managed(&mut self, name: &AliasName, description: String) -> Result<Key, Error> {
        self.lock()?.put_managed(name, description)
    }
}

impl WriteContext<'_, '_> {
    fn put_managed(&mut self, name: &AliasName, description: String) -> Result<Key, Error> {
        let location = self.location().clone();
        match self.alias(&location, name) {
            Err(Error::Kms(_)) => {}
            found => return found.map(|(_, key)| key),
        }
        let now = self.now();
        let mut record = KeyRecord::new(KeySpec::SymmetricDefault, KeyUsage::EncryptDecrypt, now);
        record.manager = KeyManager::Aws;
        record.description = description;
        record.policy = managed::policy(name, &location);
        let mut key = Key {
            arn: self.new_key_arn(false)?,
            record: record.into(),
        };
        let material = self.new_material(KeySpec::SymmetricDefault)?;
        self.add_material(&mut key, material, None)?;
        self.put_key(&key)?;
        self.put_alias(&location, name, &AliasRecord::new(&key, now))?;
        Ok(key)
    }
}

impl<L: Lock> RequestContext<'_, '_, L> {
    /// Resolves a key id or key ARN, for operations that accept no aliases.
    ///
    /// # Errors
    ///
    /// As [`Context::key`], and `InvalidArnException` for an alias, whether it exists or not.
    pub(crate) fn key_by_id_or_arn(&mut self, reference: &str) -> Result<Key, Error> {
        let location = self.location().clone();
        let parsed = KeyReference::parse(reference, &location)?;
        let (KeyReference::KeyId(id) | KeyReference::KeyArn { id, .. }) = &parsed else {
            return Err(message::aliases_are_not_supported().into());
        };
        let owner = self.owner(&parsed)?;
        let arn = KeyArn {
            location: owner.clone(),
            id: KeyId::new(*id),
        };
        let key = self.find_key(&arn)?;
        let found = key.ok_or_else(|| Error::from(parsed.not_found(id, &location)));
        self.accept(found, &owner)
    }

    /// The key of a reference of any kind, without any check of the caller.
    ///
    /// # Errors
    ///
    /// The lookup errors of KMS.
    pub(super) fn named_key(&self, reference: &str) -> Result<Key, Error> {
        let parsed = KeyReference::parse(reference, self.location())?;
        let owner = parsed
            .owner(self.location())
            .ok_or_else(|| self.no_access())?;
        match &parsed {
            KeyReference::AliasName(name) | KeyReference::AliasArn { name, .. } => {
                Ok(self.alias(&owner, name)?.1)
            }
            KeyReference::KeyId(id) | KeyReference::KeyArn { id, .. } => {
                let arn = KeyArn {
                    location: owner.clone(),
                    id: KeyId::new(*id),
                };
                let key = self.find_key(&arn)?;
                Ok(key.ok_or_else(|| parsed.not_found(id, &owner))?)
            }
        }
    }

    /// The key that a reference names, if it exists and only for a question about permissions.
    pub(crate) fn arn_of(&self, reference: &str) -> Option<KeyArn> {
        if self.details.question.is_none() && self.details.unasked.is_none() {
            return None;
        }
        Some(self.named_key(reference).ok()?.arn)
    }

    /// The account and Region of a reference. Fails if the operation cannot use keys of that
    /// account.
    fn owner(&mut self, reference: &KeyReference<'_>) -> Result<Location, Error> {
        let Some(owner) = reference.owner(self.location()) else {
            return Err(self.no_access());
        };
        if owner == *self.location() || self.details.operation.action.cross_account {
            return Ok(owner);
        }
        Err(self.refuse_unknown(&owner))
    }

    /// Checks that the operation can use a key, and that the caller may. Sets it as the subject of the
    /// request.
    fn accept(&mut self, found: Result<Key, Error>, owner: &Location) -> Result<Key, Error> {
        let key = match found {
            Err(Error::Kms(_)) if owner != self.location() => {
                return Err(self.refuse_unknown(owner));
            }
            found => found?,
        };
        let operation = self.details.operation;
        if key.record.manager == KeyManager::Aws && !operation.on_aws_managed_keys {
            let user = self.caller_arn();
            return Err(message::not_for_customers(&user, operation.name, &key.arn).into());
        }
        self.set_subject_key(&key);
        self.authorize(&key)?;
        Ok(key)
    }

    pub(super) fn no_access(&self) -> Error {
        let user = self.caller_arn();
        message::no_access_to_other_account(&user, self.details.operation.name).into()
    }

    /// The key with that ARN, unless it is deleted. Applies its due changes first.
    ///
    /// # Errors
    ///
    /// Internal: its record is damaged, or the store rejects writes.
    pub(crate) fn find_key(&self, arn: &KeyArn) -> Result<Option<Key>, Error> {
        let mut key = self.stored_key(arn)?;
        if let Some(found) = &key
            && self.settle(found)?
        {
            key = self.stored_key(arn)?;
        }
        Ok(key.filter(|key| !key.record.is_deleted(self.now())))
    }

    /// Whether a key exists. Leaves its due changes for later.
    ///
    /// # Errors
    ///
    /// Internal: its record is damaged.
    pub(super) fn key_exists(&self, arn: &KeyArn) -> Result<bool, StoreError> {
        let bytes = self.get(&records::key(arn));
        let exists = bytes.map(|bytes| Ok(!self.is_deleted(|| arn.clone(), &bytes)?));
        exists.unwrap_or(Ok(false))
    }

    /// Whether a stored key is deleted. Decodes the record only if it has a deletion.
    fn is_deleted(&self, arn: impl FnOnce() -> KeyArn, bytes: &Bytes) -> Result<bool, StoreError> {
        if record::intact(bytes).is_some_and(|json| !KeyRecord::has_deletion(json)) {
            return Ok(false);
        }
        Ok(read_key(arn(), bytes)?.record.is_deleted(self.now()))
    }

    /// The stored key with that ARN, even if changes of it are due.
    ///
    /// # Errors
    ///
    /// Internal: its record is damaged.
    pub(crate) fn stored_key(&self, arn: &KeyArn) -> Result<Option<Key>, StoreError> {
        let name = records::key(arn);
        let Some(bytes) = self.get(&name) else {
            return Ok(None);
        };
        let mut key = Key {
            arn: arn.clone(),
            record: self.services().decoded.keys.read(&name, &bytes)?.into(),
        };
        self.load_store_state(&mut key)?;
        Ok(Some(key))
    }

    /// Calls `take` for the ids of the keys of this account and Region, sorted, after the given id,
    /// until it returns `false`. Skips deleted keys.
    pub(crate) fn key_ids(
        &self,
        after: Option<&str>,
        mut take: impl FnMut(&str) -> bool,
    ) -> Result<(), Error> {
        let prefix = records::keys(self.location());
        let mut result = Ok(());
        self.scan(&prefix, after, |id, bytes| {
            let arn = || KeyArn {
                location: self.location().clone(),
                id: KeyId::new(id),
            };
            match self.is_deleted(arn, bytes) {
                Ok(true) => true,
                Ok(false) => take(id),
                Err(error) => {
                    result = Err(error.into());
                    false
                }
            }
        });
        result
    }

    /// Whether `name`, an id, an ARN or an alias, refers to one of the given keys.
    pub(super) fn is_about(&self, keys: &[KeyArn], name: &str) -> bool {
        keys.iter()
            .any(|key| match KeyReference::parse(name, &key.location) {
                Ok(KeyReference::AliasName(alias) | KeyReference::AliasArn { name: alias, .. }) => {
                    let found = self.alias(&key.location, &alias);
                    found.is_ok_and(|(_, target)| target.arn == *key)
                }
                _ => key.id.as_str() == name || key.to_string() == name,
            })
    }
}

fn read_key(arn: KeyArn, bytes: &Bytes) -> Result<Key, StoreError> {
    let record: KeyRecord = record::decode(&records::key(&arn), bytes)?;
    Ok(Key {
        arn,
        record: record.into(),
    })
}
