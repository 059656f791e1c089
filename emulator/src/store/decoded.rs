//! A cache of decoded records.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::de::DeserializeOwned;

use super::{Bytes, Store, StoreError, record};

/// The capacity in KiB of encoded records.
const CAPACITY: u64 = 8 * 1024;

/// The estimated number of entries. Most records are small.
const ESTIMATED_RECORDS: usize = 8 * 1024;

/// The values of recently read records of one type.
///
/// An entry includes the bytes of its record and is valid only while the store has the same bytes, so
/// the cache needs no invalidation. It does not read the store itself, so each read is still noted.
pub(crate) struct Decoded<T>(Cache<String, Entry<T>, Kilobytes>);

type Entry<T> = (Bytes, Arc<T>);

#[derive(Clone)]
struct Kilobytes;

impl<T> Weighter<String, Entry<T>> for Kilobytes {
    fn weight(&self, _: &String, (bytes, _): &Entry<T>) -> u64 {
        bytes.len() as u64 / 1024 + 1
    }
}

impl<T> Default for Decoded<T> {
    fn default() -> Self {
        Self(Cache::with_weighter(ESTIMATED_RECORDS, CAPACITY, Kilobytes))
    }
}

impl<T: DeserializeOwned> Decoded<T> {
    /// The value of a record of a store.
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub(crate) fn find(&self, store: &Store, name: &str) -> Result<Option<Arc<T>>, StoreError> {
        let bytes = store.get(name);
        bytes.map(|bytes| self.read(name, &bytes)).transpose()
    }

    /// The value of a record with these bytes.
    ///
    /// # Errors
    ///
    /// The bytes are damaged, or of a later version.
    pub(crate) fn read(&self, name: &str, bytes: &Bytes) -> Result<Arc<T>, StoreError> {
        if let Some((from, value)) = self.0.get(name)
            && Arc::ptr_eq(&from, bytes)
        {
            return Ok(value);
        }
        let value = Arc::new(record::decode(name, bytes)?);
        let entry = (Arc::clone(bytes), Arc::clone(&value));
        self.0.insert(name.to_owned(), entry);
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_record_is_decoded_again_and_a_damaged_one_is_an_error() {
        let decoded = Decoded::<u32>::default();
        let bytes = |number: u32| Bytes::from(record::encode("r", &number).unwrap());
        let (one, two) = (bytes(1), bytes(2));
        let first = decoded.read("r", &one).unwrap();
        assert!(Arc::ptr_eq(&first, &decoded.read("r", &one).unwrap()));
        assert_eq!(*decoded.read("r", &two).unwrap(), 2);
        // As after a snapshot is restored.
        assert_eq!(*decoded.read("r", &one).unwrap(), 1);
        let damaged = Bytes::from(&one[..one.len() - 1]);
        assert!(decoded.read("r", &damaged).is_err());
    }
}
