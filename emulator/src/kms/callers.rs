//! The callers of recent requests. A client sends the same credential with each request, so its caller is
//! read once.

use std::sync::Arc;

use quick_cache::sync::Cache;

use crate::auth::{Caller, credential_scope};
use crate::context::Services;
use crate::store::{Bytes, StoreError};

/// The maximum number of callers.
const CAPACITY: usize = 1000;

/// The maximum length of a credential that is kept.
const MAX_CREDENTIAL: usize = 256;

/// The callers by the start of the header `Authorization`, up to the comma after the credential.
///
/// An entry is valid only while the store has the same record of the identity, so the cache needs no
/// invalidation. Each request still reads this record.
pub(super) struct Callers(Cache<Box<str>, Arc<Known>>);

struct Known {
    record_name: String,
    record: Option<Bytes>,
    caller: Arc<Caller>,
}

impl Default for Callers {
    fn default() -> Self {
        Self(Cache::new(CAPACITY))
    }
}

impl Callers {
    /// The caller of a request.
    ///
    /// # Errors
    ///
    /// Internal: the record of its identity is damaged.
    pub(super) fn caller(
        &self,
        services: &Services,
        one_location: bool,
        authorization: Option<&str>,
    ) -> Result<Arc<Caller>, StoreError> {
        let credential = authorization.and_then(credential);
        if let Some(known) = credential.and_then(|credential| self.0.get(credential))
            && is_same(
                known.record.as_ref(),
                services.store.get(&known.record_name).as_ref(),
            )
        {
            return Ok(Arc::clone(&known.caller));
        }
        let mut read = None;
        let find = |access_key_id: &str| {
            let (name, record) = read.insert(services.identity_record(access_key_id));
            let record = record.as_ref();
            record
                .map(|bytes| services.decoded.identities.read(name, bytes))
                .transpose()
        };
        let mut caller = Caller::new(authorization, &services.location, find)?;
        if one_location {
            caller.location.clone_from(&services.location);
        }
        let caller = Arc::new(caller);
        if let Some((record_name, record)) = read
            && let Some(credential) = credential.filter(|start| credential_scope(start).is_some())
        {
            let known = Known {
                record_name,
                record,
                caller: Arc::clone(&caller),
            };
            self.0.insert(credential.into(), Arc::new(known));
        }
        Ok(caller)
    }
}

/// The start of the header that determines the caller, if the header has the usual form.
fn credential(authorization: &str) -> Option<&str> {
    let end = memchr::memchr(b',', authorization.as_bytes())?;
    authorization
        .get(..end)
        .filter(|start| start.len() <= MAX_CREDENTIAL)
}

fn is_same(one: Option<&Bytes>, other: Option<&Bytes>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (None, None) => true,
        _ => false,
    }
}
