//! State, snapshots, seeds and data folders.

use std::io::{Read as _, Write as _};

use serde_json::{Value, json};

use super::{changed, control, get, refused};
use crate::client::{call, connect, create_key, request};
use crate::in_process::local;
use crate::process::{emulator, run, start_in};

#[test]
fn exports_imports_resets_and_restores_the_state() {
    let (_kms, address) = local();
    let key = create_key(address);
    assert_eq!(
        changed(address, "POST snapshots/one"),
        json!({ "saved": "one" })
    );
    let state = get(address, "state");
    assert_eq!(changed(address, "POST reset"), json!({ "reset": true }));
    let describe = |address| call(address, "DescribeKey", &json!({ "KeyId": key })).status;
    assert_eq!(describe(address), 400);
    assert_eq!(
        changed(address, "POST snapshots/one/restore"),
        json!({ "restored": "one" })
    );
    assert_eq!(describe(address), 200);
    assert_eq!(get(address, "snapshots"), json!({ "snapshots": ["one"] }));
    assert_eq!(
        changed(address, "DELETE snapshots/one"),
        json!({ "deleted": "one" })
    );
    for (route, status) in [
        ("DELETE snapshots/one", 404),
        ("POST snapshots/one/restore", 404),
        ("POST snapshots/a%20b", 400),
    ] {
        assert_eq!(refused(address, route, &Value::Null).0, status, "{route}");
    }

    let (_other, other) = local();
    let answer = control(other, "PUT state", &state);
    assert_eq!(answer.json(), json!({ "imported": true }));
    assert_eq!(describe(other), 200);
    let (status, message) = refused(other, "PUT state", &json!({ "format": "x" }));
    assert!(
        status == 400 && message.starts_with("not a state"),
        "{message}"
    );
    assert_eq!(describe(other), 200);
}

#[test]
fn a_state_of_more_than_64_mib_is_read() {
    let (_kms, address) = local();
    let head = "PUT /_emulator/state HTTP/1.1\r\nX-Emulator-Token: any";
    let answer = request(address, head, &" ".repeat(65 << 20)).unwrap();
    assert_eq!(answer.status, 400, "{answer:?}");
    assert!(answer.body.contains("not a state file"), "{answer:?}");
}

/// The state is made while it is read. So an answer that is not read holds one piece of it, and the
/// state is that of the request.
#[test]
fn a_state_is_the_one_at_the_time_of_the_request() {
    let (_kms, address) = local();
    let policy = json!({ "Statement": [{ "Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*" }], "Id": "i".repeat(30_000) });
    for _ in 0..200 {
        let key = json!({ "Policy": policy.to_string(), "BypassPolicyLockoutSafetyCheck": true });
        assert_eq!(call(address, "CreateKey", &key).status, 200);
    }
    let mut stream = connect(address).unwrap();
    let head = format!(
        "GET /_emulator/state HTTP/1.1\r\nX-Emulator-Token: any\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut first = [0; 1];
    stream.read_exact(&mut first).unwrap();
    let later = create_key(address);
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert!(
        rest.to_lowercase()
            .contains("\r\ntransfer-encoding: chunked\r\n")
    );
    assert!(rest.ends_with("\r\n0\r\n\r\n"), "the state is incomplete");
    assert!(rest.len() > 200 * 30_000 && !rest.contains(&later));
}

#[test]
fn applies_a_seed() {
    let (_kms, address) = local();
    let seed = json!({ "keys": [{ "alias": "alias/orders", "material": { "seed": "a" } }] });
    let answer = control(address, "POST seed", &seed);
    assert_eq!(answer.json()["made"], 2, "{answer:?}");
    let describe = json!({ "KeyId": "alias/orders" });
    assert_eq!(call(address, "DescribeKey", &describe).status, 200);
    assert_eq!(
        refused(address, "POST seed", &Value::Null),
        (
            400,
            "the body is empty; expected a seed in YAML or JSON".to_owned()
        )
    );
}

#[test]
fn exports_and_imports_a_data_folder() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let running = start_in(one.path());
    let key = create_key(running.address);
    let export = || {
        let mut command = emulator();
        command.arg("export").arg("--data-dir").arg(one.path());
        run(command)
    };
    let (code, _, message) = export();
    assert!(
        code == Some(2) && message.contains("another kms-emulator is using"),
        "{message}"
    );
    running.stop();
    let (code, state, _) = export();
    assert_eq!(code, Some(0));
    let file = other.path().join("state.json");
    std::fs::write(&file, &state).unwrap();
    let folder = other.path().join("data");
    let import = |file: &std::path::Path| {
        let mut command = emulator();
        command
            .arg("import")
            .arg(file)
            .arg("--data-dir")
            .arg(&folder);
        run(command)
    };
    assert_eq!(import(&file), (Some(0), String::new(), String::new()));
    let running = start_in(&folder);
    assert_eq!(
        call(running.address, "DescribeKey", &json!({ "KeyId": key })).status,
        200
    );
    running.stop();

    std::fs::write(&file, "{}").unwrap();
    let (code, _, message) = import(&file);
    assert!(
        code == Some(2) && message.contains("state.json: not a state"),
        "{message}"
    );
    let running = start_in(&folder);
    assert_eq!(
        call(running.address, "DescribeKey", &json!({ "KeyId": key })).status,
        200
    );
}
