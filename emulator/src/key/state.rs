//! The state of a key, and in which states an operation works: AWS's table "Key states of AWS KMS
//! keys" in the developer guide.
//!
//! A state is computed from a record and the time, never stored: when the clock moves, a key that
//! was scheduled for deletion is gone at once.

use crate::wire::wire_enum;

wire_enum! {
    /// Where a key is in its life.
    KeyState {
        Enabled = "Enabled",
        Disabled = "Disabled",
        PendingDeletion = "PendingDeletion",
        PendingImport = "PendingImport",
    }
}

use KeyState::{Disabled, Enabled, PendingImport};

/// Cryptographic operations: `Sign`, `Verify`.
pub(crate) const USABLE: &[KeyState] = &[Enabled];

/// `GetPublicKey`, `EnableKey` and `DisableKey`: the key has its material and is to keep it.
pub(crate) const WITH_MATERIAL: &[KeyState] = &[Enabled, Disabled];

/// What changes a key that is to stay: `CreateAlias`, `UpdateAlias`, `TagResource`,
/// `UntagResource`, `UpdateKeyDescription`, `ScheduleKeyDeletion`.
pub(crate) const STAYING: &[KeyState] = &[Enabled, Disabled, PendingImport];
