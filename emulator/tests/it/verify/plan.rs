//! `verify --plan`: what would settle the inferred cases.

use std::fs;

use kms_emulator::cases::Evidence;
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
    let weights: Vec<_> = items.iter().map(|item| item["weight"].as_u64()).collect();
    assert!(weights.is_sorted_by(|a, b| a >= b) && weights[0] > weights[items.len() - 1]);
    let cases = kms_emulator::cases::embedded().unwrap();
    let inferred = cases
        .iter()
        .filter(|it| it.case.source.evidence == Evidence::Inferred);
    assert_eq!(items.len(), inferred.count());
    for item in items {
        let request = &item["request"];
        assert!(
            request["operation"].is_string() || request["http"].is_object(),
            "{item}"
        );
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
