//! The quotas of real KMS, off unless asked for: how much there may be, and how often one may ask.
//!
//! Rates are token buckets of one second's worth, filled by the clock: nothing runs in between,
//! and a test that stops the clock gets exactly as many answers as the quota says.

mod rate;
mod table;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::clock::Timestamp;
use crate::error::{KmsError, message};
use crate::key::Location;
use crate::protocol::Body;
use rate::Bucket;
pub(crate) use table::Resource;
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

/// How many rates are remembered; beyond that, those that were not used lately are forgotten.
const MOST: usize = 10_000;

/// How often each account has asked lately, in each Region.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<(Location, &'static str), Bucket>>);

impl Throttle {
    /// Counts a request.
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
        let Some(Rate { class, per_second }) = rate(operation, algorithm(body), &caller.region)
        else {
            return Ok(());
        };
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.retain(|_, bucket| !bucket.is_full(now));
        }
        let bucket = buckets
            .entry((caller.clone(), class))
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
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn body(value: &Value) -> Body {
        value.as_object().unwrap().clone()
    }

    fn here() -> Location {
        Location::default()
    }

    #[test]
    fn one_second_brings_as_many_requests_as_the_quota_says() {
        let throttle = Throttle::default();
        let mut now = Timestamp::from_millis(1_790_000_000_000);
        let create = |now| throttle.count(&here(), "CreateKey", &Body::new(), now);
        for second in 0..3 {
            for request in 0..5 {
                assert_eq!(create(now), Ok(()), "{second} {request}");
            }
            assert_eq!(create(now), Err(message::throttled()));
            now = now.plus(Duration::from_secs(1));
        }
        now = now.plus(Duration::from_millis(200));
        assert!((0..5).all(|_| create(now).is_ok()));
        assert!(create(now).is_err());
    }

    #[test]
    fn a_quota_below_one_a_second_waits_longer() {
        let throttle = Throttle::default();
        let now = Timestamp::from_millis(1_790_000_000_000);
        let body = body(&json!({ "KeyPairSpec": "RSA_4096" }));
        let pair = |seconds| {
            let now = now.plus(Duration::from_secs(seconds));
            throttle
                .count(&here(), "GenerateDataKeyPair", &body, now)
                .is_ok()
        };
        assert_eq!(
            [0, 1, 9, 10, 11].map(pair),
            [true, false, false, true, false]
        );
    }

    #[test]
    fn operations_kinds_of_key_and_regions_have_their_own() {
        let throttle = Throttle::default();
        let now = Timestamp::from_millis(1_790_000_000_000);
        let elsewhere = Location {
            region: crate::key::Region::parse("eu-west-3").unwrap(),
            ..here()
        };
        while throttle
            .count(&here(), "CreateKey", &Body::new(), now)
            .is_ok()
        {}
        let is_free = |location: &Location, operation: &str, members: &Value| {
            throttle
                .count(location, operation, &body(members), now)
                .is_ok()
        };
        assert!(is_free(&elsewhere, "CreateKey", &json!({})));
        assert!(is_free(&here(), "CreateAlias", &json!({})));
        // Sign with RSA and Decrypt with RSA share one, Sign on a curve has another.
        let rsa = json!({ "SigningAlgorithm": "RSASSA_PSS_SHA_256" });
        while is_free(&here(), "Sign", &rsa) {}
        let oaep = json!({ "EncryptionAlgorithm": "RSAES_OAEP_SHA_1" });
        assert!(!is_free(&here(), "Decrypt", &oaep));
        assert!(is_free(&here(), "Decrypt", &json!({})));
        assert!(is_free(
            &here(),
            "Sign",
            &json!({ "SigningAlgorithm": "ECDSA_SHA_256" })
        ));
    }
}
