//! Request quotas of real KMS. They are off by default.
//!
//! Each quota is a token bucket of one second, which the clock fills. No timer runs. With a frozen
//! clock, exactly as many requests succeed as the quota allows.

mod bucket;
mod request_quota;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bucket::Bucket;
pub(crate) use request_quota::{RequestQuota, SharedQuota};

use crate::api::Location;
use crate::clock::Timestamp;
use crate::error::{KmsError, message};

/// The quotas that apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Quotas {
    /// Only quotas that always apply: the size of a policy, 50 tags, 25 on-demand rotations, 10
    /// custom key stores.
    #[default]
    None,
    /// The default quotas of an AWS account.
    Aws,
}

/// The maximum number of buckets in memory. Beyond that, full buckets are removed.
const MAX_BUCKETS: usize = 10_000;

/// The token buckets of all accounts and Regions.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<(Location, RequestQuota), Bucket>>);

impl Throttle {
    /// Counts a request against a quota of the caller's account.
    ///
    /// # Errors
    ///
    /// `ThrottlingException`, if the quota is exceeded.
    pub(crate) fn count(
        &self,
        location: &Location,
        quota: RequestQuota,
        now: Timestamp,
    ) -> Result<(), KmsError> {
        let Some(per_second) = quota.per_second(&location.region) else {
            return Ok(());
        };
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MAX_BUCKETS {
            buckets.retain(|_, bucket| !bucket.is_full(now));
            // Too many active accounts: allow excess requests instead of growing without bound.
            if buckets.len() >= MAX_BUCKETS {
                buckets.clear();
            }
        }
        let bucket = buckets
            .entry((location.clone(), quota))
            .or_insert_with(|| Bucket::new(per_second, now));
        if bucket.take(now) {
            Ok(())
        } else {
            Err(message::throttled(&quota.name(), per_second))
        }
    }

    /// Resets all quotas.
    pub(crate) fn clear(&self) {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.clear();
    }

    #[cfg(test)]
    pub(crate) fn bucket_count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[cfg(test)]
mod tests;
