//! Grants of roles.

use serde_json::{Value, json};

use super::{ACCOUNT, AuthMode, KEY, call, error};
use crate::Kms;
use crate::seed::Seed;

const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/G/future";
const FIRST: &str = "AROAEXAMPLE0000000001";
const SECOND: &str = "AROAEXAMPLE0000000002";

/// A role without policies, and a session of it.
fn seed(role_id: &str) -> Seed {
    let text = format!(
        r#"
account: "{ACCOUNT}"
region: us-east-1
keys: [{{id: {KEY}, material: {{seed: a}}}}]
identities:
  - {{arn: "arn:aws:iam::{ACCOUNT}:root", access_keys: [{{id: AKIAROOT, secret: s}}]}}
  - {{arn: "arn:aws:iam::{ACCOUNT}:role/path/G", unique_id: {role_id}}}
  - {{arn: "{SESSION}", access_keys: [{{id: AKIASESSION, secret: s}}]}}
"#
    );
    Seed::parse("seed.yaml", &text).unwrap()
}

fn create(kms: &Kms) -> Value {
    let body = json!({
        "KeyId": KEY, "Name": "of-session", "GranteePrincipal": SESSION, "RetiringPrincipal": SESSION,
        "Operations": ["DescribeKey"],
    });
    call(kms, "AKIAROOT", "CreateGrant", &body).unwrap()["GrantId"].clone()
}

/// The ids and grantees of the grants in a list.
fn listed(kms: &Kms, operation: &str, filter: (&str, &str)) -> Vec<(Value, Value)> {
    let mut body = json!({"KeyId": KEY});
    if operation == "ListRetirableGrants" {
        body = json!({});
    }
    body[filter.0] = json!(filter.1);
    let answer = call(kms, "AKIAROOT", operation, &body).unwrap();
    let grants = answer["Grants"].as_array().unwrap().iter();
    grants
        .map(|grant| (grant["GrantId"].clone(), grant["GranteePrincipal"].clone()))
        .collect()
}

// Recorded: authorization cases rec-024, rec-025, rec-033 and rec-034.
#[test]
fn a_role_that_is_created_again_has_no_grants_of_the_old_one() {
    let builder = Kms::builder().auth(AuthMode::Policy).account(ACCOUNT);
    let kms = builder.seed(seed(FIRST)).build_temporary().unwrap();
    let describe = || error(&kms, "AKIASESSION", "DescribeKey", &json!({"KeyId": KEY}));
    assert_eq!(describe(), "AccessDeniedException");
    let old = create(&kms);
    assert_eq!(create(&kms), old);
    assert_eq!(describe(), "allowed");
    let id = format!("{FIRST}:future");
    for principal in [SESSION, &id] {
        for (operation, member) in [
            ("ListGrants", "GranteePrincipal"),
            ("ListRetirableGrants", "RetiringPrincipal"),
        ] {
            let found = listed(&kms, operation, (member, principal));
            assert_eq!(
                found,
                [(old.clone(), json!(SESSION))],
                "{operation} {principal}"
            );
        }
    }

    kms.seed(&seed(SECOND)).unwrap();
    assert_eq!(describe(), "AccessDeniedException");
    let of_old = listed(&kms, "ListGrants", ("GrantId", old.as_str().unwrap()));
    assert_eq!(of_old, [(old.clone(), json!(id))]);
    let new = create(&kms);
    assert_ne!(new, old);
    assert_eq!(describe(), "allowed");
    let found = listed(&kms, "ListGrants", ("GranteePrincipal", SESSION));
    assert_eq!(found, [(new, json!(SESSION))]);
}
