//! Keys: what is known of one, what it is called, what state it is in.

pub(crate) mod ciphertext;
mod custom_key_store;
mod history;
pub(crate) mod managed;
pub(crate) mod material;
mod material_id;
mod metadata;
pub(crate) mod policy;
mod policy_text;
mod reference;
mod region_set;
mod requirements;
mod spec;

use serde::{Deserialize, Serialize};

pub(crate) use custom_key_store::Membership;
pub(crate) use history::{MaterialEntry, OnDemandRotation, Rotation, RotationEvent, RotationType};
pub(crate) use metadata::{ExpirationModel, KeyMetadata};
pub(crate) use policy::Policy;
pub(crate) use reference::KeyReference;
pub(crate) use region_set::RegionSet;

use crate::api::{KeyArn, KeyId, KeyManager, KeySpec, KeyState, KeyUsage, Origin};
use crate::clock::{Timestamp, millis};
use crate::error::{KmsError, message};
use crate::protocol::Blob;
use crate::tag::Tag;

/// A key without its secret: all that `DescribeKey`, `GetPublicKey` and the lists need. The
/// material is a record of its own, so that nothing but cryptography ever reads it.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) arn: KeyArn,
    pub(crate) record: KeyRecord,
}

/// What is stored of a key. Its account, Region and id are in the record's name.
///
/// New members must have a default: records outlive versions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeyRecord {
    pub(crate) spec: KeySpec,
    pub(crate) usage: KeyUsage,
    pub(crate) origin: Origin,
    pub(crate) enabled: bool,
    #[serde(with = "millis")]
    pub(crate) created: Timestamp,
    pub(crate) description: String,
    /// The policy that was given to `CreateKey`; without one, the default policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) policy: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<Tag>,
    /// DER, `SubjectPublicKeyInfo`. A key whose material is still to be imported has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) public_key: Option<Blob>,
    /// Whose key it is to manage.
    #[serde(default)]
    pub(crate) manager: KeyManager,
    /// From the first to the newest; more than one only for a symmetric encryption key.
    #[serde(default)]
    pub(crate) materials: Vec<MaterialEntry>,
    /// Whether the newest material was imported to become the current one by a rotation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) awaits_rotation: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rotation: Option<Rotation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) on_demand: Option<OnDemandRotation>,
    /// Of a multi-Region key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) region_set: Option<RegionSet>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) custom_key_store: Option<Membership>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) transition: Option<Transition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deletion: Option<Deletion>,
}

/// A deletion that was scheduled.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Deletion {
    /// None while the key is a primary that has replicas: its waiting period begins when the last
    /// of them is gone.
    #[serde(
        default,
        with = "millis::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) date: Option<Timestamp>,
    /// The waiting period.
    pub(crate) days: u32,
}

/// A change of a multi-Region key that takes a moment.
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

    /// Refuses an operation that does not work in the key's state.
    ///
    /// # Errors
    ///
    /// `DisabledException` or `KMSInvalidStateException`, unless the state is among `states`.
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
}

impl KeyRecord {
    /// A key of which nothing is known yet but what it is for; it has no material.
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

    /// The state of the key at a moment. A key that is [gone](Self::is_gone) has no state; nothing
    /// finds it to ask.
    pub(crate) fn state(&self, now: Timestamp) -> KeyState {
        match (&self.deletion, self.transition) {
            (Some(Deletion { date: Some(_), .. }), _) => KeyState::PendingDeletion,
            (Some(Deletion { date: None, .. }), _) => KeyState::PendingReplicaDeletion,
            (None, Some(Transition { state, ends })) if now < ends => state,
            _ if self.is_cut_off() => KeyState::Unavailable,
            _ if !self.has_materials(now) => KeyState::PendingImport,
            _ if !self.enabled => KeyState::Disabled,
            _ => KeyState::Enabled,
        }
    }

    /// Whether it is in a custom key store that is not connected.
    fn is_cut_off(&self) -> bool {
        let membership = self.custom_key_store.as_ref();
        membership.is_some_and(|membership| !membership.connected)
    }

    /// Whether the key's waiting period is over: then there is no such key any more.
    pub(crate) fn is_gone(&self, now: Timestamp) -> bool {
        self.deletion
            .as_ref()
            .and_then(|deletion| deletion.date)
            .is_some_and(|date| date <= now)
    }

    /// The moments at which something happens to the key by itself.
    pub(crate) fn due_dates(&self) -> impl Iterator<Item = Timestamp> {
        let materials = self.materials.iter().filter(|material| material.present);
        materials
            .filter_map(|material| material.valid_to)
            .chain(self.deletion.as_ref().and_then(|deletion| deletion.date))
            .chain(self.rotation.map(|rotation| rotation.next))
            .chain(self.on_demand.map(|rotation| rotation.ends))
    }
}

impl Key {
    /// Whether it is a replica of a multi-Region key.
    pub(crate) fn is_replica(&self) -> bool {
        let set = self.record.region_set.as_ref();
        set.is_some_and(|set| set.primary != self.arn.location.region)
    }

    /// The keys of the same multi-Region key in other Regions.
    pub(crate) fn siblings(&self) -> Vec<KeyArn> {
        let region = &self.arn.location.region;
        let set = self.record.region_set.iter();
        set.flat_map(|set| set.others(region))
            .map(|region| self.arn.in_region(region.clone()))
            .collect()
    }
}
