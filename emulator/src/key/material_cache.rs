//! A cache of decoded key material, because decoding takes as long as signing.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};

use crate::api::KeySpec;
use crate::crypto::{CryptoError, KeyMaterial, SecretBytes};
use crate::error::{Error, Internal};
use crate::protocol::Blob;
use crate::store::{Bytes, StoreError, record};

/// The capacity, in units of [`KeyMaterial::cache_weight`].
const CAPACITY: u64 = 10_000;

/// The estimated number of entries. Most keys are small.
const ESTIMATED_KEYS: usize = 10_000;

/// The record of a key's secret.
#[derive(Serialize, Deserialize)]
struct MaterialRecord {
    secret: Blob,
}

/// The decoded material of recently used keys.
///
/// An entry includes the bytes of its record and is valid only while the store has the same bytes, so
/// the cache needs no invalidation.
pub(crate) struct MaterialCache(Cache<String, Entry, Kilobytes>);

type Entry = (Bytes, Arc<KeyMaterial>);

#[derive(Clone)]
struct Kilobytes;

impl Weighter<String, Entry> for Kilobytes {
    fn weight(&self, _: &String, (_, material): &Entry) -> u64 {
        material.cache_weight()
    }
}

impl MaterialCache {
    pub(crate) fn new() -> Self {
        Self(Cache::with_weighter(ESTIMATED_KEYS, CAPACITY, Kilobytes))
    }

    /// The material in a record.
    ///
    /// # Errors
    ///
    /// Internal: the record is missing or damaged.
    pub(crate) fn read(
        &self,
        spec: KeySpec,
        name: String,
        bytes: Option<Bytes>,
    ) -> Result<Arc<KeyMaterial>, Error> {
        let bytes = bytes.ok_or_else(|| StoreError::record(&name, "it is missing"))?;
        if let Some((from, material)) = self.0.get(&name)
            && Arc::ptr_eq(&from, &bytes)
        {
            return Ok(material);
        }
        let secret = secret(&name, &bytes)?;
        let material = KeyMaterial::decode(spec, secret.expose())
            .map_err(|error| cannot("decode", &name, error))?;
        Ok(self.keep(name, bytes, material))
    }

    /// Keeps the material in a record for the next [`Self::read`].
    pub(crate) fn keep(
        &self,
        name: String,
        bytes: Bytes,
        material: KeyMaterial,
    ) -> Arc<KeyMaterial> {
        let material = Arc::new(material);
        self.0.insert(name, (bytes, Arc::clone(&material)));
        material
    }
}

/// The secret in a record.
///
/// # Errors
///
/// The record is damaged.
pub(crate) fn secret(name: &str, bytes: &Bytes) -> Result<SecretBytes, StoreError> {
    let stored: MaterialRecord = record::decode(name, bytes)?;
    Ok(SecretBytes::new(stored.secret.0))
}

/// The secret in the JSON of a record.
///
/// # Errors
///
/// The JSON is not a record of a secret.
pub(crate) fn from_json(text: &str) -> Result<SecretBytes, String> {
    let stored: MaterialRecord = serde_json::from_str(text).map_err(|error| error.to_string())?;
    Ok(SecretBytes::new(stored.secret.0))
}

/// The record of a secret.
pub(crate) fn to_record(name: &str, secret: &SecretBytes) -> Result<Vec<u8>, StoreError> {
    let stored = MaterialRecord {
        secret: Blob(secret.expose().to_vec()),
    };
    record::encode(name, &stored)
}

fn cannot(what: &str, name: &str, error: CryptoError) -> Error {
    Internal::new(format!("{what} the record {name}"), error).into()
}
