//! Identities: who the holder of an access key is. They come from seed files; a caller whose
//! access key is not known is the account.

use serde::{Deserialize, Serialize};

use crate::api::AccountId;
use crate::context::Writing;
use crate::store::{Store, StoreError, record};

/// What is stored of an identity, under its access key id.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) account: AccountId,
    /// Of a user, a role or a session; without one, it is the account itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) arn: Option<String>,
    /// The secret access key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) secret: Option<String>,
}

impl Identity {
    /// The identity that has an access key.
    ///
    /// # Errors
    ///
    /// Internal: its record is damaged.
    pub(crate) fn find(store: &Store, access_key_id: &str) -> Result<Option<Self>, StoreError> {
        let name = name(access_key_id);
        let bytes = store.get(&name);
        bytes.map(|bytes| record::decode(&name, &bytes)).transpose()
    }
}

impl Writing<'_, '_> {
    /// Puts an identity in the place of the one with that access key; `false` if it was the same.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn put_identity(
        &mut self,
        access_key_id: &str,
        identity: &Identity,
    ) -> Result<bool, StoreError> {
        let name = name(access_key_id);
        let bytes = record::encode(&name, identity)?;
        let is_new = self.get(&name).is_none_or(|before| *before != *bytes);
        if is_new {
            self.put(name, bytes);
        }
        Ok(is_new)
    }
}

fn name(access_key_id: &str) -> String {
    format!("identity/{access_key_id}")
}
