//! `verify --plan`: what would settle the inferred cases.

use std::fs;

use serde_json::Value;

use crate::process::{emulator, run};

#[test]
fn plan_has_the_requests_that_settle_inferred_cases() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.json");
    let mut command = emulator();
    command.args(["verify", "--plan", "--json"]).arg(&file);
    let (code, out, err) = run(command);
    assert_eq!(code, Some(0), "{err}");
    let plan: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let items = plan["items"].as_array().unwrap();
    assert!(items[0]["weight"].as_u64() > items.last().unwrap()["weight"].as_u64());
    for item in items {
        assert!(out.contains(item["case"].as_str().unwrap()), "{item}");
    }
}

#[test]
fn an_endpoint_is_needed_without_a_plan() {
    let mut command = emulator();
    command.arg("verify");
    let (code, _, err) = run(command);
    assert_eq!(code, Some(2));
    assert!(err.contains("--endpoint"), "{err}");
}
