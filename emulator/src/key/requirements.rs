//! Checks of keys that several operations share.

use super::Key;
use crate::api::Origin;
use crate::clock::Timestamp;
use crate::error::{KmsError, message};

impl Key {
    /// Whether the material is in an external key store.
    pub(crate) fn is_in_external_store(&self) -> bool {
        self.record.origin == Origin::ExternalKeyStore
    }

    /// Checks that the material of the key is imported.
    ///
    /// # Errors
    ///
    /// `UnsupportedOperationException`.
    pub(crate) fn require_external_origin(&self) -> Result<(), KmsError> {
        self.require_origin(Origin::External)
    }

    /// Checks that KMS generated the material of the key, which automatic rotation requires.
    ///
    /// # Errors
    ///
    /// `UnsupportedOperationException`.
    pub(crate) fn require_kms_origin(&self) -> Result<(), KmsError> {
        self.require_origin(Origin::AwsKms)
    }

    /// Checks that the key is not a replica. Replicas are rotated only with their primary.
    ///
    /// # Errors
    ///
    /// `UnsupportedOperationException`.
    pub(crate) fn require_not_replica(&self, operation: &str) -> Result<(), KmsError> {
        if self.is_replica() {
            Err(message::not_for_replicas(&self.arn, operation))
        } else {
            Ok(())
        }
    }

    /// Whether imported material becomes current with the next rotation.
    pub(crate) fn has_pending_material(&self, now: Timestamp) -> bool {
        let newest = self.record.materials.last();
        self.record.awaits_rotation && newest.is_some_and(|entry| entry.is_present(now))
    }

    fn require_origin(&self, origin: Origin) -> Result<(), KmsError> {
        if self.record.origin == origin {
            Ok(())
        } else {
            Err(message::wrong_origin(&self.arn, self.record.origin))
        }
    }
}
