//! Lookup and changes of key material.

use std::sync::Arc;

use super::records::IndexedKey;
use super::request::cannot_generate;
use super::{Lock, RequestContext, WriteContext, records};
use crate::api::{KeyArn, KeyMaterialId, KeySpec, Origin};
use crate::crypto::{KeyMaterial, SecretBytes};
use crate::error::Error;
use crate::key::{Key, MaterialEntry, RotationEvent, material_cache};
use crate::protocol::Blob;
use crate::store::{StoreError, record};

impl<L: Lock> RequestContext<'_, '_, L> {
    /// The current material of a key.
    ///
    /// # Errors
    ///
    /// Internal: the record is missing or damaged.
    pub(crate) fn material(&self, key: &Key) -> Result<Arc<KeyMaterial>, Error> {
        self.material_at(key, key.record.current().unwrap_or_default())
    }

    /// The material of a key at an index of its list.
    ///
    /// # Errors
    ///
    /// As [`Self::material`].
    pub(crate) fn material_at(&self, key: &Key, index: usize) -> Result<Arc<KeyMaterial>, Error> {
        let name = records::material(&key.arn, index);
        let bytes = self.get(&name);
        let materials = &self.services().materials;
        materials.read(key.record.spec, name, bytes)
    }

    /// The key with the material of that id, in any account of this Region, and the index of the
    /// material in its list.
    ///
    /// # Errors
    ///
    /// Internal: a record is damaged.
    pub(crate) fn key_of_material(
        &self,
        id: &KeyMaterialId,
    ) -> Result<Option<(Key, usize)>, Error> {
        let region = &self.location().region;
        let name = records::material_id(region, id);
        let Some(bytes) = self.get(&name) else {
            return Ok(None);
        };
        let owner = self.services().decoded.owners.read(&name, &bytes)?;
        let key = self.find_key(&owner.arn(region))?;
        Ok(key.and_then(|key| {
            let index = key.record.material_index(id)?;
            Some((key, index))
        }))
    }
}

impl WriteContext<'_, '_> {
    /// Gives a key new material and makes it the current one. The caller stores the key. The decoded material
    /// is kept for its first use.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn add_material(
        &mut self,
        key: &mut Key,
        material: KeyMaterial,
        rotation: Option<RotationEvent>,
    ) -> Result<(), Error> {
        let secret = material.encode().map_err(cannot_generate)?;
        let public_key = material.public_key().map_err(cannot_generate)?;
        key.record.public_key = public_key.map(Blob);
        let id = (key.record.spec == KeySpec::SymmetricDefault)
            .then(|| KeyMaterialId::of(key.id(), &secret));
        let index = key.record.materials.len();
        key.record.materials.push(MaterialEntry::new(id, rotation));
        self.put_material(&key.arn, index, id.as_ref(), &secret)?;
        let name = records::material(&key.arn, index);
        if let Some(bytes) = self.get(&name) {
            self.services().materials.keep(name, bytes, material);
        }
        if key.record.origin != Origin::External {
            for sibling in key.siblings() {
                self.put_material(&sibling, index, id.as_ref(), &secret)?;
            }
        }
        Ok(())
    }

    /// Stores the material of a key at an index of its list.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn put_material(
        &mut self,
        arn: &KeyArn,
        index: usize,
        id: Option<&KeyMaterialId>,
        secret: &SecretBytes,
    ) -> Result<(), StoreError> {
        let name = records::material(arn, index);
        let bytes = material_cache::to_record(&name, secret)?;
        self.put(name, bytes);
        if let Some(id) = id {
            let name = records::material_id(&arn.location.region, id);
            let bytes = record::encode(&name, &IndexedKey::new(arn))?;
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
        for (index, entry) in from.record.materials.iter().enumerate() {
            let name = records::material(&from.arn, index);
            let Some(bytes) = self.get(&name) else {
                continue;
            };
            let secret = material_cache::secret(&name, &bytes)?;
            self.put_material(to, index, entry.id.as_ref(), &secret)?;
        }
        Ok(())
    }

    /// Deletes the material of a key at an index of its list, and its id.
    pub(crate) fn forget_material(
        &mut self,
        arn: &KeyArn,
        index: usize,
        id: Option<&KeyMaterialId>,
    ) {
        self.delete_material(arn, index);
        if let Some(id) = id {
            self.delete(records::material_id(&arn.location.region, id));
        }
    }

    /// Deletes the material of a key at an index of its list.
    pub(crate) fn delete_material(&mut self, arn: &KeyArn, index: usize) {
        self.delete(records::material(arn, index));
    }
}
