//! Keys: what is known of one, what it is called, what state it is in.

mod algorithm;
pub(crate) mod ciphertext;
mod encryption_context;
mod id;
pub(crate) mod material;
mod material_id;
mod metadata;
mod policy;
mod reference;
mod spec;
pub(crate) mod state;

use serde::{Deserialize, Serialize};

pub(crate) use algorithm::{
    Algorithms, EncapsulationAlgorithm, EncryptionAlgorithm, KeyAgreementAlgorithm, MacAlgorithm,
};
pub(crate) use encryption_context::EncryptionContext;
pub(crate) use id::{AccountId, KeyArn, KeyId, Location, Region};
pub(crate) use material_id::KeyMaterialId;
pub(crate) use metadata::KeyMetadata;
pub(crate) use policy::Policy;
pub(crate) use reference::KeyReference;
pub(crate) use spec::{KeySpec, KeyUsage, Origin, SigningAlgorithm};
pub(crate) use state::KeyState;

use crate::clock::{Timestamp, millis};
use crate::error::{KmsError, message};
use crate::protocol::Blob;
use crate::tag::Tag;

/// A key without its secret: all that `DescribeKey`, `GetPublicKey` and the lists need. The
/// material is a record of its own, so that nothing but cryptography ever reads it.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) arn: KeyArn,
    pub(crate) record: KeyRecord,
}

/// What is stored of a key. Its account, Region and id are in the record's name.
///
/// New members must have a default: records outlive versions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeyRecord {
    pub(crate) spec: KeySpec,
    pub(crate) usage: KeyUsage,
    pub(crate) origin: Origin,
    pub(crate) enabled: bool,
    #[serde(with = "millis")]
    pub(crate) created: Timestamp,
    pub(crate) description: String,
    /// The policy that was given to `CreateKey`; without one, the default policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) policy: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<Tag>,
    /// DER, `SubjectPublicKeyInfo`. A key whose material is still to be imported has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) public_key: Option<Blob>,
    #[serde(default)]
    pub(crate) has_material: bool,
    /// Of a symmetric encryption key that has material, or had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) material_id: Option<KeyMaterialId>,
    #[serde(default)]
    pub(crate) multi_region: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deletion: Option<Deletion>,
}

/// A deletion that was scheduled.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Deletion {
    #[serde(with = "millis")]
    pub(crate) date: Timestamp,
}

impl Key {
    pub(crate) fn id(&self) -> &KeyId {
        &self.arn.id
    }

    /// Refuses an operation that does not work in the key's state.
    ///
    /// # Errors
    ///
    /// `DisabledException` or `KMSInvalidStateException`, unless the state is among `states`.
    pub(crate) fn require_state(
        &self,
        states: &[KeyState],
        now: Timestamp,
    ) -> Result<(), KmsError> {
        let state = self.record.state(now);
        if states.contains(&state) {
            Ok(())
        } else {
            Err(message::unusable(&self.arn, state))
        }
    }
}

impl KeyRecord {
    /// The state of the key at a moment. A key that is [gone](Self::is_gone) has no state; nothing
    /// finds it to ask.
    pub(crate) fn state(&self, _now: Timestamp) -> KeyState {
        match self {
            Self {
                deletion: Some(_), ..
            } => KeyState::PendingDeletion,
            Self {
                has_material: false,
                ..
            } => KeyState::PendingImport,
            Self { enabled: false, .. } => KeyState::Disabled,
            _ => KeyState::Enabled,
        }
    }

    /// Whether the key's waiting period is over: then there is no such key any more.
    pub(crate) fn is_gone(&self, now: Timestamp) -> bool {
        self.deletion
            .as_ref()
            .is_some_and(|deletion| deletion.date <= now)
    }
}
