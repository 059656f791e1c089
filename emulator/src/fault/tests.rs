//! Tests of conditions, effects and validation of faults.

use serde_json::{Value, json};

use super::*;
use crate::Kms;
use crate::protocol::{Reply, Request};

fn kms() -> Kms {
    Kms::builder().build_temporary().unwrap()
}

fn call(kms: &Kms, operation: &str, body: &Value) -> Reply {
    let target = format!("TrentService.{operation}");
    kms.handle(&Request::new(&target, body.to_string().as_bytes()))
}

fn list(kms: &Kms) -> u16 {
    call(kms, "ListKeys", &json!({})).status
}

fn add(kms: &Kms, fault: Value) -> Result<FaultId, String> {
    let fault = serde_json::from_value(fault).map_err(|error| error.to_string())?;
    let id = kms.faults().insert(fault);
    id.map_err(|error| error.to_string())
}

fn create_key(kms: &Kms) -> String {
    call(kms, "CreateKey", &json!({})).trace.key.unwrap()
}

fn hits(kms: &Kms, requests: usize) -> Vec<bool> {
    (0..requests).map(|_| list(kms) != 200).collect()
}

#[test]
fn stops_after_times_hits() {
    let kms = kms();
    kms.faults().on("ListKeys").after(1).times(2).throttle();
    assert_eq!(hits(&kms, 5), [false, true, true, false, false]);
    let active = kms.faults().list();
    assert_eq!((active[0].seen, active[0].hits), (5, 2));
    assert!(kms.faults().remove(active[0].id) && !kms.faults().remove(active[0].id));
}

#[test]
fn every_hits_each_nth_request() {
    let kms = kms();
    kms.faults().on("ListKeys").every(3).throttle();
    assert_eq!(hits(&kms, 6), [false, false, true, false, false, true]);
}

#[test]
fn probability_is_reproducible_with_a_seed() {
    let draw = |seed| {
        let kms = kms();
        kms.faults().probability(0.5, seed).throttle();
        hits(&kms, 64)
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
    let half = draw(3).into_iter().filter(|hit| *hit).count();
    assert!((16..48).contains(&half), "{half}");
}

#[test]
fn hits_only_matching_requests() {
    let kms = kms();
    let (one, other) = (create_key(&kms), create_key(&kms));
    let alias = json!({ "AliasName": "alias/one", "TargetKeyId": one });
    assert_eq!(call(&kms, "CreateAlias", &alias).status, 200);
    let sealed = call(
        &kms,
        "Encrypt",
        &json!({ "KeyId": one, "Plaintext": "YQ==" }),
    );
    let sealed: Value = serde_json::from_slice(&sealed.body).unwrap();
    let describe = |key: &str| call(&kms, "DescribeKey", &json!({ "KeyId": key })).status;
    let arn = format!("arn:aws:kms:us-east-1:000000000000:key/{one}");
    for name in [one.as_str(), &arn, "alias/one"] {
        let id = kms.faults().key(name).fail("KeyUnavailableException");
        assert_eq!(describe(&one), 500, "{name}");
        assert_eq!(describe("alias/one"), 500, "{name}");
        assert_eq!(describe(&other), 200, "{name}");
        // Only the ciphertext identifies the key.
        let body = json!({ "CiphertextBlob": sealed["CiphertextBlob"] });
        assert_eq!(call(&kms, "Decrypt", &body).status, 500, "{name}");
        assert_eq!(list(&kms), 200, "{name}");
        kms.faults().remove(id);
    }
    assert_eq!(describe(&one), 200);

    kms.faults().caller("111122223333").throttle();
    assert_eq!(list(&kms), 200);
    let scope = "AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/kms/aws4_request";
    let theirs = Request {
        authorization: Some(scope),
        ..Request::new("TrentService.ListKeys", b"{}")
    };
    assert_eq!(kms.handle(&theirs).status, 400);
}

#[test]
fn errors_change_nothing_and_lost_answers_are_performed() {
    let kms = kms();
    kms.faults()
        .on("CreateKey")
        .times(1)
        .fail("KMSInternalException");
    assert_eq!(call(&kms, "CreateKey", &json!({})).status, 500);
    kms.faults()
        .on("CreateKey")
        .times(1)
        .connection(ConnectionFault::DropBefore);
    let reply = call(&kms, "CreateKey", &json!({}));
    assert_eq!(
        reply.disruption.connection,
        Some(ConnectionFault::DropBefore)
    );
    assert_eq!(kms.key_count(), 0);
    // A dropped request is not an event.
    assert_eq!(kms.events().of("CreateKey").count(), 1);

    // A fault with a key is applied after the operation, and still discards its changes.
    let key = create_key(&kms);
    kms.faults().key(&key).fail("KMSInternalException");
    assert_eq!(
        call(&kms, "DisableKey", &json!({ "KeyId": key })).status,
        500
    );
    kms.faults().clear();
    let described = call(&kms, "DescribeKey", &json!({ "KeyId": key }));
    assert!(
        String::from_utf8(described.body)
            .unwrap()
            .contains(r#""KeyState":"Enabled""#)
    );

    for fault in [ConnectionFault::LoseAnswer, ConnectionFault::DropAmid] {
        let before = kms.key_count();
        kms.faults().on("CreateKey").times(1).connection(fault);
        let reply = call(&kms, "CreateKey", &json!({}));
        assert_eq!(
            (reply.status, reply.disruption.connection),
            (200, Some(fault))
        );
        assert_eq!(kms.key_count(), before + 1);
    }
    kms.faults()
        .on("CreateKey")
        .times(1)
        .connection(ConnectionFault::Truncate);
    let reply = call(&kms, "CreateKey", &json!({}));
    assert_eq!(reply.disruption, Disruption::default());
    assert!(serde_json::from_slice::<Value>(&reply.body).is_err());
    let content_length = reply.headers()[5].1.clone();
    assert_eq!(content_length, reply.body.len().to_string());
}

#[test]
fn exceptions_have_the_status_and_message_of_aws() {
    let kms = kms();
    for (fault, status, body) in [
        (
            json!("ThrottlingException"),
            400,
            json!({ "__type": "ThrottlingException", "message": crate::error::message::RATE_EXCEEDED }),
        ),
        (
            json!("DependencyTimeoutException"),
            503,
            json!({ "__type": "DependencyTimeoutException" }),
        ),
        (
            json!("ExpiredTokenException"),
            400,
            json!({ "__type": "ExpiredTokenException", "Message": "The security token included in the request is expired" }),
        ),
        (
            json!("NotFoundException"),
            400,
            json!({ "__type": "NotFoundException" }),
        ),
        (
            json!({ "code": "Odd", "status": 418, "message": "short and stout" }),
            418,
            json!({ "__type": "Odd", "message": "short and stout" }),
        ),
    ] {
        let id = add(&kms, json!({ "error": fault })).unwrap();
        let reply = call(&kms, "ListKeys", &json!({}));
        let actual: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!((reply.status, actual), (status, body));
        kms.faults().remove(id);
    }
    for status in [502, 503, 504] {
        let id = kms.faults().status(status);
        let reply = call(&kms, "ListKeys", &json!({}));
        assert_eq!(reply.status, status);
        assert!(reply.body.starts_with(b"<html>"));
        assert_eq!(reply.headers()[4], ("Content-Type", "text/html".to_owned()));
        kms.faults().remove(id);
    }
}

#[test]
fn delays_follow_their_distribution() {
    let mut random = fastrand::Rng::with_seed(1);
    let parse = |delay: Value| -> Delay { serde_json::from_value(delay).unwrap() };
    let fixed = parse(json!("250ms"));
    assert_eq!(fixed.draw(&mut random), Duration::from_millis(250));
    let uniform = parse(json!({ "min": "10ms", "max": "20ms" }));
    let normal = parse(json!({ "median": "50ms", "p99": "400ms" }));
    let mut drawn: Vec<_> = (0..2000).map(|_| normal.draw(&mut random)).collect();
    drawn.sort();
    let (median, p99) = (drawn[1000].as_millis(), drawn[1980].as_millis());
    assert!((40..60).contains(&median), "{median}");
    assert!((280..560).contains(&p99), "{p99}");
    for _ in 0..1000 {
        let millis = uniform.draw(&mut random).as_millis();
        assert!((10..=20).contains(&millis));
    }

    let kms = kms();
    kms.faults().on("ListKeys").delay(Duration::from_millis(70));
    let reply = call(&kms, "ListKeys", &json!({}));
    assert_eq!(
        (reply.status, reply.disruption.delay.as_millis()),
        (200, 70)
    );
}

#[test]
fn rejects_invalid_faults() {
    let kms = kms();
    for (fault, message) in [
        (
            json!({}),
            "the fault has no effect: set error, status, delay or connection",
        ),
        (
            json!({ "operation": "Sing", "status": 503 }),
            "operation: KMS has no operation Sing",
        ),
        (json!({ "status": 200 }), "status: must be from 400 to 599"),
        (
            json!({ "status": 503, "error": "NotFoundException" }),
            "error, status and connection are mutually exclusive",
        ),
        (
            json!({ "status": 503, "probability": 1.5 }),
            "probability: must be from 0 to 1",
        ),
        (
            json!({ "error": "Odd" }),
            "error: unknown exception Odd: set its status too",
        ),
        (
            json!({ "error": "not a name" }),
            "error: invalid exception name \"not a name\"; expected a name such as ThrottlingException",
        ),
        (
            json!({ "delay": "11m" }),
            "delay: must not be longer than 10 minutes",
        ),
        (
            json!({ "delay": { "min": "2s", "max": "1s" } }),
            "delay: min must not be greater than max",
        ),
        (
            json!({ "delay": { "median": "2s", "p99": "1s" } }),
            "delay: median must not be greater than p99",
        ),
        (
            json!({ "delay": { "median": "0s", "p99": "1s" } }),
            "delay: if median is 0, p99 must be 0 too",
        ),
        (
            json!({ "delay": "5" }),
            "delay: invalid duration \"5\"; expected a number and a unit, such as 7d, 2m or 250ms",
        ),
        (
            json!({ "delay": { "min": "5", "max": "1s" } }),
            "delay.min: invalid duration \"5\"; expected a number and a unit, such as 7d, 2m or 250ms",
        ),
        (
            json!({ "delay": { "min": "1s" } }),
            "delay: expected min and max, or median and p99",
        ),
        (
            json!({ "delay": 5 }),
            "invalid type: integer `5`, expected a delay: a duration such as \"250ms\", \
             {\"min\", \"max\"}, or {\"median\", \"p99\"}",
        ),
        (
            json!({ "error": 5 }),
            "invalid type: integer `5`, expected an error: an exception name such as \
             \"ThrottlingException\", or {\"code\", \"message\", \"status\"}",
        ),
        (
            json!({ "operation": 5, "status": 503 }),
            "operation: expected a name or a list of names",
        ),
    ] {
        assert_eq!(add(&kms, fault), Err(message.to_owned()));
    }
    for fault in [
        json!({ "statsu": 503 }),
        json!({ "every": 0, "status": 503 }),
        json!({ "connection": "drop" }),
    ] {
        add(&kms, fault).unwrap_err();
    }
    assert!(kms.faults().list().is_empty());
}

#[test]
fn faults_survive_a_json_round_trip() {
    for fault in [
        json!({ "operation": "Sign", "times": 2, "error": "ThrottlingException" }),
        json!({ "operation": ["Sign", "Verify"], "key": "alias/a", "caller": "AKIA", "after": 1,
                "every": 3, "probability": 0.25, "seed": 7, "delay": { "min": "10ms", "max": "2s" },
                "connection": "lose_answer" }),
        json!({ "delay": { "median": "50ms", "p99": "400ms" }, "status": 503 }),
        json!({ "error": { "code": "Odd", "message": "short", "status": 418 } }),
    ] {
        let parsed: Fault = serde_json::from_value(fault.clone()).unwrap();
        assert_eq!(serde_json::to_value(parsed).unwrap(), fault);
    }
}

#[test]
fn trace_names_the_fault_that_hit() {
    let kms = kms();
    let unused = kms.faults().on("Sign").throttle();
    let id = kms.faults().on("ListKeys").times(1).throttle();
    assert_ne!(id, unused);
    assert_eq!(call(&kms, "ListKeys", &json!({})).trace.fault, Some(id));
    assert_eq!(call(&kms, "ListKeys", &json!({})).trace.fault, None);
}

#[test]
#[should_panic(expected = "invalid fault: operation: KMS has no operation Sing")]
fn builder_panics_on_an_invalid_fault() {
    kms().faults().on("Sing").throttle();
}
