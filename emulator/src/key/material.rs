//! Key material, decoded at its first use and kept: decoding costs as much as signing.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::KeySpec;
use crate::crypto::{CryptoError, KeyMaterial, SecretBytes};
use crate::error::{Error, Internal};
use crate::protocol::Blob;
use crate::store::{Bytes, StoreError, record};

/// The most decoded material that is kept, in units of [`KeyMaterial::cache_weight`].
const CAPACITY: u64 = 10_000;

/// About how many keys that is, most being small.
const KEYS: usize = 10_000;

/// What is stored of a key's secret.
#[derive(Serialize, Deserialize)]
struct MaterialRecord {
    secret: Blob,
}

/// The decoded material of the keys that were used last.
///
/// An entry remembers the bytes it was decoded from. It is used only as long as the store still
/// holds these, so nothing ever has to be told that a key has changed.
pub(crate) struct Materials(Cache<String, Entry, Kilobytes>);

type Entry = (Bytes, Arc<KeyMaterial>);

#[derive(Clone)]
struct Kilobytes;

impl Weighter<String, Entry> for Kilobytes {
    fn weight(&self, _: &String, (_, material): &Entry) -> u64 {
        material.cache_weight()
    }
}

impl Materials {
    pub(crate) fn new() -> Self {
        Self(Cache::with_weighter(KEYS, CAPACITY, Kilobytes))
    }

    /// The material of a spec from its record.
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
        let bytes = bytes.ok_or_else(|| StoreError::Record {
            name: name.clone(),
            cause: "it is missing".to_owned(),
        })?;
        if let Some((from, material)) = self.0.get(&name)
            && Arc::ptr_eq(&from, &bytes)
        {
            return Ok(material);
        }
        let secret = secret(&name, &bytes)?;
        let material = KeyMaterial::decode(spec, secret.expose())
            .map_err(|error| cannot("decode", &name, error))?;
        let material = Arc::new(material);
        self.0.insert(name, (bytes, Arc::clone(&material)));
        Ok(material)
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

/// The secret in a record that is written as JSON.
///
/// # Errors
///
/// What is wrong with it.
pub(crate) fn from_value(value: &Value) -> Result<SecretBytes, String> {
    let stored = MaterialRecord::deserialize(value).map_err(|error| error.to_string())?;
    Ok(SecretBytes::new(stored.secret.0))
}

/// A secret as a record.
pub(crate) fn to_record(name: &str, secret: &SecretBytes) -> Result<Vec<u8>, StoreError> {
    let stored = MaterialRecord {
        secret: Blob(secret.expose().to_vec()),
    };
    record::encode(name, &stored)
}

fn cannot(what: &str, name: &str, error: CryptoError) -> Error {
    Internal::new(format!("{what} the record {name}"), error).into()
}
