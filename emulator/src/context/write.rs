//! Storage of keys.

use super::{WriteContext, last_use, records};
use crate::api::KeyArn;
use crate::clock::Timestamp;
use crate::error::Error;
use crate::key::Key;
use crate::store::{StoreError, record};

impl WriteContext<'_, '_> {
    /// Stores a key, and schedules its future changes, such as its deletion.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn put_key(&mut self, key: &Key) -> Result<(), StoreError> {
        let name = records::key(&key.arn);
        let bytes = record::encode(&name, &*key.record)?;
        self.put(name, bytes);
        // Past dates were handled when they were due.
        let now = self.now();
        for date in key.record.due_dates().filter(|date| *date > now) {
            self.put(records::due(date, &key.arn), Vec::new());
        }
        Ok(())
    }

    /// Stores a key, and updates the properties that the keys of a multi-Region key share.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn put_key_set(&mut self, key: &Key) -> Result<(), StoreError> {
        self.put_key(key)?;
        for arn in key.siblings() {
            if let Some(mut sibling) = self.stored_key(&arn)? {
                sibling.record.copy_shared(&key.record);
                self.put_key(&sibling)?;
            }
        }
        Ok(())
    }

    /// Deletes a key and all records that belong to it.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn delete_key(&mut self, key: &Key) -> Result<(), Error> {
        let arn = &key.arn;
        self.delete_grants(arn)?;
        for date in key.record.due_dates() {
            self.unschedule(date, arn);
        }
        self.leave_store(key);
        for (index, entry) in key.record.materials.iter().enumerate() {
            self.delete_material(arn, index);
            if let Some(id) = &entry.id {
                self.delete(records::material_id(&arn.location.region, id));
            }
        }
        self.delete_aliases(arn);
        self.delete(last_use::name(arn));
        self.services().last_uses.remove(arn);
        self.delete(records::key(arn));
        Ok(())
    }

    /// Removes the scheduled change of a key at a date.
    pub(crate) fn unschedule(&mut self, date: Timestamp, arn: &KeyArn) {
        self.delete(records::due(date, arn));
    }

    /// Stores a record.
    pub(crate) fn put(&mut self, name: String, bytes: Vec<u8>) {
        self.lock.0.put(name, bytes);
    }

    /// Deletes a record.
    pub(crate) fn delete(&mut self, name: String) {
        self.lock.0.delete(name);
    }
}
