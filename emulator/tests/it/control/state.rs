//! State, snapshots, seeds and data folders.

use serde_json::{Value, json};

use super::{changed, control, get, refused};
use crate::client::{call, create_key};
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
