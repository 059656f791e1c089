//! Identities: the owners of access keys. Seed files and STS create them. A caller with an unknown
//! access key is the root of its account.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Session;
use crate::api::AccountId;
use crate::store::{Decoded, Store, StoreError};

/// A stored identity. Its access key id is in the name of the record.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) account: AccountId,
    /// The ARN of a user, a role or a session. Without it, the identity is the root of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) arn: Option<String>,
    /// The secret access key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) secret: Option<String>,
    /// The unique id of the caller, if it does not follow from the ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_id: Option<String>,
    /// The session of temporary credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<Session>,
}

impl Identity {
    /// The prefix of the names of identities' records.
    pub(crate) const PREFIX: &'static str = "identity/";

    /// The identity of an access key.
    ///
    /// # Errors
    ///
    /// Internal: its record is damaged.
    pub(crate) fn find(
        store: &Store,
        decoded: &Decoded<Self>,
        access_key_id: &str,
    ) -> Result<Option<Arc<Self>>, StoreError> {
        decoded.find(store, &Self::record_name(access_key_id))
    }

    /// The name of the record of an access key's identity.
    pub(crate) fn record_name(access_key_id: &str) -> String {
        [Self::PREFIX, access_key_id].concat()
    }
}
