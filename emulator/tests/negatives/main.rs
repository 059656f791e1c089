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

/// Whether a path in JSON, `Tags[0].TagKey`, is a path as KMS writes it, `tags.1.member.tagKey`, or is in
/// a value there.
fn is_same_place(json: &str, path: &str) -> bool {
    let mut steps = String::new();
    for step in json.split('.') {
        let (name, index) = step.split_once('[').unwrap_or((step, ""));
        let dot = if steps.is_empty() { "" } else { "." };
        steps.extend([dot, name]);
        if let Ok(index) = index.trim_end_matches(']').parse::<usize>() {
            steps.extend([".", &(index + 1).to_string(), ".member"]);
        }
    }
    steps.to_lowercase().starts_with(&path.to_lowercase())
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
    let reason = reply.trace.reason.unwrap_or_default();
    let part = reason
        .split_once(": expected ")
        .map_or("", |(part, _)| part);
    if name == "SerializationException" && !is_same_place(part, &case.path) {
        return Err(format!("the reason names `{part}`: {reason}"));
    }
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
