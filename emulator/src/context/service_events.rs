//! Events for actions of KMS itself.

use super::RequestContext;
use crate::api::{KeyArn, KeyMaterialId};
use crate::clock::Timestamp;
use crate::journal::{RotationDetails, ServiceEvent};
use crate::key::{Key, RotationEvent};

impl<L: super::Lock> RequestContext<'_, '_, L> {
    /// Adds an event for an action of KMS itself on a key, such as an automatic rotation.
    pub(crate) fn add_service_event(&self, name: &'static str, key: &KeyArn, at: Timestamp) {
        let journal = &self.services().journal;
        if journal.is_enabled() {
            let event = ServiceEvent {
                name,
                key,
                at,
                rotation: None,
            };
            journal.add(event.into_event());
        }
    }

    /// Adds an event for a rotation. `previous` is the id of the material before it.
    pub(super) fn add_rotation_event(
        &self,
        key: &Key,
        previous: Option<KeyMaterialId>,
        rotation: RotationEvent,
    ) {
        let journal = &self.services().journal;
        if journal.is_enabled() {
            let event = ServiceEvent {
                name: "RotateKey",
                key: &key.arn,
                at: rotation.date,
                rotation: Some(RotationDetails {
                    rotation_type: rotation.kind.as_str(),
                    key_origin: key.record.origin,
                    previous_key_material_id: previous,
                    current_key_material_id: key.record.material_id(),
                }),
            };
            journal.add(event.into_event());
        }
    }
}
