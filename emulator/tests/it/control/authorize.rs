//! `POST /_emulator/authorize`.

use serde_json::{Value, json};

use super::{control, refused};
use crate::in_process::local;

#[test]
fn answers_questions() {
    let (_kms, address) = local();
    let question = |operation: &str| {
        json!({
            "key_policy": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Sign", "Resource": "*"}],
            "caller": {"arn": "arn:aws:iam::111122223333:user/alice"},
            "request": {"operation": operation, "key": {"arn": "arn:aws:kms:us-east-1:111122223333:key/k"}},
        })
    };
    let answer = control(address, "POST authorize", &question("Sign"));
    assert_eq!(
        (answer.status, &answer.json()["decision"]),
        (200, &json!("allow"))
    );
    let answers = control(
        address,
        "POST authorize",
        &json!([question("Sign"), question("Verify")]),
    );
    let decisions: Vec<_> = answers
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| answer["decision"].clone())
        .collect();
    assert_eq!(decisions, [json!("allow"), json!("implicit-deny")]);

    let (status, message) = refused(address, "POST authorize", &json!([question("Sing")]));
    assert_eq!(
        (status, message.as_str()),
        (
            400,
            "question 1: request.operation: `Sing` is no action of KMS"
        )
    );
    assert_eq!(refused(address, "POST authorize", &Value::Null).0, 400);
}
