//! The states of the keys of a case when its request is sent, read from the steps of its setup.
//!
//! A key is known by the variables that its calls save: a request that contains `${key_id}` or `${ciphertext}` is about the
//! key that the call with that variable was about.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::api::KeyState;
use crate::cases::{Call, Case, Step};

/// The keys of a case, in the order in which they were created.
#[derive(Default)]
struct Keys {
    all: Vec<Key>,
    /// Variables and aliases, with the index of their key.
    names: BTreeMap<String, usize>,
}

struct Key {
    state: KeyState,
    /// The Region; `None` is that of calls that name none.
    region: Option<String>,
    /// The key that it is a replica of.
    primary: Option<usize>,
    /// Whether it is in a custom key store.
    in_store: bool,
    /// Whether its imported material expires.
    expires: bool,
}

/// The states other than `Enabled` of the keys that a request is about.
pub(super) fn of(case: &Case, request: &Call) -> Vec<&'static str> {
    let mut keys = Keys::default();
    let transition = case.transition_time.unwrap_or_default();
    for step in &case.setup {
        match step {
            Step::Call(call) => keys.apply(call, transition),
            Step::Advance(by) => keys.advance(*by >= transition),
        }
    }
    // `UpdatePrimaryRegion` is also about the replica that becomes the primary.
    let own = request.region.as_deref();
    let primary = request.input.get("PrimaryRegion").and_then(Value::as_str);
    let mut states = Vec::new();
    for index in keys.named_in(&request.input) {
        for region in [Some(own), primary.map(Some)].into_iter().flatten() {
            let key = keys.all.get(keys.in_region(index, region));
            states.extend(
                key.map(|key| key.state)
                    .filter(|state| *state != KeyState::Enabled),
            );
        }
    }
    let mut states: Vec<_> = states.into_iter().map(KeyState::as_str).collect();
    states.dedup();
    states
}

impl Keys {
    fn apply(&mut self, call: &Call, transition: Duration) {
        let named = self.named_in(&call.input).first().copied();
        let about = named.map(|index| self.in_region(index, call.region.as_deref()));
        let is_slow = !transition.is_zero();
        let created = match call.operation.as_str() {
            "CreateKey" => Some(self.create(call)),
            "ReplicateKey" => Some(self.replicate(about, call, is_slow)),
            _ => None,
        };
        for name in call.save.keys() {
            self.name(format!("${{{name}}}"), created.or(about));
        }
        if let Some(alias) = call.input.get("AliasName").and_then(Value::as_str) {
            self.name(alias.to_owned(), about);
        }
        if call.operation == "DisconnectCustomKeyStore" {
            for key in self.all.iter_mut().filter(|key| key.in_store) {
                key.state = KeyState::Unavailable;
            }
        }
        if let Some(index) = about.filter(|_| created.is_none()) {
            self.change(index, call, is_slow);
        }
    }

    /// The effect of a call on the state of its key.
    fn change(&mut self, index: usize, call: &Call, is_slow: bool) {
        let is_replica_of = |key: &Key| key.primary == Some(index);
        let has_replicas = self.all.iter().any(is_replica_of);
        let Some(key) = self.all.get_mut(index) else {
            return;
        };
        key.state = match call.operation.as_str() {
            "DisableKey" | "CancelKeyDeletion" => KeyState::Disabled,
            "EnableKey" => KeyState::Enabled,
            "ScheduleKeyDeletion" if has_replicas => KeyState::PendingReplicaDeletion,
            "ScheduleKeyDeletion" => KeyState::PendingDeletion,
            "DeleteImportedKeyMaterial" => KeyState::PendingImport,
            "ImportKeyMaterial" => {
                key.expires = call.input.get("ValidTo").is_some();
                // The import enables the key, but not one that was disabled meanwhile.
                match key.state {
                    KeyState::PendingImport => KeyState::Enabled,
                    other => other,
                }
            }
            "UpdatePrimaryRegion" if is_slow => KeyState::Updating,
            _ => key.state,
        };
    }

    fn create(&mut self, call: &Call) -> usize {
        let is_external = call.input.get("Origin").and_then(Value::as_str) == Some("EXTERNAL");
        self.add(Key {
            state: if is_external {
                KeyState::PendingImport
            } else {
                KeyState::Enabled
            },
            region: call.region.clone(),
            primary: None,
            in_store: call.input.get("CustomKeyStoreId").is_some(),
            expires: false,
        })
    }

    fn replicate(&mut self, primary: Option<usize>, call: &Call, is_slow: bool) -> usize {
        let region = call.input.get("ReplicaRegion").and_then(Value::as_str);
        let is_external = primary
            .and_then(|index| self.all.get(index))
            .is_some_and(|key| key.expires || key.state == KeyState::PendingImport);
        self.add(Key {
            state: match (is_slow, is_external) {
                (true, _) => KeyState::Creating,
                (false, true) => KeyState::PendingImport,
                (false, false) => KeyState::Enabled,
            },
            region: region.map(str::to_owned),
            primary,
            in_store: false,
            expires: false,
        })
    }

    /// Ends the changes in the background, and expires material.
    fn advance(&mut self, ends_changes: bool) {
        for key in &mut self.all {
            key.state = match key.state {
                KeyState::Creating | KeyState::Updating if ends_changes => KeyState::Enabled,
                KeyState::Enabled if key.expires => KeyState::PendingImport,
                other => other,
            };
        }
    }

    /// Multi-Region keys share their id, so a Region chooses one of them. If none is in the Region, the result is
    /// the key itself.
    fn in_region(&self, index: usize, region: Option<&str>) -> usize {
        let primary = self.all.get(index).and_then(|key| key.primary);
        let primary = primary.unwrap_or(index);
        let mut keys = self.all.iter().enumerate();
        let found = keys.find(|(other, key)| {
            (*other == primary || key.primary == Some(primary)) && key.region.as_deref() == region
        });
        found.map_or(index, |(index, _)| index)
    }

    fn add(&mut self, key: Key) -> usize {
        self.all.push(key);
        self.all.len() - 1
    }

    fn name(&mut self, name: String, index: Option<usize>) {
        if let Some(index) = index {
            self.names.insert(name, index);
        }
    }

    /// The keys whose variables and aliases are in the texts of a value, in the order of the texts.
    fn named_in(&self, value: &Value) -> Vec<usize> {
        match value {
            Value::String(text) => {
                let named = self.names.iter().filter(|(name, _)| text.contains(*name));
                named.map(|(_, index)| *index).collect()
            }
            Value::Array(items) => items.iter().flat_map(|item| self.named_in(item)).collect(),
            Value::Object(members) => members
                .values()
                .flat_map(|member| self.named_in(member))
                .collect(),
            _ => Vec::new(),
        }
    }
}
