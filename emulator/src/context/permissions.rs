//! Permissions that are known already.
//!
//! Most requests repeat an earlier one: the same caller, operation and key. If the key has no grants, the
//! answer depends on nothing but the operation, a few records, and the values of the condition keys that
//! the policies name. It is used again while all of these are the same, so it is never stale.

use std::sync::Arc;

use quick_cache::sync::Cache;

use crate::auth::{Account, Identity, ManagedPolicyRecord, Principal};
use crate::iam::Context;
use crate::key::KeyRecord;

/// The maximum number of permissions.
const CAPACITY: usize = 10_000;

/// The maximum number of values that are kept of one permission: those of different tenants, for example.
const VALUES: usize = 8;

/// The maximum length of the names and values of condition keys. Longer ones are decided each time.
const MAX_LENGTH: usize = 1024;

/// The permissions of recent requests, by the addresses of two records and the operation.
pub(super) struct Permissions(Cache<(usize, usize, &'static str), Arc<Known>>);

/// The operation and the records that a permission depends on. It keeps the records, so their addresses
/// stay theirs.
pub(super) struct Permission {
    pub(super) operation: &'static str,
    pub(super) identity: Arc<Identity>,
    pub(super) key: Arc<KeyRecord>,
    pub(super) principal: Option<Arc<Principal>>,
    /// The account of the caller.
    pub(super) account: Option<Arc<Account>>,
    pub(super) managed_policies: Vec<Option<Arc<ManagedPolicyRecord>>>,
}

/// A permission that some requests had.
pub(super) struct Known {
    permission: Permission,
    /// The condition keys that its policies name, in lower case.
    pub(super) condition_keys: Arc<[String]>,
    /// The values that those keys had, except for the keys whose values follow from the records.
    values: Vec<Context>,
}

impl Default for Permissions {
    fn default() -> Self {
        Self(Cache::new(CAPACITY))
    }
}

impl Permissions {
    /// What is known of a permission with the same records.
    pub(super) fn find(&self, permission: &Permission) -> Option<Arc<Known>> {
        let known = self.0.get(&permission.name())?;
        known.permission.has_records_of(permission).then_some(known)
    }

    /// Adds values with which a permission was given, unless they are long. `known` is what
    /// [`Self::find`] found.
    pub(super) fn add(
        &self,
        permission: Permission,
        known: Option<&Known>,
        condition_keys: Arc<[String]>,
        values: Context,
    ) {
        let names = condition_keys.iter().map(String::len).sum::<usize>();
        if names + values.length() > MAX_LENGTH {
            return;
        }
        let earlier = known.map(|known| known.values.as_slice());
        let earlier = earlier.unwrap_or_default().iter().take(VALUES - 1);
        let known = Known {
            values: [values].into_iter().chain(earlier.cloned()).collect(),
            condition_keys,
            permission,
        };
        self.0.insert(known.permission.name(), Arc::new(known));
    }
}

impl Known {
    /// Whether a request with these values had the permission.
    pub(super) fn has(&self, values: &Context) -> bool {
        self.values.contains(values)
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
            && is_same(self.account.as_ref(), other.account.as_ref())
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
