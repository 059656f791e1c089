//! Questions about what is in an emulator.

use serde_json::{Value, json};

use super::{KEY, deny, put_policy, seeded};
use crate::Kms;
use crate::seed::Seed;

#[test]
fn a_question_can_be_about_what_is_here() {
    let kms = seeded();
    put_policy(&kms, KEY, &deny("kms:Encrypt"));
    let ask = |question: Value| -> Value {
        serde_json::from_str(&kms.authorize(&question.to_string()).unwrap()).unwrap()
    };
    let request = json!({"operation": "Encrypt", "key_id": "alias/orders"});
    let answer =
        ask(json!({"state": true, "caller": {"access_key": "AKIAUSER"}, "request": request}));
    assert_eq!(answer["decision"], "explicit-deny");
    assert_eq!(answer["decided_by"]["sid"], "no");
    let caller = json!({"arn": "arn:aws:iam::111122223333:user/all"});
    let request = json!({"operation": "Decrypt", "key_id": KEY});
    assert_eq!(
        ask(json!({"state": true, "caller": caller, "request": request}))["decision"],
        "allow"
    );
    for (caller, operation, key, sentence) in [
        (
            json!({"access_key": "AKIAWRONG"}),
            "Sign",
            KEY,
            "caller.access_key: `AKIAWRONG` is unknown",
        ),
        (
            caller.clone(),
            "Sing",
            KEY,
            "request.operation: `Sing` is unknown",
        ),
        (
            caller.clone(),
            "Sign",
            "alias/none",
            "NotFoundException: Alias arn:aws:kms:us-east-1:111122223333:alias/none is not found.",
        ),
    ] {
        let question = json!({"state": true, "caller": caller, "request": {"operation": operation, "key_id": key}});
        assert_eq!(
            kms.authorize(&question.to_string())
                .unwrap_err()
                .to_string(),
            sentence
        );
    }
}

#[test]
fn who_can_lists_every_principal() {
    let kms = seeded();
    let permissions = kms.who_can("Decrypt", "alias/orders").unwrap();
    let lines: Vec<_> = permissions
        .iter()
        .map(|permission| {
            (
                permission.principal.as_str(),
                permission.allowed,
                permission.decided_by.as_str(),
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            (
                "arn:aws:iam::111122223333:root",
                true,
                "key policy, statement 1 (Enable IAM User Permissions)"
            ),
            (
                "arn:aws:iam::111122223333:user/all",
                true,
                "identity policy, statement 1"
            ),
            (
                "arn:aws:iam::111122223333:user/none",
                false,
                "identity policy"
            ),
            ("arn:aws:iam::444455556666:root", false, "key policy"),
            (
                "arn:aws:iam::444455556666:user/foreign",
                false,
                "key policy"
            ),
        ]
    );
}

#[test]
fn who_can_finds_the_account_and_region_of_its_key() {
    let seed = |text: &str| Seed::parse("seed.yaml", text).unwrap();
    let one = seed("{account: \"111122223333\", region: eu-west-1, keys: [{alias: alias/orders}]}");
    let kms = Kms::builder().seed(one.clone()).build_temporary().unwrap();
    let found = kms.who_can("Sign", "alias/orders").unwrap();
    assert_eq!(found[0].principal, "arn:aws:iam::111122223333:root");
    let other = seed("{account: \"444455556666\", keys: [{alias: alias/orders}]}");
    let kms = Kms::builder()
        .seed(one.and(other))
        .build_temporary()
        .unwrap();
    let error = kms.who_can("Sign", "alias/orders").unwrap_err().to_string();
    let expected =
        "`alias/orders` is in 111122223333/eu-west-1 and in 444455556666/us-east-1: use an ARN";
    assert_eq!(error, expected);
    let arn = "arn:aws:kms:us-east-1:444455556666:alias/orders";
    assert!(kms.who_can("Sign", arn).is_ok());
}
