//! Policies that are made to be slow, large or deep.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::decision;

/// The length of the longest key policy.
const LENGTH: usize = 32 * 1024;

/// A debug build on a busy machine. Exponential and cubic time take minutes.
const LIMIT: Duration = Duration::from_secs(2);

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
    let started = Instant::now();
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
        assert_eq!(decision(&question(&statement, &context)), "deny");
    }
    let elapsed = started.elapsed();
    assert!(elapsed < LIMIT, "{elapsed:?}");
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
