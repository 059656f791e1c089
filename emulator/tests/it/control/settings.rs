//! The transition time of a running emulator.

use serde_json::{Value, json};

use super::{changed, control, get, refused};
use crate::client::{call, text};
use crate::in_process::local;

fn time(address: std::net::SocketAddr) -> Value {
    get(address, "settings")["transitionTime"].clone()
}

#[test]
fn the_transition_time_is_set_for_later_changes_and_restored() {
    let (_kms, address) = local();
    assert_eq!(time(address), "0s");
    let primary = call(address, "CreateKey", &json!({ "MultiRegion": true })).json();
    let primary = text(&primary["KeyMetadata"]["KeyId"]);
    let replica_state = |region: &str| {
        let input = json!({ "KeyId": primary, "ReplicaRegion": region });
        let answer = call(address, "ReplicateKey", &input);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["ReplicaKeyMetadata"]["KeyState"].clone()
    };
    let of_replica = |region: &str| {
        let question = json!({
            "operation": "DescribeKey", "region": region, "input": { "KeyId": primary },
        });
        control(address, "POST inspect", &question).json()["KeyMetadata"]["KeyState"].clone()
    };

    assert_eq!(
        control(address, "PUT clock", &json!({ "frozen": true })).status,
        200
    );
    let answer = control(address, "PUT settings", &json!({ "transitionTime": "2m" }));
    assert_eq!(answer.json()["transitionTime"], "2m", "{answer:?}");
    changed(address, "POST snapshots/slow");
    assert_eq!(replica_state("eu-west-1"), "Creating");
    // What has begun keeps its time.
    changed(address, "POST reset");
    assert_eq!(time(address), "0s");
    changed(address, "POST snapshots/slow/restore");
    assert_eq!(time(address), "2m");
    assert_eq!(replica_state("eu-west-1"), "Creating");
    let answer = control(address, "PUT settings", &json!({ "transitionTime": "0" }));
    assert_eq!(answer.json()["transitionTime"], "0s", "{answer:?}");
    assert_eq!(of_replica("eu-west-1"), "Creating");
    let advance = json!({ "advance": "2m" });
    assert_eq!(control(address, "PUT clock", &advance).status, 200);
    assert_eq!(of_replica("eu-west-1"), "Enabled");
}

#[test]
fn other_settings_and_wrong_times_are_refused() {
    let (_kms, address) = local();
    for (change, expected) in [
        (json!({ "transitionTime": "-1s" }), "transitionTime: "),
        (
            json!({ "transitionTime": "soon" }),
            "transitionTime: invalid duration \"soon\"",
        ),
        (json!({ "auth": "none" }), "unknown field `auth`"),
        (json!({}), "missing field `transitionTime`"),
    ] {
        let (status, message) = refused(address, "PUT settings", &change);
        assert_eq!(status, 400, "{change}");
        assert!(message.starts_with(expected), "{message}");
    }
    assert_eq!(time(address), "0s");
}
