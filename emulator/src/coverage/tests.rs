//! The derivation of cells from cases, and the page that is made of them.

#![cfg(feature = "cli")]

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::cell::Column;
use super::{Coverage, details, markdown, plan, shown, table};
use crate::cases::{Named, embedded};

fn shown(file: &Value) -> shown::Shown {
    let operation = file["request"]["operation"].as_str().unwrap();
    let named = Named::parse(&format!("{operation}/a_case"), &file.to_string()).unwrap();
    shown::of(&named.case)
}

/// A case with a key that has the variable `key`, after further steps.
fn sign(steps: &Value, input: &Value, expect: &Value) -> Value {
    let mut setup = vec![json!({
        "operation": "CreateKey", "input": {"MultiRegion": true}, "save": {"key": "KeyMetadata.KeyId"}
    })];
    setup.extend(steps.as_array().unwrap().clone());
    json!({
        "source": {"evidence": "inferred", "where": "a test"},
        "setup": setup,
        "request": {"operation": "Sign", "input": input},
        "expect": expect
    })
}

fn states(steps: &Value) -> Vec<&'static str> {
    let case = sign(steps, &json!({"KeyId": "${key}"}), &json!({"status": 400}));
    shown(&case).states
}

#[test]
fn results_decide_the_column() {
    let column = |expect: &Value| {
        let case = sign(&json!([]), &json!({"KeyId": "${key}"}), expect);
        shown(&case).columns
    };
    let error = |name: &str| {
        vec![Column::Error {
            name: name.to_owned(),
            in_model: false,
        }]
    };
    assert_eq!(column(&json!({"status": 200})), [Column::Success]);
    assert_eq!(
        column(&json!({"status": 400, "type": "DisabledException"})),
        error("DisabledException")
    );
    for message in ["message", "message_matches"] {
        let text = "2 validation errors detected: Value";
        assert_eq!(
            column(&json!({"status": 400, "type": "ValidationException", message: text})),
            [Column::Constraints]
        );
    }
    for expect in [
        json!({"status": 400, "type": "ValidationException"}),
        json!({"status": 400, "type": "ValidationException", "message": "no validation error"}),
    ] {
        assert_eq!(column(&expect), error("ValidationException"), "{expect}");
    }
}

#[test]
fn requests_decide_further_columns() {
    let columns = |steps: &Value, input: &Value| {
        let mut columns = shown(&sign(steps, input, &json!({"status": 200}))).columns;
        columns.remove(0);
        columns
    };
    let none = json!([]);
    assert_eq!(columns(&none, &json!({"DryRun": true})), [Column::DryRun]);
    assert_eq!(columns(&none, &json!({"DryRun": false})), []);
    assert_eq!(
        columns(&none, &json!({"GrantTokens": ["t"]})),
        [Column::Grants]
    );
    let other = json!([{"operation": "CreateKey", "input": {}, "account": "111122223333"}]);
    assert_eq!(columns(&other, &json!({})), [Column::CrossAccount]);
}

#[test]
fn states_follow_the_setup() {
    let on_key = |operation: &str| json!({"operation": operation, "input": {"KeyId": "${key}"}});
    assert_eq!(states(&json!([])), <[&str; 0]>::default());
    assert_eq!(states(&json!([on_key("DisableKey")])), ["Disabled"]);
    assert_eq!(
        states(&json!([on_key("DisableKey"), on_key("EnableKey")])),
        <[&str; 0]>::default()
    );
    assert_eq!(
        states(&json!([on_key("ScheduleKeyDeletion")])),
        ["PendingDeletion"]
    );
    assert_eq!(
        states(&json!([
            on_key("ScheduleKeyDeletion"),
            on_key("CancelKeyDeletion")
        ])),
        ["Disabled"]
    );
    assert_eq!(
        states(&json!([
            on_key("ReplicateKey"),
            on_key("ScheduleKeyDeletion")
        ])),
        ["PendingReplicaDeletion"]
    );
    // The replica has its own state.
    let replica = json!([
        {"operation": "ReplicateKey", "input": {"KeyId": "${key}", "ReplicaRegion": "us-west-2"}},
        {"operation": "DisableKey", "input": {"KeyId": "${key}"}, "region": "us-west-2"}
    ]);
    assert_eq!(states(&replica), <[&str; 0]>::default());
    // Another key.
    let other = json!([
        {"operation": "CreateKey", "input": {}, "save": {"other": "KeyMetadata.KeyId"}},
        {"operation": "DisableKey", "input": {"KeyId": "${other}"}}
    ]);
    assert_eq!(states(&other), <[&str; 0]>::default());
}

#[test]
fn a_key_is_known_by_its_alias_and_by_its_ciphertext() {
    for (operation, save, input) in [
        ("CreateAlias", json!({}), json!({"KeyId": "alias/a"})),
        (
            "Encrypt",
            json!({"blob": "CiphertextBlob"}),
            json!({"CiphertextBlob": "${blob}"}),
        ),
    ] {
        let steps = json!([
            {"operation": operation, "input": {"AliasName": "alias/a", "TargetKeyId": "${key}"}, "save": save},
            {"operation": "DisableKey", "input": {"KeyId": "${key}"}}
        ]);
        let case = sign(&steps, &input, &json!({"status": 400}));
        assert_eq!(shown(&case).states, ["Disabled"], "{operation}");
    }
}

/// The states that are read from the setup agree with the exceptions that name the state.
#[test]
fn exceptions_about_a_state_have_the_state() {
    let mut wrong = Vec::new();
    for named in embedded().unwrap() {
        let expected = match named.case.expect.r#type.as_deref() {
            Some("DisabledException") => "Disabled",
            Some("KMSInvalidStateException") => {
                let message = named.case.expect.message.as_deref().unwrap_or_default();
                match message {
                    text if text.ends_with("is pending deletion.") => "PendingDeletion",
                    text if text.ends_with("is pending import.") => "PendingImport",
                    _ => continue,
                }
            }
            _ => continue,
        };
        let states = shown::of(&named.case).states;
        if !states.contains(&expected) {
            wrong.push(format!("{}: {expected}, found {states:?}", named.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_case_and_no_other_is_in_a_cell() {
    let json = serde_json::to_value(Coverage::new().unwrap()).unwrap();
    let mut rows = json["operations"].as_array().unwrap().clone();
    assert_eq!(rows.len(), 56);
    rows.push(json!({"cells": [json["protocol"].clone()]}));
    let cells = rows.iter().flat_map(|row| row["cells"].as_array().unwrap());
    let names = cells.filter_map(|cell| cell["cases"].as_array()).flatten();
    let names: std::collections::BTreeSet<_> =
        names.map(|case| case["name"].as_str().unwrap()).collect();
    for named in embedded().unwrap() {
        assert!(names.contains(named.name.as_str()), "{}", named.name);
    }
    let of_cases = names
        .iter()
        .filter(|name| !name.starts_with("authorization/"));
    assert_eq!(of_cases.count(), embedded().unwrap().len());
}

#[test]
fn columns_apply_where_aws_has_them() {
    let coverage = Coverage::new().unwrap();
    let text = details(&coverage.only(&["ListKeys".to_owned()]).unwrap());
    for line in [
        "  key states: not applicable",
        "  dry run: not applicable",
        "  cross-account: not applicable",
        "  grants: not applicable",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let sign = Coverage::new().unwrap().only(&["Sign".to_owned()]).unwrap();
    let text = details(&sign);
    assert!(!text.contains("not applicable"), "{text}");
    assert!(
        text.contains("  KMSInternalException: untested\n"),
        "{text}"
    );
    assert!(text.contains("  key states: recorded (Disabled"), "{text}");
    assert!(Coverage::new().unwrap().only(&["Sing".to_owned()]).is_err());
}

#[test]
fn the_table_has_the_totals() {
    let text = table(&Coverage::new().unwrap());
    assert!(text.contains("golden cases: "), "{text}");
    assert_eq!(text.lines().take_while(|line| !line.is_empty()).count(), 57);
}

#[test]
fn the_plan_has_every_inferred_case_in_order() {
    let plan = serde_json::to_value(plan().unwrap()).unwrap();
    let items = plan["items"].as_array().unwrap();
    let weights: Vec<_> = items
        .iter()
        .map(|item| item["weight"].as_u64().unwrap())
        .collect();
    assert!(weights.is_sorted_by(|a, b| a >= b));
    let cases = embedded().unwrap();
    let inferred = |named: &&Named| named.case.source.evidence == crate::cases::Evidence::Inferred;
    assert_eq!(items.len(), cases.iter().filter(inferred).count());
    assert!(items.iter().all(|item| item["request"].is_object()));
}

#[test]
fn the_page_is_what_the_command_prints() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/coverage.md");
    let expected = markdown(&Coverage::new().unwrap());
    let found = fs::read_to_string(page).unwrap_or_default();
    assert!(
        found == expected,
        "run: cargo run -- coverage --markdown > emulator/docs/coverage.md"
    );
}
