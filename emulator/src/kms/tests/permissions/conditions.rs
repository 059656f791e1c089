//! Decisions that depend on condition keys: a permission that is known holds for the same values alone.

use std::net::IpAddr;

use super::*;

/// A policy that names a condition key: each statement of the user depends on it.
fn with(statement: &Value) -> Kms {
    let kms = seeded();
    let mut statement = statement.clone();
    statement["Effect"] = json!("Allow");
    statement["Action"] = json!("kms:*");
    let others = json!({ "Effect": "Allow", "Action": "kms:*Alias", "Resource": "*" });
    let document = json!({ "Version": "2012-10-17", "Statement": [statement, others] });
    let seed = json!({ "identities": [{
        "arn": "arn:aws:iam::111122223333:user/all",
        "access_keys": [{ "id": "AKIAUSER", "secret": "s" }],
        "policies": [{ "name": "p", "document": document }],
    }] });
    seed_more(&kms, &seed);
    kms
}

fn seed_more(kms: &Kms, seed: &Value) {
    kms.seed(&Seed::parse("seed.yaml", &seed.to_string()).unwrap())
        .unwrap();
}

fn when(condition: &Value) -> Kms {
    with(&json!({ "Resource": "*", "Condition": condition }))
}

/// Asks the questions in turn, so that each of them follows the other and itself.
fn differ(mut allowed: impl FnMut() -> bool, mut denied: impl FnMut() -> bool) {
    for round in 0..3 {
        assert!(allowed() && allowed(), "round {round}");
        assert!(!denied() && !denied(), "round {round}");
    }
}

fn may(kms: &Kms, name: &str, body: &Value) -> bool {
    let error = error(kms, "AKIAUSER", name, body);
    assert!(
        matches!(error.as_str(), "allowed" | "AccessDeniedException"),
        "{error}"
    );
    error == "allowed"
}

fn may_describe(kms: &Kms) -> bool {
    may(kms, "DescribeKey", &json!({ "KeyId": KEY }))
}

/// Whether a request from a sender is allowed.
fn may_send(kms: &Kms, sender: Sender<'_>) -> bool {
    let credential = Signer {
        access_key_id: "AKIAUSER",
        secret: "s",
        region: "us-east-1",
        service: "kms",
    };
    let body = json!({ "KeyId": KEY }).to_string();
    let signed = credential.sign("localhost", "/", body.as_bytes(), system_time());
    let reply = kms.handle(&Request {
        authorization: Some(&signed.authorization),
        headers: &[("host", "localhost"), ("x-amz-date", &signed.date)],
        sender,
        ..Request::new("TrentService.DescribeKey", body.as_bytes())
    });
    reply.status == 200
}

#[test]
fn encryption_contexts() {
    let encrypt =
        |context: Value| json!({ "KeyId": KEY, "Plaintext": "AAAA", "EncryptionContext": context });
    for (condition, allowed, denied) in [
        (
            json!({ "StringEquals": { "kms:EncryptionContext:tenant": ["blue", "red"] } }),
            [
                json!({ "tenant": "blue" }),
                json!({ "tenant": "red", "id": "1" }),
            ],
            [json!({ "tenant": "green" }), json!({ "id": "blue" })],
        ),
        (
            json!({ "ForAllValues:StringEquals": { "kms:EncryptionContextKeys": ["tenant", "id"] } }),
            [
                json!({ "tenant": "blue" }),
                json!({ "tenant": "red", "id": "1" }),
            ],
            [
                json!({ "tenant": "blue", "a": "" }),
                json!({ "Tenant": "blue" }),
            ],
        ),
    ] {
        let kms = when(&condition);
        let all = |contexts: &[Value]| {
            contexts
                .iter()
                .map(|context| may(&kms, "Encrypt", &encrypt(context.clone())))
                .collect::<Vec<_>>()
        };
        for _ in 0..3 {
            assert_eq!(all(&allowed), [true, true]);
            assert_eq!(all(&denied), [false, false]);
        }
    }
}

/// Values that are too long to be kept.
#[test]
fn long_encryption_contexts() {
    let kms = when(&json!({ "StringLike": { "kms:EncryptionContext:a": "x*" } }));
    let encrypt = |a: String| {
        let body = json!({ "KeyId": KEY, "Plaintext": "AAAA", "EncryptionContext": { "a": a } });
        may(&kms, "Encrypt", &body)
    };
    let long = "x".repeat(4000);
    differ(|| encrypt(long.clone()), || encrypt(format!("y{long}")));
}

/// More values than are kept of one permission.
#[test]
fn many_encryption_contexts() {
    let kms = when(&json!({ "StringLike": { "kms:EncryptionContext:tenant": "good-*" } }));
    for round in 0..2 {
        for tenant in 0..40 {
            for (kind, expected) in [("good", true), ("bad", false)] {
                let context = json!({ "tenant": format!("{kind}-{tenant}") });
                let body =
                    json!({ "KeyId": KEY, "Plaintext": "AAAA", "EncryptionContext": context });
                assert_eq!(may(&kms, "Encrypt", &body), expected, "{round} {context}");
            }
        }
    }
}

#[test]
fn members_of_the_request() {
    let kms = when(&json!({ "StringEquals": { "kms:RequestAlias": "alias/orders" } }));
    let describe = |reference: &str| may(&kms, "DescribeKey", &json!({ "KeyId": reference }));
    differ(|| describe("alias/orders"), || describe(KEY));
    let kms = when(&json!({ "StringEquals": { "kms:GranteePrincipal": ARN_OF_USER } }));
    let grant = |grantee: &str| {
        let body = json!({ "KeyId": KEY, "GranteePrincipal": grantee, "Operations": ["Decrypt"], "DryRun": true });
        error(&kms, "AKIAUSER", "CreateGrant", &body) == "DryRunOperationException"
    };
    differ(
        || grant(ARN_OF_USER),
        || grant("arn:aws:iam::111122223333:user/all"),
    );
    let kms = when(&json!({ "ForAnyValue:StringEquals": { "aws:TagKeys": "team" } }));
    let tag = |key: &str| {
        let body = json!({ "KeyId": KEY, "Tags": [{ "TagKey": key, "TagValue": "a" }] });
        may(&kms, "TagResource", &body)
    };
    differ(|| tag("team"), || tag("owner"));
}

#[test]
fn senders() {
    let from = |address: &str| Sender {
        address: Some(address.parse::<IpAddr>().unwrap()),
        ..Sender::default()
    };
    let kms = when(&json!({ "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } }));
    differ(
        || may_send(&kms, from("10.1.2.3")),
        || may_send(&kms, from("192.0.2.1")),
    );
    let by = |user_agent| Sender {
        user_agent,
        ..Sender::default()
    };
    let kms = when(&json!({ "StringLike": { "aws:UserAgent": "aws-cli/*" } }));
    differ(
        || may_send(&kms, by(Some("aws-cli/2"))),
        || may_send(&kms, by(None)),
    );
    let via = |via_service| Sender {
        via_service,
        ..Sender::default()
    };
    for condition in [
        json!({ "StringEquals": { "kms:ViaService": "sqs.us-east-1.amazonaws.com" } }),
        json!({ "Bool": { "aws:ViaAWSService": "true" } }),
        json!({ "StringEquals": { "aws:CalledViaLast": "sqs.amazonaws.com" } }),
    ] {
        let kms = when(&condition);
        differ(
            || may_send(&kms, via(Some("sqs.us-east-1.amazonaws.com"))),
            || may_send(&kms, via(None)),
        );
    }
}

#[test]
fn times() {
    let start: Timestamp = "2027-01-15T08:00:00Z".parse().unwrap();
    for condition in [
        json!({ "DateLessThan": { "aws:CurrentTime": "2027-01-15T08:00:01Z" } }),
        json!({ "NumericLessThan": { "aws:EpochTime": "1800000001" } }),
    ] {
        let kms = when(&condition);
        differ(
            || {
                kms.clock().freeze_at(start);
                may_describe(&kms)
            },
            || {
                kms.clock().freeze_at(start.plus(Duration::from_secs(1)));
                may_describe(&kms)
            },
        );
    }
}

#[test]
fn tags_and_aliases_of_the_key() {
    let kms = when(&json!({ "StringEquals": { "aws:ResourceTag/team": "shop" } }));
    let tagged = |value: &str| {
        let body = json!({ "KeyId": KEY, "Tags": [{ "TagKey": "team", "TagValue": value }] });
        call(&kms, "AKIAROOT", "TagResource", &body).unwrap();
        may_describe(&kms)
    };
    differ(|| tagged("shop"), || tagged("bank"));
    let kms = when(&json!({ "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/shop" } }));
    let alias = |name: &str| {
        let body = json!({ "AliasName": "alias/shop", "TargetKeyId": KEY });
        // It may exist already, or no more.
        let _ = call(&kms, "AKIAROOT", name, &body);
        may_describe(&kms)
    };
    differ(|| alias("CreateAlias"), || alias("DeleteAlias"));
}

#[test]
fn tags_and_organization_of_the_caller() {
    for (key, allowed, denied) in [
        (
            "aws:PrincipalTag/team",
            json!({ "tags": { "team": "shop" } }),
            json!({ "tags": { "team": "bank" } }),
        ),
        (
            "aws:PrincipalOrgID",
            json!({ "organization": "shop" }),
            json!({ "organization": "bank" }),
        ),
    ] {
        let kms = seeded();
        let condition = json!({ "StringEquals": { key: if key.ends_with("ID") { "o-shop123456" } else { "shop" } } });
        let document = json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "kms:*", "Resource": "*", "Condition": condition },
        ] });
        let state = |member: &Value| {
            let mut user = json!({
                "arn": "arn:aws:iam::111122223333:user/all",
                "access_keys": [{ "id": "AKIAUSER", "secret": "s" }],
                "policies": [{ "name": "p", "document": document }],
            });
            if let Some(tags) = member.get("tags") {
                user["tags"] = tags.clone();
            }
            let mut seed = json!({ "identities": [user] });
            if let Some(name) = member.get("organization") {
                let id = format!("o-{}123456", name.as_str().unwrap());
                seed["accounts"] = json!([{ "id": ACCOUNT, "organization": id }]);
            }
            seed_more(&kms, &seed);
            may_describe(&kms)
        };
        differ(|| state(&allowed), || state(&denied));
    }
}

#[test]
fn variables_in_resources_and_values() {
    let resource = "arn:aws:kms:us-east-1:111122223333:key/${kms:EncryptionContext:key}";
    let kms = with(&json!({ "Resource": resource }));
    let encrypt = |key: &str| {
        let body =
            json!({ "KeyId": KEY, "Plaintext": "AAAA", "EncryptionContext": { "key": key } });
        may(&kms, "Encrypt", &body)
    };
    differ(|| encrypt(KEY), || encrypt(REPLICA));
    let condition =
        json!({ "StringEquals": { "kms:EncryptionContext:a": "${kms:EncryptionContext:b}" } });
    let kms = when(&condition);
    let encrypt = |b: &str| {
        let body =
            json!({ "KeyId": KEY, "Plaintext": "AAAA", "EncryptionContext": { "a": "x", "b": b } });
        may(&kms, "Encrypt", &body)
    };
    differ(|| encrypt("x"), || encrypt("y"));
}

/// A condition of the key's policy counts as those of the caller.
#[test]
fn conditions_of_the_key_policy() {
    let kms = seeded();
    let mut statements = deny("kms:Encrypt");
    statements[1]["Condition"] = json!({ "StringNotEquals": { "kms:EncryptionContext:a": "x" } });
    put_policy(&kms, KEY, &statements);
    let encrypt = |a: &str| {
        let body = json!({ "KeyId": KEY, "Plaintext": "AAAA", "EncryptionContext": { "a": a } });
        may(&kms, "Encrypt", &body)
    };
    differ(|| encrypt("x"), || encrypt("y"));
}

#[test]
fn a_grant_allows_what_conditions_do_not() {
    let kms = when(&json!({ "StringEquals": { "kms:EncryptionContext:a": "x" } }));
    let body = json!({ "KeyId": KEY, "Plaintext": "AAAA", "EncryptionContext": { "a": "y" } });
    let grant = json!({ "KeyId": KEY, "GranteePrincipal": "arn:aws:iam::111122223333:user/all", "Operations": ["Encrypt"] });
    for _ in 0..2 {
        assert!(!may(&kms, "Encrypt", &body));
        let created = call(&kms, "AKIAROOT", "CreateGrant", &grant).unwrap();
        assert!(may(&kms, "Encrypt", &body));
        let revoked = json!({ "KeyId": KEY, "GrantId": created["GrantId"] });
        call(&kms, "AKIAROOT", "RevokeGrant", &revoked).unwrap();
    }
}
