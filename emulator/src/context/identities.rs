//! Storage of identities.

use std::time::Duration;

use super::{Lock, RequestContext, WriteContext};
use crate::api::AccountId;
use crate::auth::Identity;
use crate::store::{StoreError, record};

/// How long an expired session is kept, so that its use has AWS's error.
const EXPIRED_SESSIONS_ARE_KEPT: Duration = Duration::from_secs(24 * 3600);

/// The number of identities that one new session checks. Sessions have random ids, so the checks
/// reach all of them, and old sessions do not accumulate.
const CHECKED: usize = 16;

impl<L: Lock> RequestContext<'_, '_, L> {
    /// The account of an access key.
    ///
    /// # Errors
    ///
    /// Internal: the record is damaged.
    pub(crate) fn account_of(&self, access_key_id: &str) -> Result<AccountId, StoreError> {
        let identity = self.services().identity(access_key_id)?;
        let account = identity.map(|identity| identity.account.clone());
        let account = account.or_else(|| AccountId::parse(access_key_id));
        Ok(account.unwrap_or_else(|| self.services().location.account.clone()))
    }
}

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
        self.put_record(Identity::record_name(access_key_id), identity)
    }

    /// Deletes sessions that expired long ago, of the identities whose access key ids come after the
    /// given one.
    ///
    /// # Errors
    ///
    /// Internal: a record is damaged.
    pub(crate) fn delete_expired_sessions(&mut self, after: &str) -> Result<(), StoreError> {
        let now = self.now();
        let mut checked = Vec::new();
        self.scan(Identity::PREFIX, Some(after), |id, bytes| {
            checked.push((Identity::record_name(id), bytes.clone()));
            checked.len() < CHECKED
        });
        for (name, bytes) in checked {
            let identity: Identity = record::decode(&name, &bytes)?;
            let session = identity.session;
            if session.is_some_and(|session| {
                session.is_expired(now) && session.expires.plus(EXPIRED_SESSIONS_ARE_KEPT) <= now
            }) {
                self.delete(name);
            }
        }
        Ok(())
    }
}
