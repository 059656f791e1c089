//! Quotas, with a clock that stands still.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::*;
use crate::Kms;
use crate::clock::Clock;
use crate::protocol::{Reply, Request};

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
    let china = Location {
        region: Region::parse("cn-north-1").unwrap(),
        ..here()
    };
    let pair = |seconds| {
        let now = now.plus(Duration::from_secs(seconds));
        throttle
            .count(&china, "GenerateDataKeyPair", &body, now)
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
        region: Region::parse("eu-west-3").unwrap(),
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

#[test]
fn a_replica_counts_as_two_keys_in_its_region() {
    let throttle = Throttle::default();
    let now = Timestamp::from_millis(1_790_000_000_000);
    let there = Location {
        region: Region::parse("eu-west-3").unwrap(),
        ..here()
    };
    let replica = body(&json!({ "ReplicaRegion": "eu-west-3" }));
    let replicate = || throttle.count(&here(), "ReplicateKey", &replica, now);
    assert!(replicate().is_ok());
    assert!(replicate().is_ok());
    let create = |place| throttle.count(place, "CreateKey", &Body::new(), now);
    assert!(create(&there).is_ok());
    assert_eq!(create(&there), Err(message::throttled()));
    assert_eq!(replicate(), Err(message::throttled()));
    assert!(create(&here()).is_ok());
}

#[test]
fn what_is_remembered_is_bounded() {
    let throttle = Throttle::default();
    let now = Timestamp::from_millis(1_790_000_000_000);
    for account in 0..MOST + 10 {
        let place = Location {
            account: crate::api::AccountId::parse(&format!("{account:012}")).unwrap(),
            ..here()
        };
        let _ = throttle.count(&place, "CreateKey", &Body::new(), now);
    }
    assert!(throttle.0.lock().unwrap().len() <= MOST);
}

/// Nothing but what the documentation leaves out has no quota.
#[test]
fn every_operation_has_a_quota_or_is_known_to_have_none() {
    let mut without: Vec<_> = crate::model::model()
        .operation_names()
        .filter(|name| rate(name, "RSA_2048", &here().region).is_none())
        .collect();
    without.sort_unstable();
    // Newer than what the developer guide lists.
    assert_eq!(without, ["Decapsulate", "Encapsulate"]);
}

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

fn kms(quotas: Quotas) -> (Kms, Arc<Clock>) {
    let clock = Arc::new(Clock::frozen_at(NOW));
    let kms = Kms::builder().clock(clock.clone()).quotas(quotas);
    (kms.build_temporary().unwrap(), clock)
}

fn ask(kms: &Kms, operation: &str, body: &Value) -> Reply {
    kms.handle(&Request::new(
        &format!("TrentService.{operation}"),
        body.to_string().as_bytes(),
    ))
}

fn text(reply: Reply) -> String {
    String::from_utf8(reply.body).unwrap()
}

#[test]
fn the_sixth_key_in_a_second_is_throttled_and_a_wrong_request_does_not_count() {
    let (kms, clock) = kms(Quotas::Aws);
    for _ in 0..10 {
        let wrong = ask(&kms, "CreateKey", &json!({ "KeySpec": "NO_SPEC" }));
        assert_eq!(wrong.trace.error.as_deref(), Some("ValidationException"));
    }
    for _ in 0..5 {
        assert_eq!(ask(&kms, "CreateKey", &json!({})).status, 200);
    }
    let reply = ask(&kms, "CreateKey", &json!({}));
    assert_eq!(reply.status, 400);
    assert_eq!(
        text(reply),
        r#"{"__type":"ThrottlingException","message":"You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."}"#
    );
    assert_eq!(kms.key_count(), 5, "what is throttled is not done");
    clock.advance(Duration::from_millis(200));
    assert_eq!(ask(&kms, "CreateKey", &json!({})).status, 200);
}

#[test]
fn a_key_has_no_more_than_fifty_aliases() {
    let (kms, clock) = kms(Quotas::Aws);
    let key = || {
        clock.advance(Duration::from_secs(1));
        ask(&kms, "CreateKey", &json!({})).trace.key.unwrap()
    };
    let (full, other) = (key(), key());
    let name = |operation: &str, number: usize, key: &str| {
        clock.advance(Duration::from_secs(1));
        let body = json!({ "AliasName": format!("alias/a{number}"), "TargetKeyId": key });
        ask(&kms, operation, &body)
    };
    for number in 0..50 {
        assert_eq!(name("CreateAlias", number, &full).status, 200);
    }
    let expected = r#"{"__type":"LimitExceededException","message":"Aliases per key quota for this account in this region is 50, current usage is 50."}"#;
    assert_eq!(text(name("CreateAlias", 50, &full)), expected);
    assert_eq!(name("CreateAlias", 50, &other).status, 200);
    assert_eq!(text(name("UpdateAlias", 50, &full)), expected);
    assert_eq!(name("UpdateAlias", 7, &full).status, 200, "its own already");
    assert_eq!(name("UpdateAlias", 7, &other).status, 200);
    assert_eq!(name("UpdateAlias", 50, &full).status, 200);
}

#[test]
fn keys_that_aws_manages_are_not_counted() {
    let (kms, _) = kms(Quotas::Aws);
    let ours = ask(&kms, "CreateKey", &json!({}));
    assert_eq!(ours.status, 200);
    let managed = ask(&kms, "DescribeKey", &json!({ "KeyId": "alias/aws/s3" }));
    assert_eq!(managed.status, 200);
    assert_eq!(kms.key_count(), 2);
    assert_eq!(Resource::Keys(&here()).count(&kms.store), 1);
}

#[test]
fn without_quotas_nothing_is_counted() {
    let (kms, _) = kms(Quotas::None);
    let key = ask(&kms, "CreateKey", &json!({})).trace.key.unwrap();
    for number in 0..60 {
        let body = json!({ "AliasName": format!("alias/a{number}"), "TargetKeyId": key });
        assert_eq!(ask(&kms, "CreateAlias", &body).status, 200);
    }
    assert!(kms.throttle.0.lock().unwrap().is_empty());
}
