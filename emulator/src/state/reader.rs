//! Reads the records of a state file.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::SCHEDULED;
use crate::alias::AliasRecord;
use crate::api::{AccountId, AliasName, KeyArn, KeyId, KeySpec, Location, Region};
use crate::auth::{Account, Caller, Identity, ManagedPolicyRecord, Principal};
use crate::clock::Timestamp;
use crate::context::last_use::{self, LastUse};
use crate::context::{OperationInfo, RequestState, Services, WriteContext, records};
use crate::custom_key_store::{CustomKeyStore, StoreRecord};
use crate::error::Error;
use crate::grant::{Grant, GrantKey};
use crate::iam::{Policy, PrincipalArn};
use crate::instance_secret;
use crate::key::{Key, KeyRecord, MaterialEntry};
use crate::store::record;

/// Reads records one by one into a scratch KMS.
pub(super) struct Reader<'s> {
    services: &'s Services,
    records: &'s BTreeMap<String, &'s RawValue>,
    /// The first material that a key lists and the file lacks.
    missing: Option<String>,
}

impl<'s> Reader<'s> {
    pub(super) fn new(services: &'s Services, records: &'s BTreeMap<String, &'s RawValue>) -> Self {
        Self {
            services,
            records,
            missing: None,
        }
    }

    /// The name of the first record that another one needs and the file lacks.
    pub(super) fn missing(self) -> Option<String> {
        self.missing
    }

    /// Writes a record to the scratch KMS. The error is the reason why the record is invalid.
    pub(super) fn import(
        &mut self,
        kind: &str,
        path: &str,
        value: &RawValue,
    ) -> Result<(), String> {
        if kind == "meta" {
            let text = parse::<String>(value).ok();
            let bytes = text.and_then(|text| STANDARD.decode(text).ok());
            let bytes = bytes.filter(|bytes| bytes.len() == 32 && path == "marker-key");
            let bytes = bytes.ok_or("expected 32 bytes in base64, named marker-key")?;
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
        if matches!(kind, "account" | "managed-policy" | "principal") {
            return self.import_principal(kind, path, value);
        }
        if kind == SCHEDULED {
            let name = format!("{}{path}", records::SCHEDULED);
            let (_, key) =
                records::parse_due(&name).ok_or("expected a time and a key in the name")?;
            self.require(&key)?;
            return self.write(&key.location, |context| {
                context.put(name, Vec::new());
                Ok(())
            });
        }
        let (location, rest) =
            location(path).ok_or("expected an account and a Region in the name")?;
        match kind {
            "key" => self.import_key(location, rest, parse(value)?),
            "alias" => {
                let alias: AliasRecord = parse(value)?;
                let name = AliasName::new(rest);
                self.require(&alias.target(&location))?;
                self.write(&location, |context| {
                    Ok(context.put_alias(&location, &name, &alias)?)
                })
            }
            "grant" => {
                let (id, grant_id) = rest
                    .split_once('/')
                    .ok_or("expected a key and a grant in the name")?;
                let key = arn(location, id);
                self.require(&key)?;
                let grant: Grant = parse(value)?;
                let location = key.location.clone();
                let id = grant_id.to_owned();
                let grant_key = GrantKey { key, id };
                self.write(&location, |context| context.put_grant(&grant_key, &grant))
            }
            "last-use" => {
                let key = arn(location, rest);
                let last: LastUse = parse(value)?;
                // A request that ran during a reset can leave the last use of a deleted key.
                if !self.has(&key) {
                    return Ok(());
                }
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

    fn import_principal(&self, kind: &str, path: &str, value: &RawValue) -> Result<(), String> {
        let location = Location::default();
        match kind {
            "account" => {
                let account: Account = parse(value)?;
                self.write(&location, |context| {
                    context.put_account(path, &account)?;
                    Ok(())
                })
            }
            "managed-policy" => {
                let policy: ManagedPolicyRecord = parse(value)?;
                check_policy("document", &policy.document)?;
                self.write(&location, |context| {
                    context.put_managed_policy(path, &policy)?;
                    Ok(())
                })
            }
            _ => {
                let principal: Principal = parse(value)?;
                let name = PrincipalArn::parse(&principal.arn).ok();
                let name = name.and_then(|arn| Principal::record_name(&arn));
                if name
                    .as_deref()
                    .and_then(|name| name.strip_prefix(Principal::PREFIX))
                    != Some(path)
                {
                    return Err(
                        "arn: it does not have the account and the name of the record".into(),
                    );
                }
                for inline in &principal.policies {
                    check_policy(&inline.name, &inline.document)?;
                }
                if let Some(trust) = &principal.trust_policy {
                    check_policy("trust_policy", trust)?;
                }
                self.write(&location, |context| {
                    context.put_principal(&principal)?;
                    Ok(())
                })
            }
        }
    }

    fn import_key(
        &mut self,
        location: Location,
        id: &str,
        record: KeyRecord,
    ) -> Result<(), String> {
        if !KeyId::new(id).is_well_formed() {
            return Err("invalid key id".to_owned());
        }
        let key = Key {
            arn: arn(location, id),
            record: record.into(),
        };
        check(&key.record)?;
        let membership = key.record.custom_key_store.clone();
        let mut is_in_other_kind = false;
        self.write(&key.arn.location, |context| {
            if let Some(membership) = &membership {
                let store = context.custom_key_store(&membership.store)?;
                is_in_other_kind = store.proxy().is_some() != membership.xks_key_id.is_some();
                context.join_store(&key.arn, membership);
            }
            Ok(context.put_key(&key)?)
        })?;
        if is_in_other_kind {
            return Err("the key is in another kind of custom key store".to_owned());
        }
        if self.missing.is_none() {
            let materials = key.record.materials.iter().enumerate();
            self.missing = materials
                .filter(|(_, entry)| entry.present)
                .map(|(index, _)| records::material(&key.arn, index))
                .find(|name| !self.records.contains_key(name));
        }
        Ok(())
    }

    /// A key that was read.
    pub(super) fn key(&self, arn: &KeyArn) -> Result<KeyRecord, String> {
        let name = records::key(arn);
        let bytes = self.services.store.get(&name);
        let bytes = bytes.ok_or_else(|| missing_key(arn))?;
        record::decode(&name, &bytes).map_err(|error| error.to_string())
    }

    /// Rejects a record of a key that does not exist.
    fn require(&self, arn: &KeyArn) -> Result<(), String> {
        if self.has(arn) {
            return Ok(());
        }
        Err(missing_key(arn))
    }

    fn has(&self, arn: &KeyArn) -> bool {
        self.services.store.get(&records::key(arn)).is_some()
    }

    pub(super) fn write(
        &self,
        location: &Location,
        write: impl FnOnce(&mut WriteContext<'_, '_>) -> Result<(), Error>,
    ) -> Result<(), String> {
        let message = |error: Error| error.description();
        // At the epoch, no scheduled change is due.
        let caller = Caller::at(location.clone());
        let operation = OperationInfo::internal("import");
        let mut state = RequestState::new(self.services, operation, caller, Timestamp::EPOCH);
        write(&mut state.context().write().map_err(message)?).map_err(message)?;
        drop(state.commit(true).map_err(message)?);
        Ok(())
    }
}

/// Rejects a record with which an operation on the key could only fail.
fn check(record: &KeyRecord) -> Result<(), String> {
    let (spec, usage) = (record.spec, record.usage);
    if !spec.usages().contains(&usage) {
        return Err(format!(
            "a key of {} cannot have the usage {}",
            spec.as_str(),
            usage.as_str()
        ));
    }
    let needs_ids = spec == KeySpec::SymmetricDefault;
    let without_id = |entry: &MaterialEntry| entry.id.is_none();
    match record.materials.iter().position(without_id) {
        Some(index) if needs_ids => Err(format!("materials.{index}: the id is missing")),
        _ => Ok(()),
    }
}

/// Rejects a text that is no policy.
fn check_policy(name: &str, text: &str) -> Result<(), String> {
    Policy::parse(text).map_err(|error| format!("{name}: {}", error.0))?;
    Ok(())
}

fn parse<T: DeserializeOwned>(value: &RawValue) -> Result<T, String> {
    serde_json::from_str(value.get()).map_err(|error| without_values(&error.to_string()))
}

/// An error of serde without the value that it quotes: records have secrets, and the log has the
/// errors of the control plane.
pub(super) fn without_values(error: &str) -> String {
    match (error.find('"'), error.rfind('"')) {
        (Some(start), Some(end)) if start < end => {
            let (before, after) = (error.get(..=start), error.get(end..));
            format!(
                "{}…{}",
                before.unwrap_or_default(),
                after.unwrap_or_default()
            )
        }
        _ => error.to_owned(),
    }
}

fn missing_key(arn: &KeyArn) -> String {
    format!("key {arn} does not exist")
}

/// `000000000000/us-east-1/…`
pub(super) fn location(path: &str) -> Option<(Location, &str)> {
    let (account, rest) = path.split_once('/')?;
    let (region, rest) = rest.split_once('/')?;
    let account = AccountId::parse(account)?;
    let region = Region::parse(region)?;
    Some((Location { account, region }, rest))
}

pub(super) fn arn(location: Location, id: &str) -> KeyArn {
    KeyArn {
        location,
        id: KeyId::new(id),
    }
}
