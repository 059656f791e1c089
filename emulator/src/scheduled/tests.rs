//! Records that remain in the store, and long jumps of the clock.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Kms;
use crate::clock::{Clock, Timestamp};
use crate::protocol::Request;

const DAY: u64 = 24 * 60 * 60;

struct World {
    kms: Kms,
    clock: Arc<Clock>,
}

impl World {
    fn new() -> Self {
        let clock = Arc::new(Clock::frozen_at(Timestamp::from_millis(1_790_000_000_123)));
        let kms = Kms::builder().clock(clock.clone());
        let kms = kms.build_temporary().unwrap();
        Self { kms, clock }
    }

    fn ask(&self, operation: &str, body: &Value) -> Value {
        self.kms.ask(operation, body)
    }

    fn create(&self, body: &Value) -> String {
        let key = self.ask("CreateKey", body);
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
    let world = World::new();
    world.ask("ListKeys", &json!({}));
    let before = world.names();
    let id = world.create(&json!({ "MultiRegion": true }));
    let key = json!({ "KeyId": id });
    let with = |members: Value| {
        let mut body = members;
        body["KeyId"] = key["KeyId"].clone();
        body
    };
    world.ask("Encrypt", &with(json!({ "Plaintext": "YQ==" })));
    world.ask("EnableKeyRotation", &key);
    world.ask("RotateKeyOnDemand", &key);
    let alias = json!({ "AliasName": "alias/a", "TargetKeyId": key["KeyId"] });
    world.ask("CreateAlias", &alias);
    let root = "arn:aws:iam::000000000000:root";
    let grant = json!({
        "GranteePrincipal": root,
        "RetiringPrincipal": root,
        "Operations": ["Encrypt"],
        "Name": "a",
    });
    world.ask("CreateGrant", &with(grant));
    world.ask(
        "ReplicateKey",
        &with(json!({ "ReplicaRegion": "us-west-2" })),
    );
    assert!(world.names().len() > before.len() + 10);

    world.ask("ScheduleKeyDeletion", &key);
    let body = key.to_string();
    let elsewhere = Request {
        authorization: Some("AWS4-HMAC-SHA256 Credential=A/20260101/us-west-2/kms/aws4_request"),
        ..Request::new("TrentService.ScheduleKeyDeletion", body.as_bytes())
    };
    assert_eq!(world.kms.handle(&elsewhere).status, 200);
    world.advance(60);
    world.ask("ListKeys", &json!({}));
    assert_eq!(world.names(), before);
}

#[test]
fn long_jump_performs_a_hundred_rotations() {
    let world = World::new();
    let id = world.create(&json!({}));
    let period = json!({ "KeyId": id, "RotationPeriodInDays": 90 });
    world.ask("EnableKeyRotation", &period);
    let count = || {
        let rotations = world.ask("ListKeyRotations", &json!({ "KeyId": id, "Limit": 1000 }));
        rotations["Rotations"].as_array().unwrap().len()
    };
    world.advance(3 * 90);
    assert_eq!(count(), 3);
    world.advance(1_000_000);
    assert!((100..110).contains(&count()), "{}", count());
    let status = world.ask("GetKeyRotationStatus", &json!({ "KeyId": id }));
    let next = status["NextRotationDate"].as_f64().unwrap();
    let now = world.ask("CreateKey", &json!({}))["KeyMetadata"]["CreationDate"].clone();
    let days = (next - now.as_f64().unwrap()) / 86_400.0;
    assert!((0.0..=90.0).contains(&days), "{days}");
}

#[test]
fn enabling_a_key_performs_one_missed_rotation() {
    let world = World::new();
    let id = world.create(&json!({}));
    let key = json!({ "KeyId": id });
    let period = json!({ "KeyId": id, "RotationPeriodInDays": 90 });
    world.ask("EnableKeyRotation", &period);
    world.ask("DisableKey", &key);
    world.advance(400);
    let count = || {
        let rotations = world.ask("ListKeyRotations", &key);
        rotations["Rotations"].as_array().unwrap().len()
    };
    assert_eq!(count(), 0);
    world.ask("EnableKey", &key);
    assert_eq!(count(), 1);
    world.advance(89);
    assert_eq!(count(), 1);
    world.advance(1);
    assert_eq!(count(), 2);
}
