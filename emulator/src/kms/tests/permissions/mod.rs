//! Refusals of requests under `--auth policy`.

mod conditions;
mod every_operation;
mod freshness;
mod grants;
mod organization;
mod questions;

use serde_json::{Value, json};

use every_operation::members;

use super::*;
use crate::auth::AuthMode;
use crate::clock::system_time;
use crate::protocol::{Request, Sender};
use crate::seed::Seed;
use crate::sigv4::Signer;

const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
const REPLICA: &str = "mrk-1234abcd12ab34cd56ef1234567890ab";
const ACCOUNT: &str = "111122223333";
const ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// `AKIAROOT` is the root, `AKIANONE` has no policies, and `AKIAUSER` may do everything that a key policy
/// leaves to its account.
const SEED: &str = r#"
account: "111122223333"
region: us-east-1
keys:
  - id: 1234abcd-12ab-34cd-56ef-1234567890ab
    alias: alias/orders
    material: {seed: orders}
  - id: mrk-1234abcd12ab34cd56ef1234567890ab
    multi_region: {primary: us-east-1, replicas: [eu-west-1]}
    material: {seed: global}
identities:
  - {arn: "arn:aws:iam::111122223333:root", access_keys: [{id: AKIAROOT, secret: s}]}
  - {arn: "arn:aws:iam::111122223333:user/none", access_keys: [{id: AKIANONE, secret: s}]}
  - arn: arn:aws:iam::111122223333:user/all
    access_keys: [{id: AKIAUSER, secret: s}]
    policies: [{name: all, document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "kms:*", Resource: "*"}]}}]
  - arn: arn:aws:iam::444455556666:user/foreign
    access_keys: [{id: AKIAFOREIGN, secret: s}]
    policies: [{name: all, document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "kms:*", Resource: "*"}]}}]
"#;

fn seeded() -> Kms {
    built(Kms::builder())
}

fn built(builder: KmsBuilder) -> Kms {
    let seed = Seed::parse("seed.yaml", SEED).unwrap();
    let builder = builder.auth(AuthMode::Policy).account(ACCOUNT).seed(seed);
    builder.build_temporary().unwrap()
}

/// The answer, or the name and the message of the error.
fn call(kms: &Kms, access_key: &str, name: &str, body: &Value) -> Result<Value, (String, String)> {
    let reply = send(kms, access_key, "us-east-1", name, body);
    let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    match reply.trace.error {
        None => Ok(answer),
        Some(error) => Err((error, reply.trace.error_message.unwrap_or_default())),
    }
}

fn send(kms: &Kms, access_key: &str, region: &str, name: &str, body: &Value) -> Reply {
    let target = format!("TrentService.{name}");
    signed(kms, access_key, region, &target, &body.to_string(), None)
}

fn signed(
    kms: &Kms,
    access_key: &str,
    region: &str,
    target: &str,
    body: &str,
    via_service: Option<&str>,
) -> Reply {
    let credential = Signer {
        access_key_id: access_key,
        secret: "s",
        region,
        service: "kms",
    };
    let signed = credential.sign("localhost", "/", body.as_bytes(), system_time());
    kms.handle(&Request {
        authorization: Some(&signed.authorization),
        headers: &[("host", "localhost"), ("x-amz-date", &signed.date)],
        sender: Sender {
            via_service,
            ..Sender::default()
        },
        ..Request::new(target, body.as_bytes())
    })
}

/// The error of a request.
fn error(kms: &Kms, access_key: &str, name: &str, body: &Value) -> String {
    call(kms, access_key, name, body).map_or_else(|(error, _)| error, |_| "allowed".to_owned())
}

fn put_policy(kms: &Kms, key: &str, statements: &Value) {
    let policy = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let body = json!({ "KeyId": key, "Policy": policy, "BypassPolicyLockoutSafetyCheck": true });
    call(kms, "AKIAROOT", "PutKeyPolicy", &body).unwrap();
}

/// Leaves a key to its account, but denies something.
fn deny(action: &str) -> Value {
    json!([
        {"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}, "Action": "kms:*", "Resource": "*"},
        {"Sid": "no", "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"},
    ])
}

const ARN_OF_USER: &str = "arn:aws:iam::111122223333:user/none";

#[test]
fn a_refusal_names_what_refused_it() {
    let kms = seeded();
    put_policy(&kms, KEY, &deny("kms:DescribeKey"));
    let reply = send(
        &kms,
        "AKIAUSER",
        "us-east-1",
        "DescribeKey",
        &json!({"KeyId": "alias/orders"}),
    );
    assert_eq!(
        reply.trace.reason.as_deref(),
        Some(
            "permission kms:DescribeKey: expected an allow, found a deny by key policy, statement 2 (no)"
        )
    );
    assert_eq!(reply.trace.key.as_deref(), Some(KEY));
    let expected = format!(
        "User: arn:aws:iam::111122223333:user/all is not authorized to perform: kms:DescribeKey on resource: {ARN} \
         with an explicit deny in a resource-based policy"
    );
    assert_eq!(reply.trace.error_message, Some(expected));
    let event: Value = serde_json::from_str(kms.events().last().unwrap().json()).unwrap();
    let by = json!({"policy": "key policy", "statement": 1, "sid": "no"});
    assert_eq!(event["additionalEventData"], json!({ "refusedBy": by }));
    let reply = send(&kms, "AKIAUSER", "us-east-1", "ListKeys", &json!({}));
    assert_eq!((reply.status, reply.trace.reason), (200, None));
}

#[test]
fn permission_comes_before_the_state_of_the_key() {
    let kms = seeded();
    call(&kms, "AKIAROOT", "DisableKey", &json!({"KeyId": KEY})).unwrap();
    put_policy(&kms, KEY, &deny("kms:Encrypt"));
    assert_eq!(
        error(&kms, "AKIAUSER", "Encrypt", &members("Encrypt")),
        "AccessDeniedException"
    );
    put_policy(&kms, KEY, &deny("kms:Decrypt"));
    assert_eq!(
        error(&kms, "AKIAUSER", "Encrypt", &members("Encrypt")),
        "DisabledException"
    );
}

#[test]
fn dry_runs_ask_for_permission() {
    let kms = seeded();
    let body = json!({"KeyId": KEY, "Plaintext": "AAAA", "DryRun": true});
    assert_eq!(
        error(&kms, "AKIAUSER", "Encrypt", &body),
        "DryRunOperationException"
    );
    assert_eq!(
        error(&kms, "AKIANONE", "Encrypt", &body),
        "AccessDeniedException"
    );
}

#[test]
fn a_ciphertext_is_decrypted_by_the_policy_of_its_key() {
    let kms = seeded();
    let encrypted = call(&kms, "AKIAROOT", "Encrypt", &members("Encrypt")).unwrap();
    let body = json!({"CiphertextBlob": encrypted["CiphertextBlob"]});
    call(&kms, "AKIAUSER", "Decrypt", &body).unwrap();
    put_policy(&kms, KEY, &deny("kms:Decrypt"));
    assert_eq!(
        error(&kms, "AKIAUSER", "Decrypt", &body),
        "AccessDeniedException"
    );
    let other = call(&kms, "AKIAROOT", "CreateKey", &json!({})).unwrap();
    let other = other["KeyMetadata"]["KeyId"].clone();
    let body = json!({"CiphertextBlob": encrypted["CiphertextBlob"], "DestinationKeyId": other});
    // `ReEncrypt` needs `ReEncryptFrom` here and `ReEncryptTo` there.
    call(&kms, "AKIAUSER", "ReEncrypt", &body).unwrap();
    put_policy(&kms, KEY, &deny("kms:ReEncryptFrom"));
    assert_eq!(
        error(&kms, "AKIAUSER", "ReEncrypt", &body),
        "AccessDeniedException"
    );
    put_policy(&kms, KEY, &deny("kms:ReEncryptTo"));
    call(&kms, "AKIAUSER", "ReEncrypt", &body).unwrap();
    put_policy(&kms, other.as_str().unwrap(), &deny("kms:ReEncryptTo"));
    assert_eq!(
        error(&kms, "AKIAUSER", "ReEncrypt", &body),
        "AccessDeniedException"
    );
}

#[test]
fn re_encryption_knows_both_keys() {
    let kms = seeded();
    let mut policy = deny("kms:ReEncrypt*");
    policy[1]["Condition"] = json!({"Bool": {"kms:ReEncryptOnSameKey": "false"}});
    put_policy(&kms, KEY, &policy);
    let encrypted = call(&kms, "AKIAROOT", "Encrypt", &members("Encrypt")).unwrap();
    for (destination, expected) in [
        ("alias/orders", "allowed"),
        (REPLICA, "AccessDeniedException"),
    ] {
        let body =
            json!({"CiphertextBlob": encrypted["CiphertextBlob"], "DestinationKeyId": destination});
        assert_eq!(
            error(&kms, "AKIAUSER", "ReEncrypt", &body),
            expected,
            "{destination}"
        );
    }
}

#[test]
fn aliases_need_the_alias_and_its_keys() {
    let kms = seeded();
    let other = call(&kms, "AKIAROOT", "CreateKey", &json!({})).unwrap();
    let other = other["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned();
    put_policy(&kms, KEY, &deny("kms:UpdateAlias"));
    let body = json!({"AliasName": "alias/orders", "TargetKeyId": other});
    assert_eq!(
        error(&kms, "AKIAUSER", "UpdateAlias", &body),
        "AccessDeniedException"
    );
    put_policy(&kms, KEY, &deny("kms:DeleteAlias"));
    put_policy(&kms, &other, &deny("kms:UpdateAlias"));
    assert_eq!(
        error(&kms, "AKIAUSER", "UpdateAlias", &body),
        "AccessDeniedException"
    );
    assert_eq!(
        error(&kms, "AKIAUSER", "DeleteAlias", &members("DeleteAlias")),
        "AccessDeniedException"
    );
}

#[test]
fn an_update_of_the_primary_region_needs_both_keys() {
    let kms = seeded();
    let policy =
        json!({"Version": "2012-10-17", "Statement": deny("kms:UpdatePrimaryRegion")}).to_string();
    let body = json!({"KeyId": REPLICA, "Policy": policy, "BypassPolicyLockoutSafetyCheck": true});
    assert_eq!(
        send(&kms, "AKIAROOT", "eu-west-1", "PutKeyPolicy", &body).status,
        200
    );
    let body = members("UpdatePrimaryRegion");
    let (_, message) = call(&kms, "AKIAUSER", "UpdatePrimaryRegion", &body).unwrap_err();
    assert!(
        message.contains(&format!(
            "arn:aws:kms:eu-west-1:{ACCOUNT}:key/{REPLICA} with"
        )),
        "{message}"
    );
}

#[test]
fn the_alias_of_a_request_decides() {
    let kms = seeded();
    let mut policy = deny("kms:DescribeKey");
    policy[1]["Condition"] = json!({"StringNotEquals": {"kms:RequestAlias": "alias/orders"}});
    put_policy(&kms, KEY, &policy);
    for (reference, expected) in [("alias/orders", "allowed"), (KEY, "AccessDeniedException")] {
        assert_eq!(
            error(
                &kms,
                "AKIAUSER",
                "DescribeKey",
                &json!({"KeyId": reference})
            ),
            expected,
            "{reference}"
        );
    }
}

#[test]
fn a_grant_works_with_its_token_at_once() {
    let kms = built(Kms::builder().consistency_delay(Duration::from_secs(300)));
    let mut grant = members("CreateGrant");
    grant["Constraints"] = json!({"EncryptionContextSubset": {"tenant": "blue"}});
    let made = call(&kms, "AKIAROOT", "CreateGrant", &grant).unwrap();
    let encrypt = json!({"KeyId": KEY, "Plaintext": "AAAA", "EncryptionContext": {"tenant": "blue", "a": "b"}});
    let blob = call(&kms, "AKIAROOT", "Encrypt", &encrypt).unwrap()["CiphertextBlob"].clone();
    let mut body =
        json!({"CiphertextBlob": blob, "EncryptionContext": {"tenant": "blue", "a": "b"}});
    assert_eq!(
        error(&kms, "AKIANONE", "Decrypt", &body),
        "AccessDeniedException"
    );
    body["GrantTokens"] = json!([made["GrantToken"]]);
    call(&kms, "AKIANONE", "Decrypt", &body).unwrap();
    body["GrantTokens"] = json!(["AAAA"]);
    assert_eq!(
        error(&kms, "AKIANONE", "Decrypt", &body),
        "InvalidGrantTokenException"
    );
    // Any caller but the grantee gets nothing from the token.
    body["GrantTokens"] = json!([made["GrantToken"]]);
    assert_eq!(
        error(&kms, "AKIAFOREIGN", "Decrypt", &body),
        "AccessDeniedException"
    );
}

#[test]
fn keys_of_other_accounts_do_not_show_whether_they_exist() {
    let kms = seeded();
    let unknown = ARN.replace("1234abcd-12ab", "99999999-12ab");
    let message = |key: &str| {
        call(&kms, "AKIAFOREIGN", "DescribeKey", &json!({"KeyId": key}))
            .unwrap_err()
            .1
    };
    assert!(
        message(ARN).ends_with("or a resource-based policy explicitly denies access"),
        "{}",
        message(ARN)
    );
    assert_eq!(message(ARN), message(&unknown));
    put_policy(
        &kms,
        KEY,
        &json!([
            {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}, "Action": "kms:*", "Resource": "*"},
        ]),
    );
    call(&kms, "AKIAFOREIGN", "DescribeKey", &json!({"KeyId": ARN})).unwrap();
    // It does not work across accounts, whatever the policies say.
    assert_eq!(
        error(&kms, "AKIAFOREIGN", "DisableKey", &json!({"KeyId": ARN})),
        "AccessDeniedException"
    );
}

#[test]
fn an_author_must_not_lock_itself_out() {
    let kms = seeded();
    let put = |access_key: &str, condition: Value| {
        let mut statements = deny("kms:PutKeyPolicy");
        statements[1]["Condition"] = condition;
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        error(
            &kms,
            access_key,
            "PutKeyPolicy",
            &json!({"KeyId": KEY, "Policy": policy}),
        )
    };
    let is_user = json!({"StringEquals": {"aws:username": "all"}});
    assert_eq!(
        put("AKIAUSER", is_user.clone()),
        "MalformedPolicyDocumentException"
    );
    assert_eq!(put("AKIAROOT", is_user), "allowed");
    let missing = json!({"Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/no"},
                                       "Action": "kms:*", "Resource": "*"}});
    let body = json!({"KeyId": KEY, "Policy": missing.to_string(), "BypassPolicyLockoutSafetyCheck": true});
    let (_, message) = call(&kms, "AKIAROOT", "PutKeyPolicy", &body).unwrap_err();
    assert_eq!(
        message,
        "Policy contains a statement with one or more invalid principals."
    );
}

#[test]
fn a_service_calls_for_its_caller() {
    let kms = seeded();
    let mut policy = deny("kms:Encrypt");
    policy[1]["Condition"] =
        json!({"StringNotEquals": {"kms:ViaService": "sqs.us-east-1.amazonaws.com"}});
    put_policy(&kms, KEY, &policy);
    let body = members("Encrypt").to_string();
    for (via_service, expected) in [(None, 400), (Some("sqs.us-east-1.amazonaws.com"), 200)] {
        let target = "TrentService.Encrypt";
        let reply = signed(&kms, "AKIAUSER", "us-east-1", target, &body, via_service);
        assert_eq!(reply.status, expected, "{via_service:?}");
    }
}
