//! What an operation is given: the moment, the caller, the records it may read, and, if it asks,
//! the right to change them.

pub(crate) mod consistency;
#[cfg(test)]
mod consistency_tests;
mod lookup;
pub(crate) mod records;
mod writing;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::api::{KeyArn, KeyId, KeySpec, KeyState, KeyUsage, Location, key_state};
use crate::attestation::Trust;
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::crypto::{CryptoError, KeyMaterial, Random};
use crate::custom_key_store::XksCall;
use crate::error::{Code, Error, Internal, KmsError, message};
use crate::instance_secret::InstanceSecret;
use crate::journal::Service;
use crate::key::last_use::LastUse;
use crate::key::{Key, KeyReference};
use crate::kms::Kms;
use crate::quota::{Quotas, Resource};
use crate::store::{Changes, Receipt, StoreError};

pub(crate) use writing::Writing;

/// One request's view of the KMS.
pub(crate) struct Context<'k> {
    kms: &'k Kms,
    operation: Asked,
    caller: Caller,
    now: Timestamp,
    /// Empty for what happens by itself.
    request_id: &'k str,
    /// The key that the request was about, for the log.
    key: Option<KeyArn>,
    /// The keys with which the request does cryptography.
    used: Vec<KeyArn>,
    changes: Option<Changes<'k>>,
}

/// What an operation is called, and whether it works on keys of other accounts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) name: &'static str,
    pub(crate) cross_account: bool,
}

impl<'k> Context<'k> {
    pub(crate) fn new(kms: &'k Kms, operation: Asked, caller: Caller, now: Timestamp) -> Self {
        Self {
            kms,
            operation,
            caller,
            now,
            request_id: "",
            key: None,
            used: Vec::new(),
            changes: None,
        }
    }

    /// Is for the request of that id.
    pub(crate) fn of_request(mut self, request_id: &'k str) -> Self {
        self.request_id = request_id;
        self
    }

    /// What calls to proxies of key stores are made with. They take long: not to be used while
    /// holding the writer's place.
    pub(crate) fn ask(&self) -> XksCall<'_> {
        debug_assert!(self.changes.is_none(), "a call out of the writer's place");
        XksCall {
            proxies: &self.kms.proxies,
            region: self.here().region.as_str(),
            operation: self.operation.name,
            request_id: self.request_id,
            now: self.now,
        }
    }

    /// Whether there are, or were, external key stores.
    pub(crate) fn external_stores(&self) -> &'k AtomicBool {
        &self.kms.external_stores
    }

    /// The moment of the request: one and the same for all that it does.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// The account and Region of the request.
    pub(crate) fn here(&self) -> &Location {
        &self.caller.location
    }

    /// The ARN of who makes the request.
    pub(crate) fn caller_arn(&self) -> String {
        self.caller.arn()
    }

    /// What seals markers and tokens.
    pub(crate) fn instance_secret(&self) -> Arc<InstanceSecret> {
        self.kms.instance_secret()
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
        self.require_usable(&key)?;
        Ok(key)
    }

    /// Refuses a key that cannot do cryptography in its state, and notes the use of one that can.
    ///
    /// # Errors
    ///
    /// The state's exception.
    pub(crate) fn require_usable(&mut self, key: &Key) -> Result<(), KmsError> {
        if key.is_in_external_store() && key.record.state(self.now) == KeyState::Unavailable {
            let code = Code::KmsInvalidState;
            return Err(message::external_key_store_is_not_connected(code));
        }
        key.require_state(key_state::USABLE, self.now)?;
        self.used.push(key.arn.clone());
        Ok(())
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
            self.operation.name,
        ))
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
    /// Internal: the system has no randomness.
    pub(crate) fn new_material(&self, spec: KeySpec) -> Result<KeyMaterial, Error> {
        let material = self.kms.spares.material(spec, &self.kms.random);
        Ok(material.map_err(cannot_make)?)
    }

    /// The ARN of a new key of the caller's.
    ///
    /// # Errors
    ///
    /// As [`Self::new_material`].
    pub(crate) fn new_key_arn(&self, multi_region: bool) -> Result<KeyArn, Error> {
        let id = self.random().array().map_err(cannot_make)?;
        Ok(KeyArn {
            location: self.here().clone(),
            id: KeyId::generate(id, multi_region),
        })
    }

    /// The current secret of a key.
    ///
    /// # Errors
    ///
    /// Internal: the record is missing or damaged.
    pub(crate) fn material(&self, key: &Key) -> Result<Arc<KeyMaterial>, Error> {
        self.material_at(key, key.record.current().unwrap_or_default())
    }

    /// The secret of a key that stands at a place in its list of materials.
    ///
    /// # Errors
    ///
    /// As [`Self::material`].
    pub(crate) fn material_at(&self, key: &Key, place: usize) -> Result<Arc<KeyMaterial>, Error> {
        let name = records::material(&key.arn, place);
        let bytes = self.get(&name);
        self.kms.materials.read(key.record.spec, name, bytes)
    }

    /// Takes the writer's place. What is to be changed must be read after this, so that no
    /// other request's change is lost; slow work belongs before it.
    ///
    /// # Errors
    ///
    /// Internal, if the store takes no more writes.
    pub(crate) fn writing(&mut self) -> Result<Writing<'_, 'k>, Error> {
        if self.changes.is_none() {
            self.changes = Some(self.kms.store.begin()?);
        }
        Ok(Writing::new(self))
    }

    /// Ends the request: what it changed is kept if it succeeded.
    pub(crate) fn commit(self, succeeded: bool) -> Result<Receipt, Error> {
        match self.changes {
            Some(changes) if succeeded => {
                changes.each(|name, before| self.kms.lag.note(name, before, self.now));
                Ok(changes.commit()?)
            }
            _ => Ok(Receipt::settled()),
        }
    }

    /// Keeps what was changed, and shows it to nobody before it is on the disk.
    ///
    /// # Errors
    ///
    /// Internal, if the store takes no more writes.
    pub(crate) fn commit_first_to_disk(self) -> Result<(), Error> {
        match self.changes {
            Some(changes) => Ok(changes.commit_first_to_disk()?),
            None => Ok(()),
        }
    }

    /// The key that the request was about, if it was found.
    pub(crate) fn key_arn(&self) -> Option<&KeyArn> {
        self.key.as_ref()
    }

    /// The keys that the request was about, as far as they were found: the one that was named
    /// first.
    pub(crate) fn keys_seen(&self) -> Vec<KeyArn> {
        let mut keys: Vec<_> = self.key.iter().cloned().collect();
        for used in &self.used {
            if !keys.contains(used) {
                keys.push(used.clone());
            }
        }
        keys
    }

    /// Whether a name means one of some keys: an id, an ARN, or an alias.
    pub(crate) fn is_about(&self, keys: &[KeyArn], name: &str) -> bool {
        keys.iter()
            .any(|key| match KeyReference::parse(name, &key.location) {
                Ok(KeyReference::AliasName(alias) | KeyReference::AliasArn { name: alias, .. }) => {
                    let found = self.alias(&key.location, &alias);
                    found.is_ok_and(|(_, target)| target.arn == *key)
                }
                _ => key.id.as_str() == name || key.to_string() == name,
            })
    }

    /// The keys with which the request did cryptography, if it succeeded.
    pub(crate) fn take_used(&mut self) -> Vec<KeyArn> {
        std::mem::take(&mut self.used)
    }

    /// When a key was last used for cryptography.
    ///
    /// # Errors
    ///
    /// Internal: the record is damaged.
    pub(crate) fn last_use(&self, key: &Key) -> Result<Option<LastUse>, StoreError> {
        self.kms.last_uses.of(&self.kms.store, &key.arn)
    }

    /// Notes the key that the request is about, where it was not looked up by a reference.
    pub(crate) fn remember(&mut self, key: &Key) {
        self.key = Some(key.arn.clone());
    }

    /// Refuses one more of what there may be only so many of, if quotas are kept. Looks at nothing
    /// if they are not.
    ///
    /// # Errors
    ///
    /// `LimitExceededException`.
    pub(crate) fn require_room(&self, resource: Resource<'_>) -> Result<(), KmsError> {
        if self.kms.quotas == Quotas::None {
            return Ok(());
        }
        let (most, there_are) = (resource.most(), resource.count(&self.kms.store));
        if there_are < most {
            return Ok(());
        }
        Err(match resource {
            Resource::Keys(_) => message::too_many_keys(most, there_are),
            Resource::Aliases(_) => message::too_many_aliases(most, there_are),
            Resource::Grants(_) => message::too_many_grants(),
        })
    }

    /// Adds to the events what KMS does by itself to a key.
    pub(crate) fn note(&self, name: &'static str, key: &KeyArn, at: Timestamp) {
        if self.kms.journal.is_kept() {
            self.kms.journal.add(Service { name, key, at }.event());
        }
    }

    /// How long the changes take that are not done at once on AWS.
    pub(crate) fn transition_ends(&self) -> Timestamp {
        self.now.plus(self.kms.transition_time)
    }
}

fn cannot_make(error: CryptoError) -> Internal {
    Internal::new("make a key", error)
}
