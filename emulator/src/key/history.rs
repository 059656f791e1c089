//! The materials of a key, from the first to the current one, and how one follows another.
//!
//! A symmetric encryption key that is rotated keeps every material it ever had, so that its old
//! ciphertexts decrypt for ever. All other keys have one material, without an id.

use serde::{Deserialize, Serialize};

use super::KeyRecord;
use crate::api::{KeyMaterialId, KeySpec, Origin, wire_enum};
use crate::clock::{Timestamp, millis};

/// What is known of one material; its secret is a record of its own, numbered by the place in
/// the key's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MaterialEntry {
    /// Told of symmetric encryption keys alone; of others, imported material has one so that it
    /// is known again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<KeyMaterialId>,
    /// The rotation that made it the current one; the first material has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rotation: Option<RotationEvent>,
    /// Whether the secret is here: imported material may be deleted, or expired, or yet to come.
    pub(crate) present: bool,
    /// Until when imported material is valid.
    #[serde(
        default,
        with = "millis::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) valid_to: Option<Timestamp>,
    /// What the importer called it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
}

/// A rotation that is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RotationEvent {
    #[serde(with = "millis")]
    pub(crate) date: Timestamp,
    pub(crate) kind: RotationType,
}

wire_enum! {
    /// Why a key was rotated.
    RotationType {
        Automatic = "AUTOMATIC",
        OnDemand = "ON_DEMAND",
    }
}

/// Automatic rotation that is enabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rotation {
    pub(crate) period_days: u32,
    #[serde(with = "millis")]
    pub(crate) next: Timestamp,
}

/// A rotation on demand that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OnDemandRotation {
    #[serde(with = "millis")]
    pub(crate) started: Timestamp,
    #[serde(with = "millis")]
    pub(crate) ends: Timestamp,
}

impl MaterialEntry {
    /// Material that is here to stay.
    pub(crate) fn made(id: Option<KeyMaterialId>, rotation: Option<RotationEvent>) -> Self {
        Self {
            id,
            rotation,
            present: true,
            valid_to: None,
            description: None,
        }
    }

    /// Whether it can be used at a moment.
    pub(crate) fn is_present(&self, now: Timestamp) -> bool {
        self.present && self.valid_to.is_none_or(|valid_to| now < valid_to)
    }
}

impl KeyRecord {
    /// The place of the current material in the list. What stands after it was imported and waits
    /// for a rotation.
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

    /// The materials that are or were the current one.
    pub(crate) fn in_use(&self) -> &[MaterialEntry] {
        let waiting = usize::from(self.awaits_rotation);
        let end = self.materials.len().saturating_sub(waiting);
        self.materials.get(..end).unwrap_or_default()
    }

    /// Whether every material that is or was in use is here: one missing, and the key cannot be
    /// used.
    pub(crate) fn has_materials(&self, now: Timestamp) -> bool {
        let materials = self.in_use();
        !materials.is_empty() && materials.iter().all(|material| material.is_present(now))
    }

    /// The place in the list of the material that has the id.
    pub(crate) fn place_of(&self, id: &KeyMaterialId) -> Option<usize> {
        self.materials
            .iter()
            .position(|material| material.id.as_ref() == Some(id))
    }

    /// How many rotations on demand were completed.
    pub(crate) fn on_demand_rotations(&self) -> usize {
        let rotations = self.materials.iter().filter_map(|entry| entry.rotation);
        rotations
            .filter(|rotation| rotation.kind == RotationType::OnDemand)
            .count()
    }

    /// Takes over from another key of its set what all of them share. Imported material is
    /// imported into each Region by itself.
    pub(crate) fn follow(&mut self, other: &Self) {
        let own = std::mem::take(&mut self.materials);
        self.materials.clone_from(&other.materials);
        if self.origin == Origin::External {
            for (place, entry) in self.materials.iter_mut().enumerate() {
                let before = own.get(place).filter(|before| before.id == entry.id);
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
