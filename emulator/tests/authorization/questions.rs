//! What an answer says, and facts of KMS's decision that no line of the fixtures shows.

use serde_json::{Value, json};

use super::{ask, decision};

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

fn delegation() -> Value {
    json!({"Sid": "account", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
           "Action": "kms:*", "Resource": "*"})
}

fn question(key_policy: &Value, policies: &Value, operation: &str) -> Value {
    json!({
        "key_policy": key_policy,
        "caller": {"arn": ALICE, "policies": policies},
        "request": {"operation": operation, "key": {"arn": KEY}},
    })
}

#[test]
fn an_answer_names_what_decides() {
    let deny = json!({"Sid": "no", "Effect": "Deny", "Principal": "*", "Action": "kms:Sign", "Resource": "*",
                      "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "a"}}});
    let answer = ask(&question(&json!([delegation(), deny]), &json!([]), "Sign"));
    assert_eq!(answer["decision"], "explicit-deny");
    assert_eq!(answer["error"], "AccessDeniedException");
    let by = json!({"policy": "key policy", "statement": 1, "sid": "no"});
    assert_eq!(answer["decided_by"], by);
    assert_eq!(answer["matched"], json!([by]));
    assert_eq!(answer["missing_context"], json!(["aws:PrincipalTag/team"]));

    let allow = json!({"Effect": "Allow", "Action": "kms:Sign", "Resource": "*"});
    let answer = ask(&question(&json!([delegation()]), &json!([allow]), "Sign"));
    assert_eq!(
        answer["decided_by"],
        json!({"policy": "identity policy", "statement": 0})
    );
    assert_eq!(answer.get("message"), None);

    let mut by_grant = question(&json!([delegation()]), &json!([]), "Sign");
    by_grant["grants"] = json!([{"id": "g1", "grantee": ALICE, "operations": ["Sign"]}]);
    assert_eq!(
        ask(&by_grant)["decided_by"],
        json!({"policy": "grant", "grant": "g1"})
    );
}

/// Quoted by users: a refusal names a managed policy by its ARN.
#[test]
fn a_managed_policy_is_named() {
    let arn = "arn:aws:iam::111122223333:policy/limits";
    let deny = json!([{"Effect": "Deny", "Action": "kms:*", "Resource": "*"}]);
    let mut question = question(&json!([delegation()]), &json!([]), "Sign");
    question["caller"]["managed_policies"] = json!([{"arn": arn, "document": deny}]);
    let message = ask(&question)["message"].as_str().unwrap().to_owned();
    let end = format!("with an explicit deny in an identity-based policy: {arn}");
    assert!(message.ends_with(&end), "{message}");
}

/// Documents of the old version have no policy variables (IAM User Guide).
#[test]
fn variables_need_the_current_version() {
    let policy = |version: &str, value: &str| {
        let statement = json!({"Effect": "Allow", "Action": "kms:Sign", "Resource": "*",
                               "Condition": {"StringEquals": {"aws:username": value}}});
        json!({"Version": version, "Statement": statement})
    };
    for (version, value, expected) in [
        ("2012-10-17", "${aws:username}", "allow"),
        ("2008-10-17", "${aws:username}", "deny"),
        ("2008-10-17", "alice", "allow"),
    ] {
        let question = question(&json!([delegation()]), &policy(version, value), "Sign");
        assert_eq!(decision(&question), expected, "{version} {value}");
    }
}

/// A wildcard of a pattern stays in its part of the ARN, and missing parts match (IAM User Guide).
#[test]
fn patterns_of_arns_are_compared_by_part() {
    for (resource, expected) in [
        ("*", "allow"),
        ("arn:aws:kms:*:111122223333:key/*", "allow"),
        ("arn:aws:kms:us-east-1:111122223333:*", "allow"),
        ("arn:aws:kms", "allow"),
        ("arn:aws:kms:*:key/*", "deny"),
        ("arn:aws:kms:*", "allow"),
        ("arn:aws:s3:*", "deny"),
    ] {
        let allow = json!([{"Effect": "Allow", "Action": "kms:Sign", "Resource": resource}]);
        assert_eq!(
            decision(&question(&json!([delegation()]), &allow, "Sign")),
            expected,
            "{resource}"
        );
    }
}

/// KMS calls for attestations only where the API has `Recipient`.
#[test]
fn attestation_counts_only_where_it_can_be() {
    let allow = json!({"Effect": "Allow", "Principal": {"AWS": ALICE}, "Action": "kms:*", "Resource": "*",
                       "Condition": {"StringEqualsIgnoreCase": {"kms:RecipientAttestation:PCR0": "AB"}}});
    for (operation, expected) in [("Decrypt", "allow"), ("Sign", "deny")] {
        let mut question = question(&json!([allow]), &json!([]), operation);
        question["request"]["attestation"] = json!({"PCR0": "ab"});
        assert_eq!(decision(&question), expected, "{operation}");
    }
}

/// The root user of an account that delegates, and every caller of another account.
#[test]
fn accounts() {
    let mut root = question(&json!([delegation()]), &json!([]), "Sign");
    root["caller"]["arn"] = json!("arn:aws:iam::111122223333:root");
    assert_eq!(decision(&root), "allow");
    let mut foreign = question(
        &json!([delegation()]),
        &json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]),
        "Sign",
    );
    foreign["caller"]["arn"] = json!("arn:aws:iam::444455556666:user/bob");
    assert_eq!(decision(&foreign), "deny");
    let trust = json!({"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "kms:*", "Resource": "*"});
    foreign["key_policy"] = json!([trust]);
    assert_eq!(decision(&foreign), "allow");
    // `EnableKey` does not work on keys of other accounts.
    foreign["request"]["operation"] = json!("EnableKey");
    let answer = ask(&foreign);
    assert_eq!(
        (
            answer["decision"].as_str(),
            answer["decided_by"]["policy"].as_str()
        ),
        (Some("implicit-deny"), Some("operation"))
    );
}
