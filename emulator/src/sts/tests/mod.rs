//! Requests to STS. Messages are those of AWS: recorded, quoted or documented, as `error/sts.rs` says.

mod federation;
mod trust;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::Kms;
use crate::clock::{Clock, Timestamp};
use crate::protocol::{Reply, Request};
use crate::seed::Seed;

const NOW: i64 = 1_790_000_000;

/// A user with an access key, and a user who is known by its ARN alone.
const SEED: &str = "
identities:
  - {access_key_id: AKIAALICE00000000000, arn: 'arn:aws:iam::111122223333:user/shop/alice'}
";
const ALICE: &str = "AKIAALICE00000000000";

fn kms() -> Kms {
    let clock = Clock::frozen_at(Timestamp::from_millis(NOW * 1000));
    let seed = Seed::parse("seed.yaml", SEED).unwrap();
    let kms = Kms::builder().clock(Arc::new(clock)).seed(seed);
    kms.build_temporary().unwrap()
}

/// Sends a request of an access key, signed for STS.
fn send(kms: &Kms, access_key_id: &str, body: &str, accept: Option<&str>) -> Reply {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={access_key_id}/20260921/us-east-1/sts/aws4_request, \
         SignedHeaders=host, Signature=00"
    );
    kms.handle(&Request {
        method: "POST",
        path: "/",
        authorization: Some(&authorization),
        accept,
        body: body.as_bytes(),
        ..Request::default()
    })
}

/// The answer of an operation in JSON.
fn call(kms: &Kms, access_key_id: &str, operation: &str, parameters: &str) -> Value {
    let body = format!("Action={operation}&Version=2011-06-15{parameters}");
    let reply = send(kms, access_key_id, &body, Some("application/json"));
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(reply.status, 200, "{body}");
    let result = format!("/{operation}Response/{operation}Result");
    body.pointer(&result).unwrap().clone()
}

/// The status, code and message of a refused request.
fn refusal(kms: &Kms, access_key_id: &str, operation: &str, parameters: &str) -> String {
    let body = format!("Action={operation}&Version=2011-06-15{parameters}");
    let reply = send(kms, access_key_id, &body, Some("application/json"));
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    let error = &body["Error"];
    assert_eq!(error["Type"], "Sender", "{body}");
    let message = error["Message"].as_str().unwrap_or("-");
    let reason = reply.trace.reason.as_deref();
    assert!(message != "-" || reason.is_some(), "{body} needs a reason");
    format!(
        "{} {} {message}",
        reply.status,
        error["Code"].as_str().unwrap()
    )
}

fn assume(kms: &Kms, access_key_id: &str, more: &str) -> Value {
    let role = "&RoleArn=arn:aws:iam::444455556666:role/ops/deploy&RoleSessionName=ci";
    call(kms, access_key_id, "AssumeRole", &format!("{role}{more}"))
}

fn access_key(answer: &Value) -> String {
    answer["Credentials"]["AccessKeyId"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn every_caller_has_an_identity() {
    let kms = kms();
    let identity = |key: &str| call(&kms, key, "GetCallerIdentity", "");
    assert_eq!(
        identity("anything"),
        json!({
            "Arn": "arn:aws:iam::000000000000:root",
            "UserId": "000000000000",
            "Account": "000000000000",
        })
    );
    assert_eq!(identity("111122223333")["Account"], "111122223333");
    let alice = identity(ALICE);
    assert_eq!(alice["Arn"], "arn:aws:iam::111122223333:user/shop/alice");
    let id = alice["UserId"].as_str().unwrap();
    assert!(id.starts_with("AIDA") && id.len() == 21, "{id}");

    let session = identity(&access_key(&assume(&kms, ALICE, "")));
    assert_eq!(
        session["Arn"],
        "arn:aws:sts::444455556666:assumed-role/deploy/ci"
    );
    assert_eq!(session["Account"], "444455556666");
    let id = session["UserId"].as_str().unwrap();
    assert!(id.starts_with("AROA") && id.ends_with(":ci"), "{id}");
}

#[test]
fn answers_are_xml_by_default() {
    let kms = kms();
    let reply = send(
        &kms,
        "anything",
        "Action=GetCallerIdentity&Version=2011-06-15",
        None,
    );
    let expected = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <GetCallerIdentityResult><Arn>arn:aws:iam::000000000000:root</Arn>\
         <UserId>000000000000</UserId><Account>000000000000</Account></GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata>\
         </GetCallerIdentityResponse>\n",
        reply.request_id
    );
    assert_eq!(String::from_utf8(reply.body.clone()).unwrap(), expected);
    assert!(
        reply
            .headers()
            .contains(&("Content-Type", "text/xml".to_owned()))
    );

    let reply = send(&kms, "anything", "Action=GetCallerIdentity%3Cx%3E", None);
    assert_eq!(reply.status, 400);
    let body = String::from_utf8(reply.body).unwrap();
    assert!(
        body.contains("<Code>InvalidAction</Code></Error>"),
        "{body}"
    );
    let reply = send(
        &kms,
        "anything",
        "Action=AssumeRole&RoleArn=arn:a:a::aaaa%26aaaaaa:&RoleSessionName=ab",
        None,
    );
    let body = String::from_utf8(reply.body).unwrap();
    assert!(
        body.contains("<Message>arn:a:a::aaaa&amp;aaaaaa: is invalid</Message>"),
        "{body}"
    );
}

#[test]
fn requests_can_be_signed_in_the_query() {
    let query = format!(
        "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential={ALICE}%2F20260921%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Signature=0"
    );
    let reply = kms().handle(&Request {
        method: "GET",
        path: "/",
        query: Some(&query),
        ..Request::default()
    });
    let body = String::from_utf8(reply.body).unwrap();
    assert!(body.contains("user/shop/alice</Arn>"), "{body}");
}

#[test]
fn sessions_use_kms_until_they_expire() {
    let kms = kms();
    let answer = assume(&kms, ALICE, "&DurationSeconds=900");
    assert_eq!(answer["Credentials"]["Expiration"], NOW + 900);
    assert_eq!(
        answer["AssumedRoleUser"]["Arn"],
        "arn:aws:sts::444455556666:assumed-role/deploy/ci"
    );
    assert!(answer.get("PackedPolicySize").is_none());
    let key = access_key(&answer);
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={key}/20260921/us-east-1/kms/aws4_request, Signature=00"
    );
    let create = Request {
        authorization: Some(&authorization),
        ..Request::new("TrentService.CreateKey", b"{}")
    };
    let reply = kms.handle(&create);
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(body["KeyMetadata"]["AWSAccountId"], "444455556666");
    let event: Value = serde_json::from_str(kms.events().last().unwrap().json()).unwrap();
    assert_eq!(event["userIdentity"]["type"], "AssumedRole");

    kms.clock().advance(Duration::from_secs(900));
    let reply = kms.handle(&create);
    assert_eq!(reply.status, 400);
    assert_eq!(
        String::from_utf8(reply.body).unwrap(),
        r#"{"__type":"ExpiredTokenException","message":"The security token included in the request is expired"}"#
    );
    assert_eq!(
        refusal(&kms, &key, "GetCallerIdentity", ""),
        "403 ExpiredToken The security token included in the request is expired"
    );
}

#[test]
fn old_sessions_are_deleted() {
    let kms = kms();
    let count = || {
        let mut sessions = 0;
        kms.services.store.scan("identity/ASIA", None, |_, _| {
            sessions += 1;
            true
        });
        sessions
    };
    for _ in 0..100 {
        assume(&kms, ALICE, "");
    }
    assert_eq!(count(), 100);
    kms.clock().advance(Duration::from_secs(2 * 86_400));
    for _ in 0..100 {
        assume(&kms, ALICE, "&DurationSeconds=43200");
    }
    assert!(count() < 150, "{}", count());
}

#[test]
fn roles_are_checked_as_recorded() {
    let kms = kms();
    let assume = |role: &str, more: &str| {
        let parameters = format!("&RoleArn={role}&RoleSessionName=ci{more}");
        refusal(&kms, ALICE, "AssumeRole", &parameters)
    };
    for arn in [
        "nothing-valid-in-here",
        "arn::b:::something/test-role",
        "arn:a::::something/test-role",
        "arn:a:::something/test-role",
        "arn:a:a::aaaaaaaaaa:",
    ] {
        assert_eq!(
            assume(arn, ""),
            format!("400 ValidationError {arn} is invalid")
        );
    }
    assert_eq!(
        assume("arn:aws:iam::111122223333:user/bob", ""),
        "403 AccessDenied User: arn:aws:iam::111122223333:user/shop/alice is not authorized to \
         perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:user/bob"
    );
    let role = "arn:aws:iam::111122223333:role/r";
    assert_eq!(
        assume(role, ":2"),
        "400 ValidationError 1 validation error detected: Value 'ci:2' at 'roleSessionName' failed \
         to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"
    );
    assert_eq!(
        assume(role, "&DurationSeconds=345600"),
        "400 ValidationError 1 validation error detected: Value '345600' at 'durationSeconds' failed \
         to satisfy constraint: Member must have value less than or equal to 43200"
    );
    assert_eq!(
        assume(role, "&Policy=%7B"),
        "400 MalformedPolicyDocument The policy is not in the valid JSON format."
    );
}

#[test]
fn session_tags_and_role_chaining_follow_the_rules() {
    let kms = kms();
    let role = "&RoleArn=arn:aws:iam::111122223333:role/r&RoleSessionName=ci";
    let team = "&Tags.member.1.Key=team&Tags.member.1.Value=blue";
    let refused =
        |key: &str, more: &str| refusal(&kms, key, "AssumeRole", &format!("{role}{more}"));
    assert_eq!(
        refused(ALICE, &format!("{team}&TransitiveTagKeys.member.1=cost")),
        "400 InvalidParameterValue The specified transitive tag key must be included in the \
         requested tags."
    );
    assert_eq!(
        refused(
            ALICE,
            &format!("{team}&Tags.member.2.Key=Team&Tags.member.2.Value=red")
        ),
        "400 InvalidParameterValue Duplicate tag keys found. Please note that Tag keys are case \
         insensitive."
    );
    let more = format!("{team}&TransitiveTagKeys.member.1=team&SourceIdentity=alice");
    let first = assume(&kms, ALICE, &more);
    assert_eq!(first["PackedPolicySize"], 1);
    assert_eq!(first["SourceIdentity"], "alice");
    let session = access_key(&first);
    assert_eq!(
        refused(&session, "&Tags.member.1.Key=TEAM&Tags.member.1.Value=red"),
        "400 InvalidParameterValue One of the specified transitive tag keys can't be set because it \
         conflicts with a transitive tag key from the calling session."
    );
    assert_eq!(
        refused(&session, "&DurationSeconds=3601"),
        "400 ValidationError The requested DurationSeconds exceeds the 1 hour session limit for \
         roles assumed by role chaining."
    );
    assert_eq!(assume(&kms, &session, "")["SourceIdentity"], "alice");
}

#[test]
fn durations_are_whole_numbers() {
    let kms = kms();
    for duration in ["900", "0900", "%2B900"] {
        let answer = call(
            &kms,
            ALICE,
            "GetSessionToken",
            &format!("&DurationSeconds={duration}"),
        );
        assert_eq!(answer["Credentials"]["Expiration"], NOW + 900, "{duration}");
    }
    for duration in ["+900+", "%09900%0A", "900.0", "9e2", "2147483648"] {
        let parameters = format!("&DurationSeconds={duration}");
        let refused = refusal(&kms, ALICE, "GetSessionToken", &parameters);
        assert_eq!(refused, "400 MalformedInput -", "{duration}");
    }
    let refused = refusal(&kms, ALICE, "GetSessionToken", "&DurationSeconds=0");
    assert!(refused.starts_with("400 ValidationError"), "{refused}");
}

#[test]
fn unsupported_operations_say_so() {
    let kms = kms();
    assert_eq!(
        refusal(&kms, ALICE, "GetWebIdentityToken", ""),
        "501 NotImplementedException Simulated KMS does not support the operation \
         GetWebIdentityToken of STS."
    );
    assert_eq!(
        refusal(
            &kms,
            ALICE,
            "DecodeAuthorizationMessage",
            "&EncodedMessage=abc"
        ),
        "400 InvalidAuthorizationMessageException -"
    );
}
