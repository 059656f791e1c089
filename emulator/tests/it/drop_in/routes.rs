//! Routes of LocalStack, Floci and moto.

use std::net::SocketAddr;

use serde_json::json;

use crate::client::{Answer, call, create_key, request};
use crate::in_process::local;
use crate::process::{emulator, start};

const RESETS: [(&str, &str); 4] = [
    ("/_localstack/state/reset", "ok"),
    ("/_localstack/state/kms/reset", "ok"),
    ("/_floci/state/reset", "OK"),
    ("/moto-api/reset", "ok"),
];

fn send(address: SocketAddr, line: &str) -> Answer {
    request(address, &format!("{line} HTTP/1.1"), "").unwrap()
}

fn count_keys(address: SocketAddr) -> usize {
    let keys = call(address, "ListKeys", &json!({})).json();
    keys["Keys"].as_array().unwrap().len()
}

#[test]
fn health_has_the_form_of_the_other_emulator() {
    let (_kms, address) = local();
    let localstack = send(address, "GET /_localstack/health");
    assert_eq!(localstack.status, 200);
    // Scripts look for this text with grep.
    assert!(
        localstack.body.contains(r#""kms": "available""#),
        "{localstack:?}"
    );
    assert_eq!(localstack.json()["edition"], "community");
    let floci = send(address, "GET /_floci/health");
    assert_eq!(floci.status, 200);
    assert_eq!(floci.json()["services"]["kms"], "running");
    for path in ["/_localstack/health", "/_floci/health"] {
        assert_eq!(send(address, &format!("HEAD {path}")).status, 200);
        let post = send(address, &format!("POST {path}"));
        assert_eq!(
            (post.status, post.header("allow")),
            (405, Some("GET, HEAD"))
        );
    }
}

#[test]
fn resets_empty_the_emulator() {
    let (_kms, address) = local();
    for (path, status) in RESETS {
        create_key(address);
        assert_eq!(count_keys(address), 1);
        let answer = send(address, &format!("POST {path}"));
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.json(), json!({ "status": status }));
        assert_eq!(count_keys(address), 0, "{path}");
    }
}

#[test]
fn resets_of_web_pages_are_refused() {
    let (_kms, address) = local();
    create_key(address);
    for (path, _) in RESETS {
        for header in [
            "Origin: https://evil.example",
            "Origin: null",
            "Sec-Fetch-Site: cross-site",
        ] {
            let head = format!("POST {path} HTTP/1.1\r\n{header}");
            let answer = request(address, &head, "").unwrap();
            assert_eq!(answer.status, 403, "{head}");
            let error = answer.json()["error"].as_str().unwrap().to_owned();
            assert!(error.contains("web pages"), "{error}");
        }
        assert_eq!(send(address, &format!("GET {path}")).status, 405);
    }
    assert_eq!(count_keys(address), 1);
}

#[test]
fn resets_need_the_token_if_others_can_connect() {
    for (token, expected) in [
        (None, "--control-token"),
        (Some("secret"), "X-Emulator-Token"),
    ] {
        let mut command = emulator();
        command.args(["--host=0.0.0.0", "--port=0", "--temporary"]);
        command.args(token.map(|token| format!("--control-token={token}")));
        let running = start(command);
        let address = SocketAddr::from(([127, 0, 0, 1], running.address.port()));
        create_key(address);
        let answer = send(address, "POST /moto-api/reset");
        assert_eq!(answer.status, 403);
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(error.contains(expected), "{error}");
        assert_eq!(count_keys(address), 1);
        if let Some(token) = token {
            let head = format!("POST /moto-api/reset HTTP/1.1\r\nX-Emulator-Token: {token}");
            assert_eq!(request(address, &head, "").unwrap().status, 200);
            assert_eq!(count_keys(address), 0);
        }
        assert_eq!(send(address, "GET /_localstack/health").status, 200);
    }
}

#[test]
fn unknown_routes_of_other_emulators_list_the_known_ones() {
    let (_kms, address) = local();
    let answer = send(address, "GET /_localstack/diagnose");
    assert_eq!(answer.status, 404);
    let error = answer.json()["error"].as_str().unwrap().to_owned();
    assert!(error.contains("/moto-api/reset"), "{error}");
}

#[test]
fn an_option_turns_the_routes_off() {
    let mut command = emulator();
    command.args(["--port=0", "--temporary", "--drop-in=none"]);
    let running = start(command);
    create_key(running.address);
    for line in ["GET /_localstack/health", "POST /moto-api/reset"] {
        let answer = send(running.address, line);
        assert!(
            answer.body.contains("UnknownOperationException"),
            "{answer:?}"
        );
    }
    assert_eq!(count_keys(running.address), 1);
}
