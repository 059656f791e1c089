//! States of keys.

use super::{Code, KmsError, Mismatch, error, without_message};
use crate::api::{KeyArn, KeyState};

/// The error of an operation that does not work in `state`.
pub(crate) fn unusable(arn: &KeyArn, state: KeyState) -> KmsError {
    match state {
        KeyState::Disabled => error(Code::Disabled, format!("{arn} is disabled.")),
        // The messages for these are not known. No operation rejects an enabled key.
        KeyState::Creating | KeyState::Enabled | KeyState::Updating => {
            let expected = format!("a state of {arn} for this operation");
            let reason = Mismatch::new("KeyId", expected, state.to_string());
            without_message(Code::KmsInvalidState, reason)
        }
        KeyState::PendingDeletion => {
            error(Code::KmsInvalidState, format!("{arn} is pending deletion."))
        }
        KeyState::PendingImport => {
            error(Code::KmsInvalidState, format!("{arn} is pending import."))
        }
        KeyState::PendingReplicaDeletion => error(
            Code::KmsInvalidState,
            format!("{arn} is pending replica deletion."),
        ),
        KeyState::Unavailable => error(Code::KmsInvalidState, format!("{arn} is unavailable.")),
    }
}

pub(crate) fn is_not_pending_deletion(arn: &KeyArn) -> KmsError {
    error(
        Code::KmsInvalidState,
        format!("{arn} is not pending deletion."),
    )
}

pub(crate) fn pending_window_out_of_range() -> KmsError {
    error(
        Code::Validation,
        "PendingWindowInDays must be between 7 and 30",
    )
}
