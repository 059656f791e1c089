//! The state of a key, and in which states an operation works: AWS's table "Key states of AWS KMS
//! keys" in the developer guide.
//!
//! A state is computed from a record and the time, never stored: when the clock moves, a key that
//! was scheduled for deletion is gone at once.

use crate::wire::wire_enum;

wire_enum! {
    /// Where a key is in its life.
    KeyState {
        Creating = "Creating",
        Enabled = "Enabled",
        Disabled = "Disabled",
        PendingDeletion = "PendingDeletion",
        PendingImport = "PendingImport",
        PendingReplicaDeletion = "PendingReplicaDeletion",
        Unavailable = "Unavailable",
        Updating = "Updating",
    }
}

use KeyState::{Disabled, Enabled, PendingImport, Unavailable, Updating};

/// Cryptographic operations, and `CreateGrant`: a multi-Region key goes on working while its
/// primary changes.
pub(crate) const USABLE: &[KeyState] = &[Enabled, Updating];

/// `GetPublicKey`: the key has its material.
pub(crate) const WITH_MATERIAL: &[KeyState] = &[Enabled, Disabled, Updating];

/// `EnableKey` and `DisableKey`: as before, and nothing else is going on. A key whose store is
/// not connected shows the change when it is again.
pub(crate) const SWITCHABLE: &[KeyState] = &[Enabled, Disabled, Unavailable];

/// What changes the names of a key that is to stay: `CreateAlias`, `UpdateAlias`, `TagResource`,
/// `UntagResource`, `UpdateKeyDescription`.
pub(crate) const STAYING: &[KeyState] = &[Enabled, Disabled, PendingImport, Unavailable, Updating];

/// `ScheduleKeyDeletion`.
pub(crate) const DELETABLE: &[KeyState] = &[Enabled, Disabled, PendingImport, Unavailable];

/// Rotation, replication, `UpdatePrimaryRegion`: the key works, and nothing else is going on.
pub(crate) const SETTLED: &[KeyState] = &[Enabled];

/// `GetParametersForImport` and `ImportKeyMaterial`.
pub(crate) const IMPORTABLE: &[KeyState] = &[Enabled, Disabled, PendingImport, Updating];
