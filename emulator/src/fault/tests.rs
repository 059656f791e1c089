//! Whose turn it is, and what is refused as a fault.

use serde_json::{Value, json};

use super::*;
use crate::Kms;
use crate::protocol::{Reply, Request};

fn kms() -> Kms {
    Kms::builder().build_temporary().unwrap()
}

fn ask(kms: &Kms, operation: &str, body: &Value) -> Reply {
    let target = format!("TrentService.{operation}");
    kms.handle(&Request::new(&target, body.to_string().as_bytes()))
}

fn list(kms: &Kms) -> u16 {
    ask(kms, "ListKeys", &json!({})).status
}

fn arm(kms: &Kms, fault: Value) -> Result<FaultId, String> {
    let fault = serde_json::from_value(fault).map_err(|error| error.to_string())?;
    kms.faults.arm(fault)
}

fn create_key(kms: &Kms) -> String {
    ask(kms, "CreateKey", &json!({})).trace.key.unwrap()
}

fn hits(kms: &Kms, requests: usize) -> Vec<bool> {
    (0..requests).map(|_| list(kms) != 200).collect()
}

#[test]
fn a_fault_rests_when_it_has_hit_often_enough() {
    let kms = kms();
    kms.faults().on("ListKeys").after(1).times(2).throttle();
    assert_eq!(hits(&kms, 5), [false, true, true, false, false]);
    let armed = kms.faults().list();
    assert_eq!((armed[0].seen, armed[0].hits), (5, 2));
    assert!(kms.faults().remove(armed[0].id) && !kms.faults().remove(armed[0].id));
}

#[test]
fn every_third_is_the_third_the_sixth_and_so_on() {
    let kms = kms();
    kms.faults().on("ListKeys").every(3).throttle();
    assert_eq!(hits(&kms, 6), [false, false, true, false, false, true]);
}

#[test]
fn chances_are_the_same_again_for_the_same_seed() {
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
fn only_what_the_fault_names_is_hit() {
    let kms = kms();
    let (one, other) = (create_key(&kms), create_key(&kms));
    let alias = json!({ "AliasName": "alias/one", "TargetKeyId": one });
    assert_eq!(ask(&kms, "CreateAlias", &alias).status, 200);
    let sealed = ask(
        &kms,
        "Encrypt",
        &json!({ "KeyId": one, "Plaintext": "YQ==" }),
    );
    let sealed: Value = serde_json::from_slice(&sealed.body).unwrap();
    let describe = |key: &str| ask(&kms, "DescribeKey", &json!({ "KeyId": key })).status;
    let arn = format!("arn:aws:kms:us-east-1:000000000000:key/{one}");
    for name in [one.as_str(), &arn, "alias/one"] {
        let id = kms.faults().key(name).fail("KeyUnavailableException");
        assert_eq!(describe(&one), 500, "{name}");
        assert_eq!(describe("alias/one"), 500, "{name}");
        assert_eq!(describe(&other), 200, "{name}");
        // The ciphertext alone tells the key.
        let body = json!({ "CiphertextBlob": sealed["CiphertextBlob"] });
        assert_eq!(ask(&kms, "Decrypt", &body).status, 500, "{name}");
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
fn a_refused_request_changes_nothing_and_a_lost_answer_everything() {
    let kms = kms();
    kms.faults()
        .on("CreateKey")
        .times(1)
        .fail("KMSInternalException");
    assert_eq!(ask(&kms, "CreateKey", &json!({})).status, 500);
    kms.faults().on("CreateKey").times(1).cut(Cut::DropBefore);
    let reply = ask(&kms, "CreateKey", &json!({}));
    assert_eq!(reply.disruption.cut, Some(Cut::DropBefore));
    assert_eq!(kms.key_count(), 0);
    // What never arrived is no event.
    assert_eq!(kms.events().of("CreateKey").count(), 1);

    // A fault with a key is decided late, and nothing is kept all the same.
    let key = create_key(&kms);
    kms.faults().key(&key).fail("KMSInternalException");
    assert_eq!(
        ask(&kms, "DisableKey", &json!({ "KeyId": key })).status,
        500
    );
    kms.faults().clear();
    let told = ask(&kms, "DescribeKey", &json!({ "KeyId": key }));
    assert!(
        String::from_utf8(told.body)
            .unwrap()
            .contains(r#""KeyState":"Enabled""#)
    );

    for cut in [Cut::LoseAnswer, Cut::DropAmid] {
        let before = kms.key_count();
        kms.faults().on("CreateKey").times(1).cut(cut);
        let reply = ask(&kms, "CreateKey", &json!({}));
        assert_eq!((reply.status, reply.disruption.cut), (200, Some(cut)));
        assert_eq!(kms.key_count(), before + 1);
    }
    kms.faults().on("CreateKey").times(1).cut(Cut::Truncate);
    let reply = ask(&kms, "CreateKey", &json!({}));
    assert_eq!(reply.disruption, Disruption::default());
    assert!(serde_json::from_slice::<Value>(&reply.body).is_err());
    let announced = reply.headers()[5].1.clone();
    assert_eq!(announced, reply.body.len().to_string());
}

#[test]
fn answers_are_as_aws_has_them() {
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
        let id = arm(&kms, json!({ "error": fault })).unwrap();
        let reply = ask(&kms, "ListKeys", &json!({}));
        let said: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!((reply.status, said), (status, body));
        kms.faults().remove(id);
    }
    for status in [502, 503, 504] {
        let id = kms.faults().status(status);
        let reply = ask(&kms, "ListKeys", &json!({}));
        assert_eq!(reply.status, status);
        assert!(reply.body.starts_with(b"<html>"));
        assert_eq!(reply.headers()[4], ("Content-Type", "text/html".to_owned()));
        kms.faults().remove(id);
    }
}

#[test]
fn delays_are_within_their_bounds_and_distributed_as_asked() {
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
    let reply = ask(&kms, "ListKeys", &json!({}));
    assert_eq!(
        (reply.status, reply.disruption.delay.as_millis()),
        (200, 70)
    );
}

#[test]
fn a_wrong_fault_is_refused_with_a_sentence_and_none_is_set() {
    let kms = kms();
    for (fault, sentence) in [
        (
            json!({}),
            "it does nothing: give it an error, a status, a delay or a connection",
        ),
        (
            json!({ "operation": "Sing", "status": 503 }),
            "operation: KMS has no operation Sing",
        ),
        (json!({ "status": 200 }), "status: not from 400 to 599"),
        (
            json!({ "status": 503, "error": "NotFoundException" }),
            "only one of error, status and connection goes",
        ),
        (
            json!({ "status": 503, "probability": 1.5 }),
            "probability: not from 0 to 1",
        ),
        (
            json!({ "error": "Odd" }),
            "error: nothing is known of Odd: give its status too",
        ),
        (
            json!({ "error": "not a name" }),
            "error: \"not a name\" is not the name of an exception",
        ),
        (json!({ "delay": "11m" }), "delay: longer than 10 minutes"),
        (
            json!({ "delay": { "min": "2s", "max": "1s" } }),
            "delay: the first is more than the second",
        ),
    ] {
        assert_eq!(arm(&kms, fault), Err(sentence.to_owned()));
    }
    for fault in [
        json!({ "statsu": 503 }),
        json!({ "every": 0, "status": 503 }),
        json!({ "connection": "drop" }),
    ] {
        arm(&kms, fault).unwrap_err();
    }
    assert!(kms.faults().list().is_empty());
}

#[test]
fn a_fault_reads_back_as_it_was_written() {
    for fault in [
        json!({ "operation": "Sign", "times": 2, "error": "ThrottlingException" }),
        json!({ "operation": ["Sign", "Verify"], "key": "alias/a", "caller": "AKIA", "after": 1,
                "every": 3, "probability": 0.25, "seed": 7, "delay": { "min": "10ms", "max": "2s" },
                "connection": "lose_answer" }),
        json!({ "delay": { "median": "50ms", "p99": "400ms" }, "status": 503 }),
    ] {
        let parsed: Fault = serde_json::from_value(fault.clone()).unwrap();
        assert_eq!(serde_json::to_value(parsed).unwrap(), fault);
    }
}
