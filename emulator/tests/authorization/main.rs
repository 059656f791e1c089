//! Who may do what: decisions of AWS, a second evaluator, hostile policies, and the form of the
//! questions.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod decisions;
mod hostile;
mod naive;
mod questions;
mod stored;

use serde_json::Value;

/// The answer to a question.
fn ask(question: &Value) -> Value {
    let answer = kms_emulator::authorize(&question.to_string());
    serde_json::from_str(&answer.unwrap()).unwrap()
}

/// The decision about a question, with both kinds of denies as `deny`.
fn decision(question: &Value) -> String {
    let answer = ask(question);
    let decision = answer["decision"].as_str().unwrap();
    decision
        .trim_start_matches("explicit-")
        .trim_start_matches("implicit-")
        .to_owned()
}
