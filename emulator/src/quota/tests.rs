//! Quotas, with a frozen clock.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::Kms;
use crate::api::{AccountId, KeySpec, Region};
use crate::clock::Clock;
use crate::context::Resource;
use crate::protocol::{Reply, Request};

const CREATE_KEY: RequestQuota = RequestQuota::Operation {
    name: "CreateKey",
    per_second: 5,
};

fn location() -> Location {
    Location::default()
}

#[test]
fn allows_quota_each_second() {
    let throttle = Throttle::default();
    let mut now = NOW;
    let create = |now| throttle.count(&location(), CREATE_KEY, now);
    for second in 0..3 {
        for request in 0..5 {
            assert_eq!(create(now), Ok(()), "{second} {request}");
        }
        assert_eq!(create(now), Err(message::throttled("CreateKey", 5.0)));
        now = now.plus(Duration::from_secs(1));
    }
    now = now.plus(Duration::from_millis(200));
    assert!((0..5).all(|_| create(now).is_ok()));
    assert!(create(now).is_err());
}

#[test]
fn allows_one_request_in_ten_seconds() {
    let throttle = Throttle::default();
    let china = Location {
        region: Region::parse("cn-north-1").unwrap(),
        ..location()
    };
    let quota = RequestQuota::Shared(SharedQuota::DataKeyPair(KeySpec::Rsa4096));
    let pair = |seconds| {
        let now = NOW.plus(Duration::from_secs(seconds));
        throttle.count(&china, quota, now).is_ok()
    };
    assert_eq!(
        [0, 1, 9, 10, 11].map(pair),
        [true, false, false, true, false]
    );
}

#[test]
fn bounds_buckets() {
    let throttle = Throttle::default();
    for account in 0..MAX_BUCKETS + 10 {
        let location = Location {
            account: AccountId::parse(&format!("{account:012}")).unwrap(),
            ..location()
        };
        let _ = throttle.count(&location, CREATE_KEY, NOW);
    }
    assert!(throttle.bucket_count() <= MAX_BUCKETS);
}

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

fn kms(quotas: Quotas) -> (Kms, Arc<Clock>) {
    let clock = Arc::new(Clock::frozen_at(NOW));
    let kms = Kms::builder().clock(clock.clone()).quotas(quotas);
    (kms.build_temporary().unwrap(), clock)
}

/// Sends a request to a Region.
fn send_to(kms: &Kms, region: &str, operation: &str, body: &Value) -> Reply {
    let body = body.to_string();
    let authorization = format!("AWS4-HMAC-SHA256 Credential=A/20260101/{region}/kms/aws4_request");
    kms.handle(&Request {
        authorization: Some(&authorization),
        ..Request::new(&format!("TrentService.{operation}"), body.as_bytes())
    })
}

fn is_throttled(reply: &Reply) -> bool {
    reply.trace.error.as_deref() == Some("ThrottlingException")
}

fn text(reply: Reply) -> String {
    String::from_utf8(reply.body).unwrap()
}

#[test]
fn throttles_sixth_key_and_skips_invalid_requests() {
    let (kms, clock) = kms(Quotas::Aws);
    for _ in 0..10 {
        let wrong = kms.send("CreateKey", &json!({ "KeySpec": "NO_SPEC" }));
        assert_eq!(wrong.trace.error.as_deref(), Some("ValidationException"));
    }
    for _ in 0..5 {
        assert_eq!(kms.send("CreateKey", &json!({})).status, 200);
    }
    let reply = kms.send("CreateKey", &json!({}));
    assert_eq!(reply.status, 400);
    assert_eq!(
        text(reply),
        r#"{"__type":"ThrottlingException","message":"You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."}"#
    );
    assert_eq!(kms.key_count(), 5, "throttled requests create no key");
    clock.advance(Duration::from_millis(200));
    assert_eq!(kms.send("CreateKey", &json!({})).status, 200);
}

#[test]
fn limits_aliases_of_key() {
    let (kms, clock) = kms(Quotas::Aws);
    let key = || {
        clock.advance(Duration::from_secs(1));
        kms.send("CreateKey", &json!({})).trace.key.unwrap()
    };
    let (full, other) = (key(), key());
    let name = |operation: &str, number: usize, key: &str| {
        clock.advance(Duration::from_secs(1));
        let body = json!({ "AliasName": format!("alias/a{number}"), "TargetKeyId": key });
        kms.send(operation, &body)
    };
    for number in 0..50 {
        assert_eq!(name("CreateAlias", number, &full).status, 200);
    }
    let expected = r#"{"__type":"LimitExceededException","message":"Aliases per key quota for this account in this region is 50, current usage is 50."}"#;
    assert_eq!(text(name("CreateAlias", 50, &full)), expected);
    assert_eq!(name("CreateAlias", 50, &other).status, 200);
    assert_eq!(text(name("UpdateAlias", 50, &full)), expected);
    assert_eq!(
        name("UpdateAlias", 7, &full).status,
        200,
        "the alias is counted already"
    );
    assert_eq!(name("UpdateAlias", 7, &other).status, 200);
    assert_eq!(name("UpdateAlias", 50, &full).status, 200);
}

#[test]
fn skips_aws_managed_keys() {
    let (kms, _) = kms(Quotas::Aws);
    let ours = kms.send("CreateKey", &json!({}));
    assert_eq!(ours.status, 200);
    let managed = kms.send("DescribeKey", &json!({ "KeyId": "alias/aws/s3" }));
    assert_eq!(managed.status, 200);
    assert_eq!(kms.key_count(), 2);
    assert_eq!(Resource::Keys(&location()).count(&kms.services.store), 1);
}

#[test]
fn counts_nothing_without_quotas() {
    let (kms, _) = kms(Quotas::None);
    let key = kms.send("CreateKey", &json!({})).trace.key.unwrap();
    for number in 0..60 {
        let body = json!({ "AliasName": format!("alias/a{number}"), "TargetKeyId": key });
        assert_eq!(kms.send("CreateAlias", &body).status, 200);
    }
    assert_eq!(kms.throttle.bucket_count(), 0);
}

#[test]
fn separates_operations_kinds_of_key_and_regions() {
    let (kms, _) = kms(Quotas::Aws);
    while !is_throttled(&kms.send("CreateKey", &json!({}))) {}
    assert!(!is_throttled(&send_to(
        &kms,
        "eu-west-3",
        "CreateKey",
        &json!({})
    )));
    let alias = json!({ "AliasName": "alias/a", "TargetKeyId": "a" });
    assert!(!is_throttled(&kms.send("CreateAlias", &alias)));

    // Sign and Decrypt share the quota of RSA keys. ECC keys have another.
    let sign = |algorithm: &str| {
        let body = json!({ "KeyId": "a", "Message": "YQ==", "SigningAlgorithm": algorithm });
        is_throttled(&kms.send("Sign", &body))
    };
    let decrypt = |algorithm: &str| {
        let body = json!({ "CiphertextBlob": "YQ==", "EncryptionAlgorithm": algorithm });
        is_throttled(&kms.send("Decrypt", &body))
    };
    while !sign("RSASSA_PSS_SHA_256") {}
    assert!(decrypt("RSAES_OAEP_SHA_1"));
    assert!(!decrypt("SYMMETRIC_DEFAULT"));
    assert!(!sign("ECDSA_SHA_256"));
}

#[test]
fn counts_replica_as_two_keys_in_its_region() {
    let (kms, _) = kms(Quotas::Aws);
    let replica = json!({ "KeyId": "a", "ReplicaRegion": "eu-west-3" });
    let replicate = || is_throttled(&kms.send("ReplicateKey", &replica));
    assert!(!replicate());
    assert!(!replicate());
    let create = || is_throttled(&send_to(&kms, "eu-west-3", "CreateKey", &json!({})));
    assert!(!create());
    assert!(create());
    assert!(replicate());
    assert!(!is_throttled(&kms.send("CreateKey", &json!({}))));
}
