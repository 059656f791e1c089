//! Requests that violate AWS's model in one member, and requests at its limits. They are made from the
//! model: every member of every input, with each kind of violation that its shape allows.
//!
//! The expected answer comes from the model, too, but not from the code of the emulator that checks
//! requests.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and prints what it has tried"
)]

mod cases;
mod model;

use std::collections::BTreeSet;

use kms_emulator::Kms;
use kms_emulator::protocol::Request;
use serde_json::Value;

use cases::{Case, Expected};
use model::Model;

#[test]
fn every_member_is_checked() {
    let model = Model::read();
    let kms = Kms::builder().build_temporary().unwrap();
    let mut failures = Vec::new();
    let (mut count, mut members) = (0, BTreeSet::new());
    for operation in model.operations() {
        let cases = cases::of(&model, operation);
        for case in &cases {
            count += 1;
            members.insert((operation.clone(), case.path.clone()));
            if let Err(failure) = check(&kms, operation, case) {
                failures.push(format!("{operation} {}: {failure}", case.path));
            }
        }
        let tried: BTreeSet<_> = cases.iter().map(|case| case.path.as_str()).collect();
        for path in model.paths(operation) {
            assert!(
                tried.contains(path.as_str()),
                "{operation} {path} is not tried"
            );
        }
    }
    println!("{count} requests for {} members", members.len());
    assert!(
        failures.is_empty(),
        "{} failures: {failures:#?}",
        failures.len()
    );
    assert!(count > 2000, "only {count} requests");
}

fn check(kms: &Kms, operation: &str, case: &Case) -> Result<(), String> {
    let body = case.body.to_string();
    let target = format!("TrentService.{operation}");
    let reply = kms.handle(&Request::new(&target, body.as_bytes()));
    let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let name = answer["__type"].as_str().unwrap_or_default();
    let message = answer["message"].as_str().unwrap_or_default();
    let violation = |text: &str| {
        let at = format!("at '{}' failed to satisfy constraint: {text}", case.path);
        name == "ValidationException" && message.contains(&at)
    };
    let is_right = match &case.expected {
        Expected::Violation(text) => violation(text),
        Expected::NoViolation(text) => !violation(text) && name != "SerializationException",
        Expected::WrongType => name == "SerializationException",
    };
    if is_right {
        Ok(())
    } else {
        let shown: String = body.chars().take(200).collect();
        let message: String = message.chars().take(300).collect();
        Err(format!(
            "{shown} -> {name}: {message}; expected {:?}",
            case.expected
        ))
    }
}
