//! Keys: their records, states, materials and policies.

pub(crate) mod ciphertext;
mod custom_key_store;
mod default_policy;
pub(crate) mod managed;
pub(crate) mod material_cache;
mod material_id;
mod materials;
mod metadata;
pub(crate) mod policy;
mod policy_format;
mod policy_lockout;
mod reference;
mod region_set;
mod requirements;
mod shared;
mod spec;

use std::sync::LazyLock;

use memchr::memmem;
use serde::{Deserialize, Serialize};

pub(crate) use custom_key_store::Membership;
pub(crate) use materials::{
    MaterialEntry, OnDemandRotation, Rotation, RotationEvent, RotationType,
};
pub(crate) use metadata::{ExpirationModel, KeyMetadata};
pub(crate) use reference::KeyReference;
pub(crate) use region_set::RegionSet;
use shared::Shared;

use crate::api::{KeyArn, KeyId, KeyManager, KeySpec, KeyState, KeyUsage, Origin};
use crate::clock::{Timestamp, millis};
use crate::error::{KmsError, message};
use crate::protocol::Blob;
use crate::tag::Tag;

/// A key without its secret. The material is in separate records, which only cryptographic operations
/// read.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) arn: KeyArn,
    pub(crate) record: Shared<KeyRecord>,
}

/// The record of a key. The record's name contains the account, the Region and the id.
///
/// New members need a default, because old records do not have them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeyRecord {
    pub(crate) spec: KeySpec,
    pub(crate) usage: KeyUsage,
    pub(crate) origin: Origin,
    pub(crate) enabled: bool,
    #[serde(with = "millis")]
    pub(crate) created: Timestamp,
    pub(crate) description: String,
    /// The policy from `CreateKey` or `PutKeyPolicy`; `None` for the default policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) policy: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<Tag>,
    /// `SubjectPublicKeyInfo` in DER; `None` before the material is imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) public_key: Option<Blob>,
    /// Customer managed or AWS managed.
    #[serde(default)]
    pub(crate) manager: KeyManager,
    /// From the first to the newest. Only symmetric encryption keys can have more than one.
    #[serde(default)]
    pub(crate) materials: Vec<MaterialEntry>,
    /// Whether the newest material was imported and awaits a rotation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) awaits_rotation: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rotation: Option<Rotation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) on_demand: Option<OnDemandRotation>,
    /// The Regions of a multi-Region key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) region_set: Option<RegionSet>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) custom_key_store: Option<Membership>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) transition: Option<Transition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deletion: Option<Deletion>,
}

/// A scheduled deletion.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Deletion {
    /// `None` while the key is a primary with replicas. Its waiting period begins when the last
    /// replica is deleted.
    #[serde(
        default,
        with = "millis::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) date: Option<Timestamp>,
    /// The waiting period in days.
    pub(crate) days: u32,
}

/// A change of a multi-Region key that takes time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Transition {
    /// `Creating` or `Updating`.
    pub(crate) state: KeyState,
    #[serde(with = "millis")]
    pub(crate) ends: Timestamp,
}

impl Key {
    pub(crate) fn id(&self) -> &KeyId {
        &self.arn.id
    }

    /// Checks that the key's state allows an operation.
    ///
    /// # Errors
    ///
    /// `DisabledException` or `KMSInvalidStateException` if the state is not in `states`.
    pub(crate) fn require_state(
        &self,
        states: &[KeyState],
        now: Timestamp,
    ) -> Result<(), KmsError> {
        let state = self.record.state(now);
        if states.contains(&state) {
            Ok(())
        } else {
            Err(message::unusable(&self.arn, state))
        }
    }

    /// Whether the key is a replica of a multi-Region key.
    pub(crate) fn is_replica(&self) -> bool {
        let set = self.record.region_set.as_ref();
        set.is_some_and(|set| set.primary != self.arn.location.region)
    }

    /// The ARNs of the other keys in the same multi-Region set.
    pub(crate) fn siblings(&self) -> Vec<KeyArn> {
        let region = &self.arn.location.region;
        let set = self.record.region_set.iter();
        set.flat_map(|set| set.others(region))
            .map(|region| self.arn.in_region(region.clone()))
            .collect()
    }
}

impl KeyRecord {
    /// A new key record without material.
    pub(crate) fn new(spec: KeySpec, usage: KeyUsage, created: Timestamp) -> Self {
        Self {
            spec,
            usage,
            origin: Origin::AwsKms,
            enabled: true,
            created,
            description: String::new(),
            policy: None,
            tags: Vec::new(),
            public_key: None,
            manager: KeyManager::Customer,
            materials: Vec::new(),
            awaits_rotation: false,
            rotation: None,
            on_demand: None,
            region_set: None,
            custom_key_store: None,
            transition: None,
            deletion: None,
        }
    }

    /// The state of the key at a time. The key must not be [deleted](Self::is_deleted).
    pub(crate) fn state(&self, now: Timestamp) -> KeyState {
        match (&self.deletion, self.transition) {
            (Some(Deletion { date: Some(_), .. }), _) => KeyState::PendingDeletion,
            (Some(Deletion { date: None, .. }), _) => KeyState::PendingReplicaDeletion,
            (None, Some(Transition { state, ends })) if now < ends => state,
            _ if self.store_is_disconnected() => KeyState::Unavailable,
            _ if !self.has_materials(now) => KeyState::PendingImport,
            _ if !self.enabled => KeyState::Disabled,
            _ => KeyState::Enabled,
        }
    }

    /// Whether the key is in a custom key store that is not connected.
    fn store_is_disconnected(&self) -> bool {
        let membership = self.custom_key_store.as_ref();
        membership.is_some_and(|membership| !membership.connected)
    }

    /// Whether the waiting period is over. Then the key no longer exists.
    pub(crate) fn is_deleted(&self, now: Timestamp) -> bool {
        self.deletion
            .as_ref()
            .and_then(|deletion| deletion.date)
            .is_some_and(|date| date <= now)
    }

    /// Whether the JSON of a record has a deletion. Most have none, so most lists need not decode it.
    pub(crate) fn has_deletion(json: &[u8]) -> bool {
        // A list searches each key, and its preparation takes as long as a search.
        static DELETION: LazyLock<memmem::Finder<'_>> =
            LazyLock::new(|| memmem::Finder::new(br#""deletion":"#));
        // Quotes inside a text are escaped.
        DELETION.find(json).is_some()
    }

    /// The times at which a scheduled change of the key is due.
    pub(crate) fn due_dates(&self) -> impl Iterator<Item = Timestamp> {
        let materials = self.materials.iter().filter(|material| material.present);
        materials
            .filter_map(|material| material.valid_to)
            .chain(self.deletion.as_ref().and_then(|deletion| deletion.date))
            .chain(self.rotation.map(|rotation| rotation.next))
            .chain(self.on_demand.map(|rotation| rotation.ends))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_deletion_is_found_without_decoding() {
        let (spec, usage) = (KeySpec::SymmetricDefault, KeyUsage::EncryptDecrypt);
        let mut record = KeyRecord::new(spec, usage, Timestamp::EPOCH);
        record.description = r#""deletion":{"days":7}"#.to_owned();
        record.policy = Some(r#"{"deletion":7}"#.to_owned());
        let has_deletion =
            |record: &KeyRecord| KeyRecord::has_deletion(&serde_json::to_vec(record).unwrap());
        assert!(!has_deletion(&record));
        for date in [None, Some(Timestamp::EPOCH)] {
            record.deletion = Some(Deletion { date, days: 7 });
            assert!(has_deletion(&record));
        }
    }
}
