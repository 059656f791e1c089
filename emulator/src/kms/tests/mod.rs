//! Requests that fail, damaged records, and invalid values of the builder.

mod deterministic;
mod pending;
mod snapshots;

use std::time::Duration;

use super::*;
use crate::clock::Timestamp;
use crate::operation::Cost;

fn create_key(kms: &Kms) -> String {
    let body = r#"{"KeySpec":"ECC_NIST_P256","KeyUsage":"SIGN_VERIFY"}"#;
    kms.send_text("CreateKey", body).trace.key.unwrap()
}

/// Changes a byte of a record, as a failing disk would.
fn damage(kms: &Kms, name: &str) -> Vec<u8> {
    let mut bytes = kms.services.store.get(name).unwrap().to_vec();
    bytes[20] ^= 1;
    let mut changes = kms.services.store.begin().unwrap();
    changes.put(name, bytes.clone());
    changes.commit().unwrap().wait().unwrap();
    bytes
}

#[test]
fn keeps_damaged_record_and_answers_internal_error() {
    let kms = Kms::builder().build_temporary().unwrap();
    let (whole, broken) = (create_key(&kms), create_key(&kms));
    let name = format!("key/000000000000/us-east-1/{broken}");
    let bytes = damage(&kms, &name);
    let key = |id: &str| format!(r#"{{"KeyId":"{id}"}}"#);
    for (operation, body) in [
        ("DescribeKey", key(&broken)),
        ("DisableKey", key(&broken)),
        ("ScheduleKeyDeletion", key(&broken)),
        ("ListKeys", "{}".to_owned()),
    ] {
        let reply = kms.send_text(operation, &body);
        assert_eq!(reply.status, 500, "{operation}");
        assert_eq!(
            reply.trace.error.as_deref(),
            Some("KMSInternalException"),
            "{operation}"
        );
    }
    assert_eq!(kms.services.store.get(&name).unwrap().as_ref(), bytes);
    assert_eq!(kms.send_text("DescribeKey", &key(&whole)).status, 200);
}

#[test]
fn internal_error_hides_its_cause() {
    let kms = Kms::builder().build_temporary().unwrap();
    let id = create_key(&kms);
    damage(&kms, &format!("material/000000000000/us-east-1/{id}/0"));
    let sign = format!(r#"{{"KeyId":"{id}","Message":"bQ==","SigningAlgorithm":"ECDSA_SHA_256"}}"#);
    let reply = kms.send_text("Sign", &sign);
    assert_eq!(reply.status, 500);
    let expected = format!(
        r#"{{"__type":"KMSInternalException","message":"{}"}}"#,
        crate::error::message::internal()
    );
    assert_eq!(String::from_utf8(reply.body).unwrap(), expected);
}

#[test]
fn submit_returns_early_errors() {
    let kms = Kms::builder().build_temporary().unwrap();
    let prepared = kms.prepare(&Request::new("TrentService.CreateKey", b"["));
    assert_eq!(prepared.cost(), Cost::Inline);
    assert!(kms.events().is_empty());
    let reply = prepared.submit(&kms).wait();
    assert_eq!(reply.status, 400);
    assert_eq!(reply.trace.error.as_deref(), Some("SerializationException"));
    assert_eq!(
        kms.events().last().unwrap().error_code(),
        Some("SerializationException")
    );
}

/// The request does not name its fault to the client, so the log must.
#[test]
fn reason_of_a_request_that_is_not_read() {
    let kms = Kms::builder().build_temporary().unwrap();
    let reason = |request: &Request<'_>| kms.handle(request).trace.reason.unwrap();
    let unknown =
        "X-Amz-Target: expected TrentService. and the name of an operation of KMS, found ";
    for (target, found) in [
        (Some("TrentService.Fly"), "`TrentService.Fly`"),
        (Some("Sign"), "`Sign`"),
        (None, "none"),
    ] {
        let request = Request {
            target,
            ..Request::new("", b"{}")
        };
        assert_eq!(reason(&request), format!("{unknown}{found}"));
    }
    let get = Request {
        method: "GET",
        path: "/a\nb",
        target: None,
        ..Request::default()
    };
    assert_eq!(reason(&get), "request: expected POST /, found GET /a?b");
    for (body, found) in [
        ("", "nothing"),
        (r#"{"KeyId":"a""#, "the end of the text at line 1 column 12"),
        ("{} {}", "no JSON: trailing characters at line 1 column 4"),
        (r#""secret""#, "a string"),
        ("[]", "a list"),
    ] {
        let request = Request::new("TrentService.Sign", body.as_bytes());
        let expected = format!("body: expected a JSON object, found {found}");
        assert_eq!(reason(&request), expected);
    }
}

#[test]
fn request_has_time_of_preparation() {
    let clock = Clock::frozen_at(Timestamp::from_millis(1_790_000_000_000));
    let kms = Kms::builder().clock(clock).build_temporary().unwrap();
    let prepared = kms.prepare(&Request::new("TrentService.CreateKey", b"{}"));
    kms.clock().advance(Duration::from_secs(60));
    let reply = prepared.submit(&kms).wait();
    let answer: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(answer["KeyMetadata"]["CreationDate"], 1_790_000_000.0);
}

#[test]
fn builder_rejects_invalid_values() {
    let error = |builder: KmsBuilder| builder.build_temporary().unwrap_err();
    let builder = Kms::builder;
    assert!(matches!(
        error(builder().account("12")),
        BuildError::Account { account } if account == "12"
    ));
    assert!(matches!(
        error(builder().region("Europe")),
        BuildError::Region { region } if region == "Europe"
    ));
    for url in ["127.0.0.1:8443", "ftp://a", "http://", "http://a/path"] {
        let builder = builder().xks_connect_to("proxy.example", url);
        assert!(
            matches!(error(builder), BuildError::XksConnectTo { .. }),
            "{url}"
        );
    }
    assert!(matches!(
        error(builder().xks_ca("no PEM")),
        BuildError::XksCa
    ));
}

#[test]
fn keeps_aws_managed_key_only_if_the_request_succeeds() {
    let kms = Kms::builder().build_temporary().unwrap();
    let encrypt = |dry_run: bool| {
        let body = format!(r#"{{"KeyId":"alias/aws/s3","Plaintext":"bQ==","DryRun":{dry_run}}}"#);
        kms.send_text("Encrypt", &body).status
    };
    assert_eq!((encrypt(true), kms.key_count()), (400, 0));
    assert_eq!(
        kms.send_text("GetPublicKey", r#"{"KeyId":"alias/aws/s3"}"#)
            .status,
        400
    );
    assert_eq!(kms.key_count(), 0);
    assert_eq!((encrypt(false), kms.key_count()), (200, 1));
    assert_eq!((encrypt(false), kms.key_count()), (200, 1));
}
