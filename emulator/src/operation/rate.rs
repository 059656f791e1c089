//! The request quota of an operation.

use crate::api::{Location, Region};
use crate::quota::{RequestQuota, SharedQuota};

/// The request quota of an operation with input `I`.
pub(super) enum Rate<I> {
    /// AWS documents no quota.
    None,
    /// A quota of the operation alone, in requests a second.
    Own(u16),
    /// A quota of the operation that a request also uses up in another Region.
    TwoRegions {
        per_second: u16,
        /// What a request uses up in the other Region.
        other: fn(&I) -> Option<OtherRegion>,
    },
    /// A quota that operations share by the kind of key.
    Shared(fn(&I) -> SharedQuota),
}

/// What a request uses up in another Region.
pub(super) struct OtherRegion {
    pub(super) region: Region,
    pub(super) quota: RequestQuota,
    /// How many requests it counts as.
    pub(super) requests: usize,
}

impl<I> Rate<I> {
    /// Everything that a request uses up, with its account and Region.
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
