//! Key material, decoded at its first use and kept: decoding costs as much as signing.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};

use super::Key;
use crate::crypto::{CryptoError, KeyMaterial, SecretBytes};
use crate::error::{Error, Internal};
use crate::protocol::Blob;
use crate::store::{Bytes, Store, StoreError, record};

/// How much is kept decoded, in kilobytes, as [`KeyMaterial::kilobytes`] counts them.
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
        material.kilobytes()
    }
}

impl Materials {
    pub(crate) fn new() -> Self {
        Self(Cache::with_weighter(KEYS, CAPACITY, Kilobytes))
    }

    /// The material of a key.
    ///
    /// # Errors
    ///
    /// Internal: the record is missing or damaged.
    pub(crate) fn get(&self, store: &Store, key: &Key) -> Result<Arc<KeyMaterial>, Error> {
        let name = name(key);
        let bytes = store.get(&name).ok_or_else(|| StoreError::Record {
            name: name.clone(),
            cause: "it is missing".to_owned(),
        })?;
        if let Some((from, material)) = self.0.get(&name)
            && Arc::ptr_eq(&from, &bytes)
        {
            return Ok(material);
        }
        let stored: MaterialRecord = record::decode(&name, &bytes)?;
        let secret = SecretBytes::new(stored.secret.0);
        let material = KeyMaterial::decode(key.record.spec, secret.expose())
            .map_err(|error| cannot("decode", &name, error))?;
        let material = Arc::new(material);
        self.0.insert(name, (bytes, Arc::clone(&material)));
        Ok(material)
    }
}

/// A key's material as a record, and the record's name.
pub(crate) fn to_record(key: &Key, secret: &SecretBytes) -> Result<(String, Vec<u8>), StoreError> {
    let name = name(key);
    let stored = MaterialRecord {
        secret: Blob(secret.expose().to_vec()),
    };
    let bytes = record::encode(&name, &stored)?;
    Ok((name, bytes))
}

fn name(key: &Key) -> String {
    format!("material/{}/{}", key.arn.location, key.id())
}

fn cannot(what: &str, name: &str, error: CryptoError) -> Error {
    Internal::new(format!("{what} the record {name}"), error).into()
}
