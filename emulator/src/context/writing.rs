//! What a request may change.

use std::ops::{Deref, DerefMut};

use super::lookup::MaterialOwner;
use super::{Context, cannot_make, records};
use crate::alias::AliasRecord;
use crate::api::{AliasName, KeyArn, KeyMaterialId, KeySpec, Location, Origin};
use crate::clock::Timestamp;
use crate::crypto::{KeyMaterial, SecretBytes};
use crate::error::Error;
use crate::key::{Key, MaterialEntry, RotationEvent, last_use, material_cache};
use crate::protocol::Blob;
use crate::store::{StoreError, record};

/// A [`Context`] that holds the writer's place, and may change records.
pub(crate) struct Writing<'c, 'k>(&'c mut Context<'k>);

impl<'c, 'k> Writing<'c, 'k> {
    /// Of a context that holds the writer's place.
    pub(super) fn new(context: &'c mut Context<'k>) -> Self {
        Self(context)
    }
}

impl Writing<'_, '_> {
    /// Puts a key's record, and on the agenda what will happen to it by itself.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn put_key(&mut self, key: &Key) -> Result<(), StoreError> {
        let name = records::key(&key.arn);
        let bytes = record::encode(&name, &key.record)?;
        self.put(name, bytes);
        // What lies in the past was done, or passed over, when it was due.
        let now = self.now();
        for date in key.record.due_dates().filter(|date| *date > now) {
            self.put(records::due(date, &key.arn), Vec::new());
        }
        Ok(())
    }

    /// Puts a key's record, and into those of the same multi-Region key what they share.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn put_key_set(&mut self, key: &Key) -> Result<(), StoreError> {
        self.put_key(key)?;
        for arn in key.siblings() {
            if let Some(mut sibling) = self.stored_key(&arn)? {
                sibling.record.follow(&key.record);
                self.put_key(&sibling)?;
            }
        }
        Ok(())
    }

    /// Gives a key new material, which is its current one from now on. The caller puts the key.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn add_material(
        &mut self,
        key: &mut Key,
        material: &KeyMaterial,
        rotation: Option<RotationEvent>,
    ) -> Result<(), Error> {
        let secret = material.encode().map_err(cannot_make)?;
        let public_key = material.public_key().map_err(cannot_make)?;
        key.record.public_key = public_key.map(Blob);
        let id = (key.record.spec == KeySpec::SymmetricDefault)
            .then(|| KeyMaterialId::of(key.id(), &secret));
        let place = key.record.materials.len();
        key.record.materials.push(MaterialEntry::new(id, rotation));
        self.put_material(&key.arn, place, id.as_ref(), &secret)?;
        if key.record.origin != Origin::External {
            for sibling in key.siblings() {
                self.put_material(&sibling, place, id.as_ref(), &secret)?;
            }
        }
        Ok(())
    }

    /// Puts the secret at a place in a key's list of materials.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn put_material(
        &mut self,
        arn: &KeyArn,
        place: usize,
        id: Option<&KeyMaterialId>,
        secret: &SecretBytes,
    ) -> Result<(), StoreError> {
        let name = records::material(arn, place);
        let bytes = material_cache::to_record(&name, secret)?;
        self.put(name, bytes);
        if let Some(id) = id {
            let name = records::material_id(&arn.location.region, id);
            let owner = MaterialOwner {
                account: arn.location.account.clone(),
                key: arn.id.to_string(),
            };
            let bytes = record::encode(&name, &owner)?;
            self.put(name, bytes);
        }
        Ok(())
    }

    /// Copies the materials of a key to a replica.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn copy_materials(&mut self, from: &Key, to: &KeyArn) -> Result<(), Error> {
        for (place, entry) in from.record.materials.iter().enumerate() {
            let name = records::material(&from.arn, place);
            let Some(bytes) = self.get(&name) else {
                continue;
            };
            let secret = material_cache::secret(&name, &bytes)?;
            self.put_material(to, place, entry.id.as_ref(), &secret)?;
        }
        Ok(())
    }

    /// Takes away the secret at a place in a key's list of materials.
    pub(crate) fn delete_material(&mut self, arn: &KeyArn, place: usize) {
        self.delete(records::material(arn, place));
    }

    /// Puts an alias of the caller's in the place of the one of that name, if there was one.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn put_alias(
        &mut self,
        name: &AliasName,
        alias: &AliasRecord,
    ) -> Result<(), StoreError> {
        let here = self.here().clone();
        self.put_alias_in(&here, name, alias)
    }

    /// As [`Self::put_alias`], in any account and Region.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn put_alias_in(
        &mut self,
        location: &Location,
        name: &AliasName,
        alias: &AliasRecord,
    ) -> Result<(), StoreError> {
        if let Some(before) = self.alias_record(location, name)? {
            self.delete(records::alias_of(&before.target(location), name));
        }
        let record_name = records::alias(location, name);
        let bytes = record::encode(&record_name, alias)?;
        self.put(record_name, bytes);
        self.put(records::alias_of(&alias.target(location), name), Vec::new());
        Ok(())
    }

    /// Takes away an alias of the caller's.
    pub(crate) fn delete_alias(&mut self, name: &AliasName, alias: &AliasRecord) {
        let here = self.here().clone();
        self.delete(records::alias_of(&alias.target(&here), name));
        self.delete(records::alias(&here, name));
    }

    /// Takes away all that is stored of a key.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn delete_key(&mut self, key: &Key) -> Result<(), Error> {
        let arn = &key.arn;
        self.delete_grants(arn)?;
        for date in key.record.due_dates() {
            self.strike_off(date, arn);
        }
        self.leave_store(key);
        for (place, entry) in key.record.materials.iter().enumerate() {
            self.delete_material(arn, place);
            if let Some(id) = &entry.id {
                self.delete(records::material_id(&arn.location.region, id));
            }
        }
        let prefix = records::aliases_of(arn);
        for name in self.names(&prefix) {
            self.delete(records::alias(
                &arn.location,
                &AliasName::new(name.as_str()),
            ));
            self.delete(format!("{prefix}{name}"));
        }
        self.delete(last_use::name(arn));
        self.kms.last_uses.forget(arn);
        self.delete(records::key(arn));
        Ok(())
    }

    /// What was due at that moment is done.
    pub(crate) fn strike_off(&mut self, date: Timestamp, arn: &KeyArn) {
        self.delete(records::due(date, arn));
    }

    /// All names below a prefix, without it.
    pub(crate) fn names(&self, prefix: &str) -> Vec<String> {
        let mut names = Vec::new();
        self.scan(prefix, None, |name, _| {
            names.push(name.to_owned());
            true
        });
        names
    }

    pub(crate) fn put(&mut self, name: String, bytes: Vec<u8>) {
        if let Some(changes) = &mut self.0.changes {
            changes.put(name, bytes);
        }
    }

    pub(crate) fn delete(&mut self, name: String) {
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
