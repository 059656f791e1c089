//! The quotas of real KMS, off unless asked for: how much there may be, and how often one may ask.
//!
//! Rates are token buckets of one second's worth, filled by the clock: nothing runs in between,
//! and a test that stops the clock gets exactly as many answers as the quota says.

mod rate;
mod table;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::api::{AliasName, KeyArn, Location, Region};
use crate::clock::Timestamp;
use crate::context::records;
use crate::error::{KmsError, message};
use crate::grant::grants_of;
use crate::protocol::Body;
use crate::store::Store;
use rate::Bucket;
use table::{Rate, rate};

/// Which quotas are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quotas {
    /// None but those that are always kept: the size of a policy, 50 tags, 25 rotations on demand,
    /// 10 custom key stores.
    #[default]
    None,
    /// Those that an account has at AWS from the start.
    Aws,
}

/// What there may be only so many of. The size of a policy, rotations on demand and custom key
/// stores have limits that are always kept, and are checked where they are made.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Resource<'a> {
    /// Customer managed keys of an account in a Region, in whatever state.
    Keys(&'a Location),
    /// Aliases of one key.
    Aliases(&'a KeyArn),
    /// Grants of one key.
    Grants(&'a KeyArn),
}

impl Resource<'_> {
    /// How many there are.
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
            // Keys that AWS manages have one alias each, of a reserved name.
            Self::Keys(location) => {
                let managed = records::alias(location, &AliasName::new(AliasName::AWS_PREFIX));
                count(&records::keys(location)).saturating_sub(count(&managed))
            }
            Self::Aliases(key) => count(&records::aliases_of(key)),
            Self::Grants(key) => count(&grants_of(key)),
        }
    }
}

/// How many rates are remembered; beyond that, those that were not used lately are forgotten.
const MOST: usize = 10_000;

/// How often each account has asked lately, in each Region.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<(Location, &'static str), Bucket>>);

impl Throttle {
    /// Counts a request against the quotas of the account that sent it, whoever's the key is.
    ///
    /// # Errors
    ///
    /// `ThrottlingException`, if it is one too many.
    pub(crate) fn count(
        &self,
        caller: &Location,
        operation: &str,
        body: &Body,
        now: Timestamp,
    ) -> Result<(), KmsError> {
        self.take(caller, operation, algorithm(body), now)?;
        let elsewhere = |member: &str| {
            let region = body.get(member).and_then(Value::as_str);
            region.and_then(Region::parse).map(|region| Location {
                account: caller.account.clone(),
                region,
            })
        };
        // As documented: a dry run before the replica is made is a request to make a key too.
        if operation == "ReplicateKey"
            && let Some(place) = elsewhere("ReplicaRegion")
        {
            self.take(&place, "CreateKey", "", now)?;
            self.take(&place, "CreateKey", "", now)?;
        }
        if operation == "UpdatePrimaryRegion"
            && let Some(place) = elsewhere("PrimaryRegion")
        {
            self.take(&place, operation, "", now)?;
        }
        Ok(())
    }

    /// Forgets who has asked.
    pub(crate) fn clear(&self) {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.clear();
    }

    fn take(
        &self,
        place: &Location,
        operation: &str,
        algorithm: &str,
        now: Timestamp,
    ) -> Result<(), KmsError> {
        let Some(Rate { class, per_second }) = rate(operation, algorithm, &place.region) else {
            return Ok(());
        };
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.retain(|_, bucket| !bucket.is_full(now));
            // Nobody has so many accounts: rather too many answers than no bound.
            if buckets.len() >= MOST {
                buckets.clear();
            }
        }
        let bucket = buckets
            .entry((place.clone(), class))
            .or_insert_with(|| Bucket::new(per_second, now));
        if bucket.take(now) {
            Ok(())
        } else {
            Err(message::throttled())
        }
    }
}

/// The algorithm or spec that a request names; it tells the kind of key, without looking for it.
fn algorithm(body: &Body) -> &str {
    const MEMBERS: [&str; 6] = [
        "SigningAlgorithm",
        "EncryptionAlgorithm",
        "DestinationEncryptionAlgorithm",
        "SourceEncryptionAlgorithm",
        "MacAlgorithm",
        "KeyPairSpec",
    ];
    let named = MEMBERS.iter().filter_map(|member| body.get(*member));
    let mut named = named.filter_map(Value::as_str);
    named.next().unwrap_or_default()
}

#[cfg(test)]
mod tests;
