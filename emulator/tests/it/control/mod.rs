//! The control plane over HTTP.

mod access;
mod authorize;
mod clock;
mod coverage;
mod events;
mod faults;
mod keys;
mod settings;
mod state;

use std::net::SocketAddr;

use kms_emulator::Emulator;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::client::{Answer, request, try_call};
use crate::in_process::local;

fn control(address: SocketAddr, route: &str, body: &Value) -> Answer {
    let (method, path) = route.split_once(' ').unwrap();
    let head = format!("{method} /_emulator/{path} HTTP/1.1\r\nX-Emulator-Token: any");
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    request(address, &head, &body).unwrap()
}

fn get(address: SocketAddr, path: &str) -> Value {
    let answer = control(address, &format!("GET {path}"), &Value::Null);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// The response to a request without a body that changes something.
fn changed(address: SocketAddr, route: &str) -> Value {
    let answer = control(address, route, &Value::Null);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body.ends_with("}\n"), "{answer:?}");
    answer.json()
}

/// The status and the message of a request that is refused.
fn refused(address: SocketAddr, route: &str, body: &Value) -> (u16, String) {
    let answer = control(address, route, body);
    let message = answer.json()["error"].as_str().unwrap().to_owned();
    (answer.status, message)
}

#[test]
fn unknown_routes_list_the_known_ones() {
    let (_kms, address) = local();
    for route in ["GET clocks", "GET ", "POST reset/x"] {
        let (status, message) = refused(address, route, &Value::Null);
        assert_eq!(status, 404, "{route}");
        assert!(
            message.contains(
                "/_emulator/clock, /_emulator/coverage, /_emulator/faults, /_emulator/faults/{id}, "
            ),
            "{message}"
        );
    }
    for (route, allowed) in [
        ("DELETE clock", "GET, PUT"),
        ("PUT faults", "GET, POST, DELETE"),
        ("GET faults/1", "DELETE"),
        ("POST events", "GET, DELETE"),
        ("POST state", "GET, PUT"),
        ("GET reset", "POST"),
        ("GET seed", "POST"),
        ("POST settings", "GET, PUT"),
        ("PUT snapshots", "GET"),
        ("GET snapshots/a", "POST, DELETE"),
        ("GET snapshots/a/restore", "POST"),
    ] {
        let answer = control(address, route, &Value::Null);
        assert_eq!(answer.status, 405, "{route}");
        let method = route.split(' ').next().unwrap();
        assert_eq!(
            answer.json()["error"],
            format!("method {method} is not allowed here; allowed: {allowed}")
        );
        let head = answer.head.to_lowercase();
        let allow = format!("allow: {}", allowed.to_lowercase());
        assert!(head.lines().any(|line| line == allow), "{head}");
    }
    // Another path: the reply of AWS for an unknown operation.
    assert_eq!(
        request(address, "GET /_emulators HTTP/1.1", "")
            .unwrap()
            .status,
        404
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_request_to_the_control_plane_gets_a_response(
        route in prop::sample::select(vec!["PUT clock", "POST faults", "PUT state", "GET events?x", "POST snapshots/a", "DELETE faults/1"]),
        body in "\\PC{0,60}|\\{\"[a-z]{1,9}\":(\"[a-z0-9]{0,9}\"|[0-9]{1,20}|null|true)\\}",
    ) {
        thread_local! { static LOCAL: (Emulator, SocketAddr) = local(); }
        LOCAL.with(|(kms, address)| {
            let (method, path) = route.split_once(' ').unwrap();
            let head = format!("{method} /_emulator/{path} HTTP/1.1\r\nX-Emulator-Token: any");
            let answer = request(*address, &head, &body).unwrap();
            assert!(matches!(answer.status, 200..=299 | 400..=499), "{answer:?}");
            kms.faults().clear();
            kms.clock().use_system_time();
            assert_eq!(try_call(*address, "ListKeys", &json!({})).unwrap().status, 200);
        });
    }
}
