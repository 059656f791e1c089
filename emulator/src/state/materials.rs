//! Reads the secrets of a state file. Each is tried, which takes most of an import, so all processors share it.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::thread;

use serde_json::value::RawValue;

use super::StateError;
use super::reader::{Reader, arn, location, without_values};
use crate::api::{KeyArn, KeyMaterialId};
use crate::crypto::{KeyMaterial, SecretBytes};
use crate::key::material_cache;

/// The kind of the records of secrets.
pub(super) const KIND: &str = "material";

/// The number of secrets that are in memory at once.
const PART: usize = 4096;

/// A secret of a key.
struct Material {
    key: KeyArn,
    index: usize,
    id: Option<KeyMaterialId>,
    secret: SecretBytes,
}

/// Writes records of secrets to the scratch KMS, if all of them fit their keys.
pub(super) fn import(
    reader: &Reader<'_>,
    records: &[(&String, &&RawValue)],
) -> Result<(), StateError> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    for part in records.chunks(PART) {
        for ((name, _), material) in part.iter().zip(read(reader, part, threads)) {
            let written = material.and_then(|material| write(reader, &material));
            written.map_err(|message| StateError::in_record(name, &message))?;
        }
    }
    Ok(())
}

/// Reads records in several threads. The results have the order of the records.
fn read(
    reader: &Reader<'_>,
    records: &[(&String, &&RawValue)],
    threads: usize,
) -> Vec<Result<Material, String>> {
    let share = records.len().div_ceil(threads).max(1);
    let read = |records: &[(&String, &&RawValue)]| {
        let read = records.iter().map(|(name, value)| one(reader, name, value));
        read.collect::<Vec<_>>()
    };
    thread::scope(|scope| {
        let start = |share| {
            let thread = thread::Builder::new().spawn_scoped(scope, move || read(share));
            (share, thread)
        };
        let shares: Vec<_> = records.chunks(share).map(start).collect();
        // The system may have no thread left. Then this one reads the share.
        let results = shares.into_iter().map(|(share, thread)| match thread {
            Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            Err(_) => read(share),
        });
        results.flatten().collect()
    })
}

fn one(reader: &Reader<'_>, name: &str, value: &RawValue) -> Result<Material, String> {
    let path = name
        .strip_prefix(KIND)
        .and_then(|path| path.strip_prefix('/'));
    let (location, path) = path
        .and_then(location)
        .ok_or("expected an account and a Region in the name")?;
    let expected = "expected a key and an index in the name";
    let (id, index) = path.split_once('/').ok_or(expected)?;
    let index: usize = index.parse().map_err(|_| expected)?;
    let key = arn(location, id);
    let record = reader.key(&key)?;
    let entry = record.materials.get(index);
    let entry = entry.ok_or("the key has no material of that index")?;
    let secret = material_cache::from_json(value.get());
    let secret = secret.map_err(|error| without_values(&error))?;
    let decoded = KeyMaterial::decode(record.spec, secret.expose())
        .map_err(|_| format!("invalid material for a key of {}", record.spec.as_str()))?;
    let public_key = decoded.public_key().map_err(|error| error.to_string())?;
    if let Some(public_key) = public_key
        && record.public_key.as_ref().map(|key| &key.0) != Some(&public_key)
    {
        return Err("the material does not match the public key of the key".to_owned());
    }
    if entry
        .id
        .is_some_and(|id| id != KeyMaterialId::of(&key.id, &secret))
    {
        return Err("the material does not match its id in the key".to_owned());
    }
    Ok(Material {
        key,
        index,
        id: entry.id,
        secret,
    })
}

fn write(reader: &Reader<'_>, material: &Material) -> Result<(), String> {
    let Material {
        key,
        index,
        id,
        secret,
    } = material;
    reader.write(&key.location, |context| {
        Ok(context.put_material(key, *index, id.as_ref(), secret)?)
    })
}
