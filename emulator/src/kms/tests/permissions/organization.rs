//! Service control policies of the caller's account.

use super::*;

/// The document of a level, with one statement.
fn level(effect: &str, action: &str) -> Value {
    let statement = json!({ "Effect": effect, "Action": action, "Resource": "*" });
    json!({ "Version": "2012-10-17", "Statement": [statement] })
}

fn restrict(kms: &Kms, levels: &[Value]) {
    let account = json!({ "id": ACCOUNT, "service_control_policies": levels });
    let seed = json!({ "accounts": [account] }).to_string();
    kms.seed(&Seed::parse("seed.yaml", &seed).unwrap()).unwrap();
}

fn describe(kms: &Kms, access_key: &str) -> String {
    error(kms, access_key, "DescribeKey", &json!({ "KeyId": KEY }))
}

#[test]
fn every_level_must_allow() {
    let kms = seeded();
    let (all, some, other) = (
        level("Allow", "*"),
        level("Allow", "kms:Describe*"),
        level("Allow", "s3:*"),
    );
    for (levels, expected) in [
        (vec![], "allowed"),
        (vec![all.clone()], "allowed"),
        (vec![all.clone(), some.clone()], "allowed"),
        (vec![some.clone(), all.clone()], "allowed"),
        (vec![all.clone(), other.clone()], "AccessDeniedException"),
        (vec![other, all.clone()], "AccessDeniedException"),
    ] {
        restrict(&kms, &levels);
        for access_key in ["AKIAUSER", "AKIAROOT"] {
            assert_eq!(
                describe(&kms, access_key),
                expected,
                "{access_key} {levels:?}"
            );
        }
    }
    restrict(&kms, &[all, some]);
    let other_action = json!({ "KeyId": KEY });
    assert_eq!(
        error(&kms, "AKIAUSER", "GetKeyPolicy", &other_action),
        "AccessDeniedException"
    );
    assert_eq!(
        error(&kms, "AKIAUSER", "ListKeys", &json!({})),
        "AccessDeniedException"
    );
}

#[test]
fn a_deny_has_the_documented_sentence() {
    let kms = seeded();
    let mut both = level("Allow", "*");
    let deny = level("Deny", "kms:DescribeKey")["Statement"][0].clone();
    both["Statement"].as_array_mut().unwrap().push(deny);
    restrict(&kms, &[both]);
    let body = json!({ "KeyId": KEY });
    let (_, message) = call(&kms, "AKIAROOT", "DescribeKey", &body).unwrap_err();
    assert!(
        message.ends_with("with an explicit deny in a service control policy"),
        "{message}"
    );
    // They restrict the callers of the account, and not its keys.
    let statements = json!([
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}, "Action": "kms:*", "Resource": "*"},
    ]);
    put_policy(&kms, KEY, &statements);
    call(&kms, "AKIAFOREIGN", "DescribeKey", &json!({ "KeyId": ARN })).unwrap();
}
