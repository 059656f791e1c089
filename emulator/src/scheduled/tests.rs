//! Deleted records, and long jumps of the clock.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::run_due;
use crate::Kms;
use crate::clock::{Clock, Timestamp};
use crate::protocol::Request;

const DAY: u64 = 24 * 60 * 60;

struct Fixture {
    kms: Kms,
    clock: Arc<Clock>,
}

impl Fixture {
    fn new() -> Self {
        let clock = Arc::new(Clock::frozen_at(Timestamp::from_millis(1_790_000_000_123)));
        let kms = Kms::builder().clock(clock.clone());
        let kms = kms.build_temporary().unwrap();
        Self { kms, clock }
    }

    fn call(&self, operation: &str, body: &Value) -> Value {
        self.kms.call(operation, body)
    }

    fn create(&self, body: &Value) -> String {
        let key = self.call("CreateKey", body);
        key["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
    }

    fn advance(&self, days: u64) {
        self.clock.advance(Duration::from_secs(days * DAY));
    }

    fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.kms.services.store.scan("", None, |name, _| {
            names.push(name.to_owned());
            true
        });
        names
    }
}

#[test]
fn deleted_key_leaves_no_records() {
    let fixture = Fixture::new();
    fixture.call("ListKeys", &json!({}));
    let before = fixture.names();
    let id = fixture.create(&json!({ "MultiRegion": true }));
    let key = json!({ "KeyId": id });
    let with = |members: Value| {
        let mut body = members;
        body["KeyId"] = key["KeyId"].clone();
        body
    };
    fixture.call("Encrypt", &with(json!({ "Plaintext": "YQ==" })));
    fixture.call("EnableKeyRotation", &key);
    fixture.call("RotateKeyOnDemand", &key);
    let alias = json!({ "AliasName": "alias/a", "TargetKeyId": key["KeyId"] });
    fixture.call("CreateAlias", &alias);
    let root = "arn:aws:iam::000000000000:root";
    let grant = json!({
        "GranteePrincipal": root,
        "RetiringPrincipal": root,
        "Operations": ["Encrypt"],
        "Name": "a",
    });
    fixture.call("CreateGrant", &with(grant));
    fixture.call(
        "ReplicateKey",
        &with(json!({ "ReplicaRegion": "us-west-2" })),
    );
    assert!(fixture.names().len() > before.len() + 10);

    fixture.call("ScheduleKeyDeletion", &key);
    let body = key.to_string();
    let other_region = Request {
        authorization: Some("AWS4-HMAC-SHA256 Credential=A/20260101/us-west-2/kms/aws4_request"),
        ..Request::new("TrentService.ScheduleKeyDeletion", body.as_bytes())
    };
    assert_eq!(fixture.kms.handle(&other_region).status, 200);
    fixture.advance(60);
    fixture.kms.finish_due_work();
    assert_eq!(fixture.names(), before);
}

#[test]
fn long_jump_performs_a_hundred_rotations() {
    let fixture = Fixture::new();
    let id = fixture.create(&json!({}));
    let period = json!({ "KeyId": id, "RotationPeriodInDays": 90 });
    fixture.call("EnableKeyRotation", &period);
    let count = || {
        let rotations = fixture.call("ListKeyRotations", &json!({ "KeyId": id, "Limit": 1000 }));
        rotations["Rotations"].as_array().unwrap().len()
    };
    fixture.advance(3 * 90);
    assert_eq!(count(), 3);
    fixture.advance(1_000_000);
    assert!((100..110).contains(&count()), "{}", count());
    let status = fixture.call("GetKeyRotationStatus", &json!({ "KeyId": id }));
    let next = status["NextRotationDate"].as_f64().unwrap();
    let now = fixture.call("CreateKey", &json!({}))["KeyMetadata"]["CreationDate"].clone();
    let days = (next - now.as_f64().unwrap()) / 86_400.0;
    assert!((0.0..=90.0).contains(&days), "{days}");
}

#[test]
fn enabling_a_key_performs_one_missed_rotation() {
    let fixture = Fixture::new();
    let id = fixture.create(&json!({}));
    let key = json!({ "KeyId": id });
    let period = json!({ "KeyId": id, "RotationPeriodInDays": 90 });
    fixture.call("EnableKeyRotation", &period);
    fixture.call("DisableKey", &key);
    fixture.advance(400);
    let count = || {
        let rotations = fixture.call("ListKeyRotations", &key);
        rotations["Rotations"].as_array().unwrap().len()
    };
    assert_eq!(count(), 0);
    fixture.call("EnableKey", &key);
    assert_eq!(count(), 1);
    fixture.advance(89);
    assert_eq!(count(), 1);
    fixture.advance(1);
    assert_eq!(count(), 2);
}

/// The number of materials of a key.
fn materials(fixture: &Fixture, id: &str) -> usize {
    let prefix = format!("material/000000000000/us-east-1/{id}/");
    fixture
        .names()
        .iter()
        .filter(|name| name.starts_with(&prefix))
        .count()
}

fn rotating_keys(fixture: &Fixture, count: usize) -> Vec<String> {
    let keys: Vec<_> = (0..count).map(|_| fixture.create(&json!({}))).collect();
    for id in &keys {
        fixture.call("EnableKeyRotation", &json!({ "KeyId": id }));
    }
    keys
}

#[test]
fn a_request_waits_only_for_the_rotations_of_its_key() {
    let fixture = Fixture::new();
    let keys = rotating_keys(&fixture, 3);
    let _paused = fixture.kms.due_work.pause();
    fixture.advance(36_500);
    fixture.create(&json!({}));
    fixture.call("ListKeys", &json!({}));
    assert_eq!(materials(&fixture, &keys[0]), 1);
    let rotations = fixture.call(
        "ListKeyRotations",
        &json!({ "KeyId": keys[0], "Limit": 1000 }),
    );
    assert_eq!(rotations["Rotations"].as_array().unwrap().len(), 100);
    let counts = keys.iter().map(|id| materials(&fixture, id));
    assert_eq!(counts.collect::<Vec<_>>(), [101, 1, 1]);
}

#[test]
fn other_work_is_done_in_the_background() {
    let fixture = Fixture::new();
    let keys = rotating_keys(&fixture, 3);
    fixture.advance(400);
    fixture.call("ListKeys", &json!({}));
    // Waits until the thread has no more work.
    while fixture.kms.has_due_work() {
        std::thread::yield_now();
    }
    for id in &keys {
        assert_eq!(materials(&fixture, id), 2);
    }
}

#[test]
fn all_missed_rotations_of_a_key_are_one_write() {
    let fixture = Fixture::new();
    let keys = rotating_keys(&fixture, 2);
    let _paused = fixture.kms.due_work.pause();
    fixture.advance(3_650);
    let commits = || fixture.kms.services.store.commits();
    let before = commits();
    fixture.call("DescribeKey", &json!({ "KeyId": keys[0] }));
    assert_eq!(commits() - before, 1);
    assert_eq!(materials(&fixture, &keys[0]), 11);
    fixture.call("DescribeKey", &json!({ "KeyId": keys[0] }));
    assert_eq!(commits() - before, 1, "nothing is due any more");
}

#[test]
fn a_write_that_fails_does_not_undo_the_due_changes() {
    let fixture = Fixture::new();
    let keys = rotating_keys(&fixture, 1);
    let _paused = fixture.kms.due_work.pause();
    fixture.advance(400);
    // The operation takes the write lock, finds the key, and fails.
    let key = json!({ "KeyId": keys[0] });
    assert!(fixture.kms.try_call("CancelKeyDeletion", &key).is_err());
    assert_eq!(materials(&fixture, &keys[0]), 2);
    assert_eq!(fixture.kms.events().of("RotateKey").count(), 1);
}

#[test]
fn a_restored_state_is_not_changed_by_the_clock_before_it() {
    let fixture = Fixture::new();
    let keys = rotating_keys(&fixture, 20);
    let snapshot = fixture.kms.snapshot();
    let before = fixture.names();
    for _ in 0..20 {
        fixture.advance(36_500);
        fixture.call("ListKeys", &json!({}));
        fixture.kms.restore(&snapshot).unwrap();
        assert_eq!(fixture.names(), before);
    }
    assert_eq!(materials(&fixture, &keys[0]), 1);
}

#[test]
fn keys_with_a_due_deletion_do_not_exist() {
    let fixture = Fixture::new();
    let id = fixture.create(&json!({}));
    let alias = json!({ "AliasName": "alias/a", "TargetKeyId": id });
    fixture.call("CreateAlias", &alias);
    fixture.call("ScheduleKeyDeletion", &json!({ "KeyId": id }));
    let _paused = fixture.kms.due_work.pause();
    fixture.advance(31);
    // The aliases of AWS services come after `alias/a`.
    let aliases = fixture.call("ListAliases", &json!({ "Limit": 1 }));
    assert_ne!(aliases["Aliases"][0]["AliasName"], "alias/a");
    assert_eq!(fixture.call("ListKeys", &json!({}))["Keys"], json!([]));
    let other = fixture.create(&json!({}));
    fixture.call(
        "CreateAlias",
        &json!({ "AliasName": "alias/a", "TargetKeyId": other }),
    );
    run_due(&fixture.kms.services, fixture.clock.now()).unwrap();
    let key = fixture.call("DescribeKey", &json!({ "KeyId": "alias/a" }));
    assert_eq!(key["KeyMetadata"]["KeyId"], other);
}
