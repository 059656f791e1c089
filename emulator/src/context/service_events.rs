//! Events for actions of KMS itself.

use super::RequestContext;
use crate::api::{KeyArn, KeyMaterialId};
use crate::clock::Timestamp;
use crate::journal::{Call, RotationDetails, ServiceAction};
use crate::key::{Key, RotationEvent};

impl<L: super::Lock> RequestContext<'_, '_, L> {
    /// Adds an event for an action of KMS itself on a key, such as an automatic rotation.
    pub(crate) fn add_service_event(&self, name: &'static str, key: &KeyArn, at: Timestamp) {
        let journal = &self.services().journal;
        if journal.is_enabled() {
            journal.add(Call::Service(ServiceAction {
                name,
                key: key.clone(),
                at,
                rotation: None,
            }));
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
            journal.add(Call::Service(ServiceAction {
                name: "RotateKey",
                key: key.arn.clone(),
                at: rotation.date,
                rotation: Some(RotationDetails {
                    rotation_type: rotation.kind.as_str(),
                    key_origin: key.record.origin,
                    previous_key_material_id: previous,
                    current_key_material_id: key.record.material_id(),
                }),
            }));
        }
    }
}
