//! The quotas of real KMS, off by default: how often an account may send requests.
//!
//! A rate is a token bucket of one second, filled by the clock. No timer runs, and a test that
//! freezes the clock gets exactly as many answers as the quota allows.

mod bucket;
mod request_quota;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bucket::Bucket;
pub(crate) use request_quota::{RequestQuota, SharedQuota};

use crate::api::Location;
use crate::clock::Timestamp;
use crate::error::{KmsError, message};

/// Which quotas apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Quotas {
    /// Only those that always apply: the size of a policy, 50 tags, 25 rotations on demand, 10
    /// custom key stores.
    #[default]
    None,
    /// The default quotas of an AWS account.
    Aws,
}

/// The most buckets in memory. Beyond that, buckets that were not used lately are removed.
const MAX_BUCKETS: usize = 10_000;

/// How often each account has sent requests lately, in each Region.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<(Location, RequestQuota), Bucket>>);

impl Throttle {
    /// Counts a request against a quota of the caller's account.
    ///
    /// # Errors
    ///
    /// `ThrottlingException`, if it is one too many.
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
            // More accounts than any test has: rather answer too often than grow without bound.
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
            Err(message::throttled())
        }
    }

    /// Forgets all requests.
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
