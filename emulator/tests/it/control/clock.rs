//! The clock.

use serde_json::json;

use super::{control, get, refused};
use crate::client::call;
use crate::in_process::local;

#[test]
fn reads_and_moves_the_clock() {
    let (_kms, address) = local();
    assert_eq!(get(address, "clock")["real"], true);
    let set = json!({ "now": "2027-01-01T00:00:00Z", "frozen": true });
    let answer = control(address, "PUT clock", &set).json();
    assert_eq!(
        answer,
        json!({ "now": "2027-01-01T00:00:00.000Z", "frozen": true, "real": false })
    );
    let answer = control(address, "PUT clock", &json!({ "advance": "7d 12h" })).json();
    assert_eq!(answer["now"], "2027-01-08T12:00:00.000Z");
    let key = call(address, "CreateKey", &json!({})).json();
    assert_eq!(
        key["KeyMetadata"]["CreationDate"].as_f64(),
        Some(1_799_409_600.0)
    );
    assert_eq!(
        control(address, "PUT clock", &json!({ "frozen": false })).json()["frozen"],
        false
    );
    assert_eq!(
        control(address, "PUT clock", &json!({ "real": true })).json()["real"],
        true
    );
}

#[test]
fn rejects_invalid_clock_changes() {
    let (kms, address) = local();
    kms.clock().freeze();
    let before = kms.clock().now();
    for (body, sentence) in [
        (json!({}), "expected one of: advance, now, frozen, real"),
        (
            json!({ "real": false }),
            "real: must be true, and must be the only member",
        ),
        (
            json!({ "real": true, "frozen": true }),
            "real: must be true, and must be the only member",
        ),
        (
            json!({ "advance": "1d", "now": "2027-01-01T00:00:00Z" }),
            "advance and now are mutually exclusive",
        ),
        (
            json!({ "now": "tomorrow", "frozen": false }),
            "now: invalid time \"tomorrow\"; expected RFC 3339, such as 2027-01-01T00:00:00Z",
        ),
        (
            json!({ "advance": "9000y" }),
            "advance: the clock cannot go beyond the year 9999",
        ),
        (
            json!({ "advance": "-1d" }),
            "advance: \"-1d\" is negative; to move the clock back, set now",
        ),
    ] {
        assert_eq!(
            refused(address, "PUT clock", &body),
            (400, sentence.to_owned())
        );
    }
    for body in [json!({ "advance": 5 }), json!({ "noow": "x" }), json!([])] {
        assert_eq!(refused(address, "PUT clock", &body).0, 400, "{body}");
    }
    assert!(kms.clock().is_frozen() && kms.clock().now() == before);
}
