//! Rotation.

use super::{Code, KmsError, Mismatch, error, without_message};
use crate::api::{KeyArn, KeySpec, Origin};
use crate::clock::Timestamp;

/// Recorded for imported material; inferred by analogy for custom key stores.
pub(crate) fn wrong_origin(arn: &KeyArn, origin: Origin) -> KmsError {
    error(
        Code::UnsupportedOperation,
        format!("{arn} origin is {origin} which is not valid for this operation."),
    )
}

/// For a key spec that does not support rotation. Recorded without a message.
pub(crate) fn cannot_rotate(arn: &KeyArn, spec: KeySpec) -> KmsError {
    let found = format!("{spec} of {arn}");
    let reason = Mismatch::new("KeyId", "a SYMMETRIC_DEFAULT key", found);
    without_message(Code::UnsupportedOperation, reason)
}

pub(crate) fn not_for_replicas(arn: &KeyArn, operation: &str) -> KmsError {
    let text = format!("{arn} is a multi-region replica key which is not valid for {operation}.");
    error(Code::UnsupportedOperation, text)
}

/// Documented: an automatic rotation is less than 20 minutes away. The message is not known.
pub(crate) fn automatic_rotation_is_near(next: Timestamp, now: Timestamp) -> KmsError {
    let expected = "no automatic rotation in the next 20 minutes";
    let found = format!("one at {}, now {}", next.seconds_text(), now.seconds_text());
    let reason = Mismatch::new("KeyId", expected, found);
    without_message(Code::Conflict, reason)
}

pub(crate) fn replicas_lack_material() -> KmsError {
    let text = "Cannot perform key material rotation: Key material has not been imported for \
                replicas of the Multi-Region key.";
    error(Code::KmsInvalidState, text)
}

pub(crate) fn no_pending_material(arn: &KeyArn) -> KmsError {
    error(
        Code::KmsInvalidState,
        format!("No available key material pending rotation for the key: {arn}."),
    )
}

pub(crate) fn too_many_rotations(arn: &KeyArn) -> KmsError {
    let text = format!(
        "The on-demand rotations limit has been reached for the given keyId. No more on-demand \
         rotations can be performed for this key: {arn}"
    );
    error(Code::LimitExceeded, text)
}

pub(crate) fn key_material_of_symmetric_keys_only() -> KmsError {
    let text = "Input parameter includeKeyMaterial can only be used with symmetric keys.";
    error(Code::Validation, text)
}
