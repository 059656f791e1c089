//! The materials of a key, from the first to the current one, and rotation.
//!
//! A symmetric encryption key keeps all of its materials when it is rotated, so old ciphertexts still
//! decrypt. Other keys have one material, without an id.

use serde::{Deserialize, Serialize};

use super::KeyRecord;
use crate::api::{KeyMaterialId, KeySpec, Origin, wire_enum};
use crate::clock::{Timestamp, millis};

/// One material of a key. Its secret is in a separate record, whose name contains the index of this
/// entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MaterialEntry {
    /// Responses show it only for symmetric encryption keys. Other keys have one for imported
    /// material, to recognize the same material in a later import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<KeyMaterialId>,
    /// The rotation that started the use of this material; `None` for the first material.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rotation: Option<RotationEvent>,
    /// Whether the secret is stored. Imported material can be deleted, expired or not imported yet.
    pub(crate) present: bool,
    /// The time at which imported material expires.
    #[serde(
        default,
        with = "millis::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) valid_to: Option<Timestamp>,
    /// `KeyMaterialDescription` of `ImportKeyMaterial`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
}

/// A completed rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RotationEvent {
    #[serde(with = "millis")]
    pub(crate) date: Timestamp,
    pub(crate) kind: RotationType,
}

wire_enum! {
    /// The cause of a rotation.
    RotationType {
        Automatic = "AUTOMATIC",
        OnDemand = "ON_DEMAND",
    }
}

/// The schedule of automatic rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rotation {
    pub(crate) period_days: u32,
    #[serde(with = "millis")]
    pub(crate) next: Timestamp,
}

/// An on-demand rotation in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OnDemandRotation {
    #[serde(with = "millis")]
    pub(crate) started: Timestamp,
    #[serde(with = "millis")]
    pub(crate) ends: Timestamp,
}

impl MaterialEntry {
    /// New material that does not expire.
    pub(crate) fn new(id: Option<KeyMaterialId>, rotation: Option<RotationEvent>) -> Self {
        Self {
            id,
            rotation,
            present: true,
            valid_to: None,
            description: None,
        }
    }

    /// Whether the material is usable at a time.
    pub(crate) fn is_present(&self, now: Timestamp) -> bool {
        self.present && self.valid_to.is_none_or(|valid_to| now < valid_to)
    }
}

impl KeyRecord {
    /// The index of the current material in the list. A later material was imported and awaits a
    /// rotation.
    pub(crate) fn current(&self) -> Option<usize> {
        self.in_use().len().checked_sub(1)
    }

    /// The current material.
    pub(crate) fn current_material(&self) -> Option<&MaterialEntry> {
        self.in_use().last()
    }

    /// The id of the current material.
    pub(crate) fn material_id(&self) -> Option<KeyMaterialId> {
        let id = self.current_material()?.id;
        id.filter(|_| self.spec == KeySpec::SymmetricDefault)
    }

    /// The current and the former materials.
    pub(crate) fn in_use(&self) -> &[MaterialEntry] {
        let waiting = usize::from(self.awaits_rotation);
        let end = self.materials.len().saturating_sub(waiting);
        self.materials.get(..end).unwrap_or_default()
    }

    /// Whether every current and former material is present. If one is missing, the key is unusable.
    pub(crate) fn has_materials(&self, now: Timestamp) -> bool {
        let materials = self.in_use();
        !materials.is_empty() && materials.iter().all(|material| material.is_present(now))
    }

    /// The index of the material with an id.
    pub(crate) fn material_index(&self, id: &KeyMaterialId) -> Option<usize> {
        self.materials
            .iter()
            .position(|material| material.id.as_ref() == Some(id))
    }

    /// Whether the material with this index was imported and awaits a rotation.
    pub(crate) fn awaits_rotation_to(&self, index: usize) -> bool {
        self.awaits_rotation && index + 1 == self.materials.len()
    }

    /// Removes the newest material, which awaits a rotation. A rotation in progress then has no effect,
    /// unless other material is imported before it ends.
    pub(crate) fn forget_newest(&mut self) -> Option<KeyMaterialId> {
        self.awaits_rotation = false;
        self.materials.pop()?.id
    }

    /// The number of completed on-demand rotations.
    pub(crate) fn on_demand_rotations(&self) -> usize {
        let rotations = self.materials.iter().filter_map(|entry| entry.rotation);
        rotations
            .filter(|rotation| rotation.kind == RotationType::OnDemand)
            .count()
    }

    /// Copies the properties that all keys of a multi-Region set share. Each Region imports its
    /// material separately, so imported material is not copied.
    pub(crate) fn copy_shared(&mut self, other: &Self) {
        let own = std::mem::take(&mut self.materials);
        self.materials.clone_from(&other.materials);
        if self.origin == Origin::External {
            for (index, entry) in self.materials.iter_mut().enumerate() {
                let before = own.get(index).filter(|before| before.id == entry.id);
                entry.present = before.is_some_and(|before| before.present);
                entry.valid_to = before.and_then(|before| before.valid_to);
            }
        }
        self.awaits_rotation = other.awaits_rotation;
        self.rotation = other.rotation;
        self.on_demand = other.on_demand;
        self.region_set.clone_from(&other.region_set);
    }
}
