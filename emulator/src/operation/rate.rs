//! The request quota of an operation.

use crate::api::{Location, Region};
use crate::quota::{RequestQuota, SharedQuota};

/// The request quota of an operation with input `I`.
pub(super) enum Rate<I> {
    /// AWS documents no quota.
    None,
    /// A quota of this operation, in requests per second.
    Own(u16),
    /// A quota of this operation, in requests per second, and a quota in another Region.
    TwoRegions {
        per_second: u16,
        /// The quota in the other Region.
        other: fn(&I) -> Option<OtherRegion>,
    },
    /// A quota that operations with one kind of key share.
    Shared(fn(&I) -> SharedQuota),
}

/// The quota in another Region.
pub(super) struct OtherRegion {
    pub(super) region: Region,
    pub(super) quota: RequestQuota,
    /// The number of requests that the call counts as.
    pub(super) requests: usize,
}

impl<I> Rate<I> {
    /// The quotas that a request counts against, with their account and Region.
    pub(super) fn charges(
        &self,
        operation: &'static str,
        input: &I,
        location: &Location,
    ) -> Vec<(Location, RequestQuota)> {
        let own = |per_second| RequestQuota::Operation {
            name: operation,
            per_second,
        };
        match self {
            Self::None => Vec::new(),
            Self::Own(per_second) => vec![(location.clone(), own(*per_second))],
            Self::Shared(quota) => vec![(location.clone(), RequestQuota::Shared(quota(input)))],
            Self::TwoRegions { per_second, other } => {
                let mut charges = vec![(location.clone(), own(*per_second))];
                if let Some(OtherRegion {
                    region,
                    quota,
                    requests,
                }) = other(input)
                {
                    let account = location.account.clone();
                    let location = Location { account, region };
                    charges.extend(std::iter::repeat_n((location, quota), requests));
                }
                charges
            }
        }
    }
}
