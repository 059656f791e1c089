//! The states of a key, and the states in which each operation works: the table "Key states of
//! AWS KMS keys" in the developer guide.
//!
//! A state is computed from a record and the time and never stored, so it changes as soon as the
//! clock moves.

use super::wire_enum;

wire_enum! {
    /// `KeyState` of `KeyMetadata`.
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

/// Cryptographic operations and `CreateGrant`. A multi-Region key still works while its primary
/// changes.
pub(crate) const USABLE: &[KeyState] = &[Enabled, Updating];

/// `GetPublicKey`.
pub(crate) const WITH_MATERIAL: &[KeyState] = &[Enabled, Disabled, Updating];

/// `EnableKey` and `DisableKey`. For a key in a disconnected key store, the change becomes visible
/// when the store is connected again.
pub(crate) const SWITCHABLE: &[KeyState] = &[Enabled, Disabled, Unavailable];

/// `CreateAlias`, `UpdateAlias`, `TagResource`, `UntagResource` and `UpdateKeyDescription`: all
/// states without a pending deletion.
pub(crate) const NOT_PENDING_DELETION: &[KeyState] =
    &[Enabled, Disabled, PendingImport, Unavailable, Updating];

/// `ScheduleKeyDeletion`.
pub(crate) const DELETABLE: &[KeyState] = &[Enabled, Disabled, PendingImport, Unavailable];

/// Rotation, replication and `UpdatePrimaryRegion`: the key is enabled and not changing.
pub(crate) const ENABLED: &[KeyState] = &[Enabled];

/// `GetParametersForImport` and `ImportKeyMaterial`.
pub(crate) const IMPORTABLE: &[KeyState] = &[Enabled, Disabled, PendingImport, Updating];
