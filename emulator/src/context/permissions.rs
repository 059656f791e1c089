//! Permissions that are known already.
//!
//! Most requests repeat an earlier one: the same caller, operation and key. If no policy reads the
//! context of requests, and the key has no grants, the answer depends on nothing but the operation and a
//! few records. It is used again while these records are the same, so it is never stale.

use std::sync::Arc;

use quick_cache::sync::Cache;

use crate::auth::{Identity, ManagedPolicyRecord, Principal};
use crate::key::KeyRecord;

/// The maximum number of permissions.
const CAPACITY: usize = 10_000;

/// The permissions of recent requests, by the addresses of two records and the operation.
pub(super) struct Permissions(Cache<(usize, usize, &'static str), Arc<Permission>>);

/// Everything that a permission depends on. It keeps the records, so their addresses stay theirs.
pub(super) struct Permission {
    pub(super) operation: &'static str,
    pub(super) identity: Arc<Identity>,
    pub(super) key: Arc<KeyRecord>,
    pub(super) principal: Option<Arc<Principal>>,
    pub(super) managed_policies: Vec<Option<Arc<ManagedPolicyRecord>>>,
}

impl Default for Permissions {
    fn default() -> Self {
        Self(Cache::new(CAPACITY))
    }
}

impl Permissions {
    pub(super) fn has(&self, permission: &Permission) -> bool {
        let known = self.0.get(&permission.name());
        known.is_some_and(|known| known.has_records_of(permission))
    }

    pub(super) fn add(&self, permission: Permission) {
        self.0.insert(permission.name(), Arc::new(permission));
    }
}

impl Permission {
    fn name(&self) -> (usize, usize, &'static str) {
        let identity = Arc::as_ptr(&self.identity).addr();
        (identity, Arc::as_ptr(&self.key).addr(), self.operation)
    }

    fn has_records_of(&self, other: &Self) -> bool {
        let same = self.managed_policies.iter().zip(&other.managed_policies);
        self.managed_policies.len() == other.managed_policies.len()
            && is_same(self.principal.as_ref(), other.principal.as_ref())
            && same
                .into_iter()
                .all(|(one, other)| is_same(one.as_ref(), other.as_ref()))
    }
}

fn is_same<T>(one: Option<&Arc<T>>, other: Option<&Arc<T>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (None, None) => true,
        _ => false,
    }
}
