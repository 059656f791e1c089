//! Storage of identities.

use super::WriteContext;
use crate::auth::Identity;
use crate::store::{StoreError, record};

impl WriteContext<'_, '_> {
    /// Stores the identity of an access key. Returns `false` if it is stored already.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn put_identity(
        &mut self,
        access_key_id: &str,
        identity: &Identity,
    ) -> Result<bool, StoreError> {
        let name = Identity::record_name(access_key_id);
        let bytes = record::encode(&name, identity)?;
        let is_new = self.get(&name).is_none_or(|before| *before != *bytes);
        if is_new {
            self.put(name, bytes);
        }
        Ok(is_new)
    }
}
