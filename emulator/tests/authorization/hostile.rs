//! Policies that are made to be slow, large or deep.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::decision;

/// The length of the longest key policy.
const LENGTH: usize = 32 * 1024;

/// How much longer a hostile policy may take than a plain one of the same length. Exponential and cubic time
/// take a million times as long.
const MAX_RATIO: u32 = 1000;

fn question(statement: &Value, context: &Value) -> Value {
    json!({
        "statements": [statement],
        "request": {"action": "kms:PutKeyPolicy", "resource": format!("arn:aws:kms:us-east-1:111122223333:key/{}", "a".repeat(200))},
        "context": context,
    })
}

#[test]
fn stars_take_little_time() {
    let value = "a".repeat(2000);
    let context =
        json!({"aws:RequestTag/v": [value], "aws:SourceArn": [format!("arn:aws:s3:::{value}")]});
    let with = |condition: Value| json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition});
    let repeated = |text: &str| text.repeat(LENGTH / text.len());
    let pieces = |text: &str| json!(vec![text; LENGTH / (text.len() + 3)]);
    let plain = json!({"Effect": "Allow", "Action": pieces("kms:Sign"), "Resource": "*"});
    let reference = shortest(&question(&plain, &context));
    for statement in [
        json!({"Effect": "Allow", "Action": repeated("*a") + "b", "Resource": "*"}),
        json!({"Effect": "Allow", "Action": repeated("*"), "Resource": repeated("*?") + "b"}),
        json!({"Effect": "Allow", "Action": "*", "Resource": "arn:aws:kms:*:*:".to_owned() + &repeated("*a*?") + "b"}),
        json!({"Effect": "Allow", "Action": pieces("*a*a*a*b"), "Resource": "*"}),
        with(
            json!({"StringLike": {"aws:RequestTag/v": pieces(&format!("*{}b*", "a".repeat(60)))}}),
        ),
        with(json!({"StringLike": {"aws:RequestTag/v": repeated("*aa?") + "b"}})),
        with(json!({"StringLike": {"aws:RequestTag/v": "*".to_owned() + &"a".repeat(1000) + "b"}})),
        with(json!({"StringLike": {"aws:RequestTag/v": pieces("*a*a*a*a*b*")}})),
        with(
            json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::".to_owned() + &repeated("*a") + "b"}}),
        ),
        with(
            json!({"StringEqualsIgnoreCase": {"aws:RequestTag/v": repeated("${aws:RequestTag/v}")}}),
        ),
        with(json!({"StringLike": {"aws:RequestTag/v": repeated("${aws:RequestTag/v}*")}})),
        with(json!({"NumericEquals": {"aws:RequestTag/v": "1e".to_owned() + &"9".repeat(LENGTH)}})),
        with(json!({"DateEquals": {"aws:RequestTag/v": "9".repeat(LENGTH)}})),
        with(json!({"IpAddress": {"aws:RequestTag/v": repeated(":")}})),
    ] {
        let took = shortest(&question(&statement, &context));
        assert!(
            took < reference * MAX_RATIO,
            "{took:?} against {reference:?}: {statement:.100}"
        );
    }
}

/// The shortest of some times that a question takes. The answer must be to deny.
fn shortest(question: &Value) -> Duration {
    let times = (0..3).map(|_| {
        let started = Instant::now();
        assert_eq!(decision(question), "deny");
        started.elapsed()
    });
    times.min().unwrap()
}

#[test]
fn deep_and_wrong_documents_are_refused() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    for text in [
        deep.as_str(),
        r#"{"statements": {"Statement": {}}}"#,
        r#"{"statements": [{"Effect": "Allow", "Action": {"a": "b"}}]}"#,
        r#"{"statements": [{"Effect": "Allow", "Action": null}]}"#,
        r#"{"statements": [{"Effect": "Allow", "Action": "*", "Condition": {"Bool": {"a": {}}}}]}"#,
        r#"{"caller": {}, "request": {"operation": "Sign"}}"#,
        r#"{"caller": {"arn": "x"}, "request": {"operation": "Sing"}}"#,
        r#"{"caller": {"arn": "x"}, "request": {"operation": "Sign"}}"#,
        "",
        "1",
    ] {
        let error = kms_emulator::authorize(text).unwrap_err().to_string();
        assert!(
            !error.is_empty() && !error.contains('\n'),
            "{text:.80} {error}"
        );
    }
}
