//! The whole state as one file that people can read: what keys, aliases, grants and the rest there
//! are, and how the clock stands.
//!
//! ```json
//! {
//!   "format": "simulated-kms-state",
//!   "version": 1,
//!   "clock": {"ahead": 604800000},
//!   "records": {
//!     "alias/000000000000/us-east-1/alias/orders": {"target": "1234abcd-…", …},
//!     "key/000000000000/us-east-1/1234abcd-…": {"spec": "SYMMETRIC_DEFAULT", …},
//!     "material/000000000000/us-east-1/1234abcd-…/0": {"secret": "…"},
//!     …
//!   }
//! }
//! ```
//!
//! Records are those of the store. What can be worked out from others, the indices, is left out,
//! and made anew on the way in; each record is read as what its name says it is, and every secret
//! is tried. So a file that was changed by hand is either a state or refused with a sentence, and
//! then nothing has changed. The file holds secrets, as the data folder does.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::alias::AliasRecord;
use crate::api::{AccountId, AliasName, KeyArn, KeyId, Location, Region};
use crate::auth::{Caller, Identity};
use crate::clock::{Setting, Timestamp};
use crate::context::last_use::{self, LastUse};
use crate::context::{OperationInfo, RequestState, Services, WriteContext, records};
use crate::crypto::KeyMaterial;
use crate::custom_key_store::{CustomKeyStore, StoreRecord};
use crate::error::Error;
use crate::grant::{Grant, GrantKey};
use crate::instance_secret;
use crate::key::material_cache;
use crate::key::{Key, KeyRecord};
use crate::kms::Kms;
use crate::store::{self, StoreError, record};

const FORMAT: &str = "simulated-kms-state";
const VERSION: u32 = 1;

/// Kinds of records, in the order in which they can be read: what others speak of comes first.
/// All other kinds are indices.
const KINDS: [&str; 9] = [
    "meta",
    "identity",
    "custom-key-store",
    "key",
    "material",
    "alias",
    "grant",
    "last-use",
    "agenda",
];

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StateFile {
    format: String,
    version: u32,
    clock: Setting,
    records: BTreeMap<String, Value>,
}

/// Why a state cannot be read or written, as one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateError(String);

impl fmt::Display for StateError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for StateError {}

impl From<StoreError> for StateError {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

impl Kms {
    /// The whole state, as a file.
    ///
    /// # Errors
    ///
    /// If a record is damaged: such a state cannot be brought elsewhere.
    pub fn export(&self) -> Result<String, StateError> {
        let snapshot = self.snapshot();
        let mut records = BTreeMap::new();
        for (name, bytes) in snapshot.records().iter() {
            let value = match name.split('/').next() {
                Some("meta") => STANDARD.encode(bytes).into(),
                Some("agenda") => Value::Null,
                Some(kind) if KINDS.contains(&kind) => record::decode(name, bytes)?,
                _ => continue,
            };
            records.insert(name.to_owned(), value);
        }
        let file = StateFile {
            format: FORMAT.to_owned(),
            version: VERSION,
            clock: snapshot.clock(),
            records,
        };
        let mut text =
            serde_json::to_string_pretty(&file).map_err(|error| StateError(error.to_string()))?;
        text.push('\n');
        Ok(text)
    }

    /// Puts a state in the place of all that there is. Events are forgotten; faults stay.
    ///
    /// # Errors
    ///
    /// What is wrong with the file; then nothing changes.
    pub fn import(&self, text: &str) -> Result<(), StateError> {
        let file: StateFile = serde_json::from_str(text)
            .map_err(|error| StateError(format!("not a state: {error}")))?;
        if file.format != FORMAT || file.version != VERSION {
            let found = format!("{} {}", file.format, file.version);
            return Err(StateError(format!(
                "not a state of {FORMAT} {VERSION}: {found}"
            )));
        }
        let records = read(&file.records)?;
        self.replace(&records)?;
        self.services.clock.change(|_| file.clock);
        Ok(())
    }
}

/// All records with their indices, made in a KMS that nobody else sees.
fn read(records: &BTreeMap<String, Value>) -> Result<store::Snapshot, StateError> {
    for name in records.keys() {
        if !KINDS.contains(&name.split('/').next().unwrap_or_default()) {
            return Err(wrong(name, "there are no such records"));
        }
    }
    let scratch = Kms::builder()
        .build_temporary()
        .map_err(|error| StateError(error.to_string()))?;
    let mut reader = Reader {
        services: &scratch.services,
        materials: BTreeSet::new(),
        keys: BTreeMap::new(),
    };
    for kind in KINDS {
        let prefix = format!("{kind}/");
        let of_kind = records.range(prefix.clone()..);
        for (name, value) in of_kind.take_while(|(name, _)| name.starts_with(&prefix)) {
            let path = name.strip_prefix(&prefix).unwrap_or_default();
            reader
                .take(kind, path, value)
                .map_err(|why| wrong(name, &why))?;
        }
    }
    reader.check_materials()?;
    Ok(scratch.snapshot().records().clone())
}

fn wrong(name: &str, why: &str) -> StateError {
    StateError(format!("records.{name}: {why}"))
}

struct Reader<'s> {
    services: &'s Services,
    /// The names of those that were read.
    materials: BTreeSet<String>,
    keys: BTreeMap<KeyArn, Key>,
}

impl Reader<'_> {
    /// Takes one record; the error says what is wrong with it.
    fn take(&mut self, kind: &str, path: &str, value: &Value) -> Result<(), String> {
        if kind == "meta" {
            let bytes = value.as_str().and_then(|text| STANDARD.decode(text).ok());
            let bytes = bytes.filter(|bytes| bytes.len() == 32 && path == "marker-key");
            let bytes = bytes.ok_or("not 32 bytes in base64, the marker-key")?;
            return self.write(&Location::default(), |context| {
                context.put(instance_secret::RECORD.to_owned(), bytes);
                Ok(())
            });
        }
        if kind == "identity" {
            let identity: Identity = parse(value)?;
            return self.write(&Location::default(), |context| {
                context.put_identity(path, &identity)?;
                Ok(())
            });
        }
        if kind == "agenda" {
            let name = format!("{}{path}", records::SCHEDULED);
            let (_, key) = records::parse_due(&name).ok_or("not a time and a key")?;
            self.key(&key)?;
            return self.write(&key.location, |context| {
                context.put(name, Vec::new());
                Ok(())
            });
        }
        let (location, rest) = location(path).ok_or("not an account and a Region")?;
        match kind {
            "key" => self.take_key(location, rest, parse(value)?),
            "material" => self.take_material(location, rest, value),
            "alias" => {
                let alias: AliasRecord = parse(value)?;
                let name = AliasName::new(rest);
                self.key(&alias.target(&location))?;
                self.write(&location, |context| {
                    Ok(context.put_alias(&location, &name, &alias)?)
                })
            }
            "grant" => {
                let (id, grant_id) = rest.split_once('/').ok_or("not a key and a grant")?;
                let key = arn(location, id);
                self.key(&key)?;
                let grant: Grant = parse(value)?;
                let location = key.location.clone();
                let id = grant_id.to_owned();
                let grant_key = GrantKey { key, id };
                self.write(&location, |context| context.put_grant(&grant_key, &grant))
            }
            "last-use" => {
                let key = arn(location, rest);
                self.key(&key)?;
                let last: LastUse = parse(value)?;
                let name = last_use::name(&key);
                self.write(&key.location, |context| {
                    let bytes = record::encode(&name, &last)?;
                    context.put(name, bytes);
                    Ok(())
                })
            }
            _ => {
                let store = CustomKeyStore {
                    id: rest.to_owned(),
                    record: parse::<StoreRecord>(value)?,
                };
                self.write(&location, |context| Ok(context.put_store(&store)?))
            }
        }
    }

    fn take_key(&mut self, location: Location, id: &str, record: KeyRecord) -> Result<(), String> {
        if !KeyId::new(id).is_well_formed() {
            return Err("not the id of a key".to_owned());
        }
        let key = Key {
            arn: arn(location, id),
            record,
        };
        let store = key.record.custom_key_store.clone();
        self.write(&key.arn.location, |context| {
            if let Some(store) = &store {
                context.custom_key_store(&store.store)?;
                context.join_store(&key.arn, store);
            }
            Ok(context.put_key(&key)?)
        })?;
        self.keys.insert(key.arn.clone(), key);
        Ok(())
    }

    fn take_material(
        &mut self,
        location: Location,
        path: &str,
        value: &Value,
    ) -> Result<(), String> {
        let (id, index) = path.split_once('/').ok_or("not a key and an index")?;
        let index: usize = index.parse().map_err(|_| "not a key and an index")?;
        let key = arn(location, id);
        let record = &self.key(&key)?.record;
        let entry = record.materials.get(index);
        let entry = entry.ok_or("its key has no material at that index")?;
        let secret = material_cache::from_value(value)?;
        let decoded = KeyMaterial::decode(record.spec, secret.expose())
            .map_err(|_| format!("not the material of a key of {}", record.spec.as_str()))?;
        let public_key = decoded.public_key().map_err(|error| error.to_string())?;
        if let (Some(told), Some(public_key)) = (&record.public_key, public_key)
            && told.0 != public_key
        {
            return Err("its public key is not that of the key".to_owned());
        }
        let (id, location) = (entry.id, key.location.clone());
        self.write(&location, |context| {
            Ok(context.put_material(&key, index, id.as_ref(), &secret)?)
        })?;
        self.materials.insert(records::material(&key, index));
        Ok(())
    }

    /// Refuses a key that says that it has material, and has none.
    fn check_materials(&self) -> Result<(), StateError> {
        for key in self.keys.values() {
            for (index, entry) in key.record.materials.iter().enumerate() {
                let name = records::material(&key.arn, index);
                if entry.present && !self.materials.contains(&name) {
                    return Err(wrong(&name, "it is missing"));
                }
            }
        }
        Ok(())
    }

    fn key(&self, arn: &KeyArn) -> Result<&Key, String> {
        let key = self.keys.get(arn);
        key.ok_or_else(|| format!("there is no key {arn}"))
    }

    fn write(
        &self,
        location: &Location,
        write: impl FnOnce(&mut WriteContext<'_, '_>) -> Result<(), Error>,
    ) -> Result<(), String> {
        let said = |error: Error| {
            error
                .message()
                .unwrap_or_else(|| error.wire_name().to_owned())
        };
        // At the beginning of time, so that everything is still to come.
        let beginning = Timestamp::from_millis(0);
        let caller = Caller::at(location.clone());
        let operation = OperationInfo::internal("import");
        let mut state = RequestState::new(self.services, operation, caller, beginning);
        write(&mut state.context().write().map_err(said)?).map_err(said)?;
        drop(state.commit(true).map_err(said)?);
        Ok(())
    }
}

fn parse<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    T::deserialize(value).map_err(|error| error.to_string())
}

/// `000000000000/us-east-1/…`
fn location(path: &str) -> Option<(Location, &str)> {
    let (account, rest) = path.split_once('/')?;
    let (region, rest) = rest.split_once('/')?;
    let account = AccountId::parse(account)?;
    let region = Region::parse(region)?;
    Some((Location { account, region }, rest))
}

fn arn(location: Location, id: &str) -> KeyArn {
    KeyArn {
        location,
        id: KeyId::new(id),
    }
}

#[cfg(test)]
mod tests;
