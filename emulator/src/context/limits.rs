//! Resource quotas: the page "Resource quotas" of the developer guide.

use super::{Due, Lock, RequestContext, records};
use crate::api::{AliasName, KeyArn, Location};
use crate::error::{KmsError, message};
use crate::key::KeyRecord;
use crate::quota::Quotas;
use crate::store::{Store, record};

/// A resource with an optional quota. Other limits always apply: the size of a policy, on-demand
/// rotations and custom key stores. Their operations check them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Resource<'a> {
    /// Customer managed keys of an account in a Region, in any state.
    Keys(&'a Location),
    /// Aliases of one key.
    Aliases(&'a KeyArn),
    /// Grants of one key.
    Grants(&'a KeyArn),
}

impl Resource<'_> {
    const fn quota(self) -> usize {
        match self {
            Self::Keys(_) => 100_000,
            Self::Aliases(_) => 50,
            Self::Grants(_) => 50_000,
        }
    }

    /// The number of existing resources.
    pub(crate) fn count(self, store: &Store) -> usize {
        let count = |prefix: &str| {
            let mut count = 0_usize;
            store.scan(prefix, None, |_, _| {
                count += 1;
                true
            });
            count
        };
        match self {
            // Each AWS managed key has one alias, with a reserved name.
            Self::Keys(location) => {
                let managed = records::alias(location, &AliasName::new(AliasName::AWS_PREFIX));
                count(&records::keys(location)).saturating_sub(count(&managed))
            }
            Self::Aliases(key) => count(&records::aliases_of(key)),
            Self::Grants(key) => count(&records::grants_of(key)),
        }
    }
}

impl<L: Lock> RequestContext<'_, '_, L> {
    /// The number of deleted keys whose records are still to be deleted.
    fn deleted_keys(&self, location: &Location) -> usize {
        let store = &self.services().store;
        if Due::first(store, self.now()).is_none() {
            return 0;
        }
        let mut deleted = 0;
        store.scan(&records::keys(location), None, |name, bytes| {
            let key = record::decode::<KeyRecord>(name, bytes);
            deleted += usize::from(key.is_ok_and(|key| key.is_deleted(self.now())));
            true
        });
        deleted
    }

    /// Checks that the quota allows one more resource.
    ///
    /// # Errors
    ///
    /// `LimitExceededException`.
    pub(crate) fn check_quota(&self, resource: Resource<'_>) -> Result<(), KmsError> {
        if self.services().quotas == Quotas::None {
            return Ok(());
        }
        let (quota, mut count) = (resource.quota(), resource.count(&self.services().store));
        if let Resource::Keys(location) = resource
            && count >= quota
        {
            count -= self.deleted_keys(location).min(count);
        }
        if count < quota {
            return Ok(());
        }
        Err(match resource {
            Resource::Keys(_) => message::too_many_keys(quota, count),
            Resource::Aliases(_) => message::too_many_aliases(quota, count),
            Resource::Grants(key) => message::too_many_grants(key, quota, count),
        })
    }
}
