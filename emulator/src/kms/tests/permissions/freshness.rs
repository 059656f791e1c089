//! Decisions after changes: no cache of records, policies or signing keys makes them stale.

use super::*;

fn describe(kms: &Kms, access_key: &str) -> String {
    error(kms, access_key, "DescribeKey", &json!({ "KeyId": KEY }))
}

#[test]
fn a_new_key_policy_counts_at_once_and_a_restored_one_too() {
    let kms = seeded();
    assert_eq!(describe(&kms, "AKIAUSER"), "allowed");
    let snapshot = kms.snapshot();
    for _ in 0..2 {
        put_policy(&kms, KEY, &deny("kms:DescribeKey"));
        assert_eq!(describe(&kms, "AKIAUSER"), "AccessDeniedException");
        put_policy(&kms, KEY, &deny("kms:Encrypt"));
        assert_eq!(describe(&kms, "AKIAUSER"), "allowed");
    }
    put_policy(&kms, KEY, &deny("kms:DescribeKey"));
    let denied = kms.snapshot();
    kms.restore(&snapshot).unwrap();
    assert_eq!(describe(&kms, "AKIAUSER"), "allowed");
    kms.restore(&denied).unwrap();
    assert_eq!(describe(&kms, "AKIAUSER"), "AccessDeniedException");
}

#[test]
fn a_replaced_identity_counts_at_once() {
    let kms = seeded();
    assert_eq!(describe(&kms, "AKIAUSER"), "allowed");
    let replace = |action: &str, secret: &str| {
        let seed = format!(
            r#"
identities:
  - arn: arn:aws:iam::111122223333:user/all
    access_keys: [{{id: AKIAUSER, secret: {secret}}}]
    policies: [{{name: all, document: {{Version: "2012-10-17", Statement: [{{Effect: Allow, Action: "{action}", Resource: "*"}}]}}}}]
"#
        );
        kms.seed(&Seed::parse("seed.yaml", &seed).unwrap()).unwrap();
    };
    replace("kms:Encrypt", "s");
    assert_eq!(describe(&kms, "AKIAUSER"), "AccessDeniedException");
    replace("kms:Describe*", "s");
    assert_eq!(describe(&kms, "AKIAUSER"), "allowed");
    // The derived key of the old secret is not used for the new one.
    replace("kms:Describe*", "another");
    assert_ne!(describe(&kms, "AKIAUSER"), "allowed");
}

#[test]
fn a_revoked_grant_counts_at_once() {
    let kms = seeded();
    let grant = json!({
        "KeyId": KEY, "GranteePrincipal": ARN_OF_USER, "Operations": ["DescribeKey"],
    });
    for _ in 0..2 {
        assert_eq!(describe(&kms, "AKIANONE"), "AccessDeniedException");
        let created = call(&kms, "AKIAROOT", "CreateGrant", &grant).unwrap();
        assert_eq!(describe(&kms, "AKIANONE"), "allowed");
        let revoked = json!({ "KeyId": KEY, "GrantId": created["GrantId"] });
        call(&kms, "AKIAROOT", "RevokeGrant", &revoked).unwrap();
    }
}

/// A condition and a variable are the two ways to ask for the keys of a request.
#[test]
fn conditions_and_variables_see_the_request() {
    let kms = seeded();
    let with = |condition: Value, resource: &str| {
        let seed = json!({ "identities": [{
            "arn": "arn:aws:iam::111122223333:user/all",
            "access_keys": [{ "id": "AKIAUSER", "secret": "s" }],
            "policies": [{ "name": "p", "document": { "Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Action": "kms:DescribeKey", "Resource": resource, "Condition": condition,
            }] } }],
        }] });
        kms.seed(&Seed::parse("seed.yaml", &seed.to_string()).unwrap())
            .unwrap();
        describe(&kms, "AKIAUSER")
    };
    let by_spec = |spec: &str| json!({ "StringEquals": { "kms:KeySpec": spec } });
    assert_eq!(with(by_spec("SYMMETRIC_DEFAULT"), "*"), "allowed");
    assert_eq!(with(by_spec("RSA_2048"), "*"), "AccessDeniedException");
    let secure = json!({ "Bool": { "aws:SecureTransport": "true" } });
    assert_eq!(with(secure, "*"), "allowed");
    let after = json!({ "DateGreaterThan": { "aws:CurrentTime": "2020-01-01T00:00:00Z" } });
    assert_eq!(with(after, "*"), "allowed");
    let own = "arn:aws:kms:us-east-1:${aws:PrincipalAccount}:key/*";
    assert_eq!(with(json!({}), own), "allowed");
    let foreign = "arn:aws:kms:us-east-1:${aws:username}:key/*";
    assert_eq!(with(json!({}), foreign), "AccessDeniedException");
}

/// The first request makes a permission known. What changes it afterwards must count for the second.
#[test]
fn a_known_permission_ends_with_its_reasons() {
    let user = |rest: Value| {
        let mut user = json!({
            "arn": "arn:aws:iam::111122223333:user/all",
            "access_keys": [{ "id": "AKIAUSER", "secret": "s" }],
        });
        let members = rest.as_object().unwrap().clone();
        user.as_object_mut().unwrap().extend(members);
        user
    };
    let document = |action: &str| json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] });
    let arn = "arn:aws:iam::111122223333:policy/p";
    let inline = json!([{ "name": "p", "document": document("kms:*") }]);
    for member in ["managed_policies", "permissions_boundary"] {
        let kms = seeded();
        let seed = |action: &str| {
            let managed = json!({ "arn": arn, "document": document(action) });
            let user = match member {
                "managed_policies" => user(json!({ member: [managed] })),
                _ => user(json!({ "policies": inline, member: managed })),
            };
            let seed = json!({ "identities": [user] });
            kms.seed(&Seed::parse("seed.yaml", &seed.to_string()).unwrap())
                .unwrap();
        };
        for _ in 0..2 {
            seed("kms:*");
            for _ in 0..2 {
                assert_eq!(describe(&kms, "AKIAUSER"), "allowed");
            }
            let other_operation = json!({ "KeyId": KEY });
            assert_eq!(
                error(&kms, "AKIAUSER", "GetKeyPolicy", &other_operation),
                "allowed"
            );
            seed("kms:Encrypt");
            assert_eq!(describe(&kms, "AKIAUSER"), "AccessDeniedException");
        }
    }
}

/// A permission is known for one caller, one key and one operation.
#[test]
fn a_known_permission_is_for_its_caller_key_and_operation_alone() {
    let kms = seeded();
    put_policy(&kms, REPLICA, &deny("kms:DescribeKey"));
    put_policy(&kms, KEY, &deny("kms:GetPublicKey"));
    for _ in 0..2 {
        assert_eq!(describe(&kms, "AKIAUSER"), "allowed");
        assert_eq!(describe(&kms, "AKIANONE"), "AccessDeniedException");
        let other_key = json!({ "KeyId": REPLICA });
        assert_eq!(
            error(&kms, "AKIAUSER", "DescribeKey", &other_key),
            "AccessDeniedException"
        );
        let same_key = json!({ "KeyId": KEY });
        assert_eq!(
            error(&kms, "AKIAUSER", "GetPublicKey", &same_key),
            "AccessDeniedException"
        );
    }
}
