//! `--auth sigv4`: who may send requests.

mod lines;
mod signing;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use kms_emulator::clock::{Clock, Timestamp};
use kms_emulator::seed::Seed;
use kms_emulator::server::Limits;
use kms_emulator::{AuthMode, Kms, KmsBuilder};
use serde_json::json;

use crate::client::{Answer, call, http_2};
use crate::in_process::{Local, serve_kms};
use crate::process::{emulator, start};
use signing::{HttpRequest, Signature};

const SEED: &str = "
identities:
  - {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY, arn: 'arn:aws:iam::111122223333:user/alice'}
  - {access_key_id: AKIAI44QH8DHBEXAMPLE, arn: 'arn:aws:iam::111122223333:user/bob'}
";

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check \
                        your AWS Secret Access Key and signing method. Consult the service documentation for \
                        details.";

fn checked() -> KmsBuilder {
    let seed = Seed::parse("seed", SEED).unwrap();
    Kms::builder().auth(AuthMode::Sigv4).seed(seed)
}

fn serve() -> Local {
    serve_kms(checked(), Limits::default())
}

/// The exception and the message of a refusal.
fn error(answer: &Answer) -> (String, String) {
    let body = answer.json();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (text("__type"), text("message"))
}

fn invalid(message: &str) -> (String, String) {
    ("InvalidSignatureException".to_owned(), message.to_owned())
}

fn list_keys() -> HttpRequest {
    HttpRequest::kms("ListKeys", "{}")
}

fn in_query() -> Signature {
    Signature {
        is_in_query: true,
        ..Signature::default()
    }
}

fn for_sts() -> Signature {
    Signature {
        service: "sts".to_owned(),
        ..Signature::default()
    }
}

const WHO: &str = "Action=GetCallerIdentity&Version=2011-06-15";

#[test]
fn signed_requests_are_answered() {
    let server = serve();
    let address = server.address;
    for signature in [Signature::default(), in_query()] {
        let answer = list_keys().signed(address, &signature).send(address);
        assert_eq!(answer.body, r#"{"Keys":[],"Truncated":false}"#);
    }
    let answer = HttpRequest::kms("CreateKey", r#"{"Description":"größer"}"#)
        .signed(address, &in_query())
        .send(address);
    let arn = answer.json()["KeyMetadata"]["Arn"].to_string();
    assert!(arn.contains(":us-east-1:111122223333:key/"), "{arn}");

    let get = HttpRequest {
        method: "GET".to_owned(),
        query: format!("?{WHO}"),
        headers: Vec::new(),
        body: String::new(),
    };
    let presigned = Signature {
        is_in_query: true,
        ..for_sts()
    };
    for answer in [
        HttpRequest::sts(WHO)
            .signed(address, &for_sts())
            .send(address),
        get.signed(address, &presigned).send(address),
    ] {
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(
            answer
                .body
                .contains("<Arn>arn:aws:iam::111122223333:user/alice</Arn>")
        );
    }
}

#[test]
fn changed_requests_are_refused() {
    let server = serve();
    let address = server.address;
    for signature in [Signature::default(), in_query()] {
        let signed = list_keys().signed(address, &signature);
        let other_body = HttpRequest {
            body: r#"{"Limit":1}"#.to_owned(),
            ..signed.clone()
        };
        let other_query = HttpRequest {
            query: match signed.query.as_str() {
                "" => "?a=b".to_owned(),
                query => format!("{query}&a=b"),
            },
            ..signed.clone()
        };
        let more = signed.clone();
        for changed in [
            other_body,
            other_query,
            more.with("x-amz-target", "TrentService.ListAliases"),
            signed.with("content-type", "application/json"),
        ] {
            assert_eq!(error(&changed.send(address)), invalid(MISMATCH));
        }
    }
}

/// A wrong signature must not tell which keys exist.
#[test]
fn signatures_come_before_keys() {
    let server = serve();
    let address = server.address;
    let created = HttpRequest::kms("CreateKey", "{}").signed(address, &Signature::default());
    let key = created.send(address).json()["KeyMetadata"]["Arn"].clone();
    let wrong = Signature {
        secret: "wrong".to_owned(),
        ..Signature::default()
    };
    let missing = json!({ "KeyId": "alias/missing" });
    let invalid_input = json!({ "KeyId": "" });
    for input in [json!({ "KeyId": key }), missing, invalid_input] {
        let request = HttpRequest::kms("DescribeKey", &input.to_string());
        let answer = request.clone().signed(address, &wrong).send(address);
        assert_eq!(error(&answer), invalid(MISMATCH), "{input}");
        let (name, _) = error(&request.send(address));
        assert_eq!(name, "MissingAuthenticationTokenException", "{input}");
    }
    // CloudTrail has no events of them.
    assert_eq!(server.kms.events().of("CreateKey").count(), 1);
    assert_eq!(server.kms.events().of("DescribeKey").count(), 0);
}

/// The credentials of a session of a role.
fn session(address: SocketAddr) -> Signature {
    let body = "Action=AssumeRole&Version=2011-06-15&RoleSessionName=test&RoleArn=\
                arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fapp";
    let request = HttpRequest::sts(body).with("accept", "application/json");
    let answer = request.signed(address, &for_sts()).send(address);
    let body = answer.json();
    let credentials = &body["AssumeRoleResponse"]["AssumeRoleResult"]["Credentials"];
    let text = |name: &str| credentials[name].as_str().unwrap().to_owned();
    Signature {
        access_key: text("AccessKeyId"),
        secret: text("SecretAccessKey"),
        token: Some(text("SessionToken")),
        ..Signature::default()
    }
}

#[test]
fn sessions_need_their_token_and_expire() {
    let clock = Arc::new(Clock::system());
    let server = serve_kms(checked().clock(Arc::clone(&clock)), Limits::default());
    let address = server.address;
    let session = session(address);
    let token = |token: Option<&str>| Signature {
        token: token.map(str::to_owned),
        ..session.clone()
    };
    let answer = |signature: &Signature| list_keys().signed(address, signature).send(address);
    assert_eq!(answer(&session).status, 200);
    let in_query = Signature {
        is_in_query: true,
        ..session.clone()
    };
    assert_eq!(answer(&in_query).status, 200);
    let refused = (
        "UnrecognizedClientException".to_owned(),
        "The security token included in the request is invalid".to_owned(),
    );
    assert_eq!(error(&answer(&token(None))), refused);
    assert_eq!(error(&answer(&token(Some("another")))), refused);
    // The signature is checked before the token and before the expiry.
    let wrong = Signature {
        secret: "wrong".to_owned(),
        ..token(Some("another"))
    };
    assert_eq!(error(&answer(&wrong)), invalid(MISMATCH));
    // A user has no session.
    let user = Signature {
        token: session.token.clone(),
        ..Signature::default()
    };
    assert_eq!(error(&answer(&user)), refused);

    clock.advance(Duration::from_secs(2 * 3600));
    let expired = (
        "ExpiredTokenException".to_owned(),
        "The security token included in the request is expired".to_owned(),
    );
    assert_eq!(error(&answer(&session)), expired);
    let wrong = Signature {
        secret: "wrong".to_owned(),
        ..session
    };
    assert_eq!(error(&answer(&wrong)), invalid(MISMATCH));
}

/// Clients sign with the system's time, so the clock of the emulator does not matter.
#[test]
fn a_moved_or_frozen_clock_stays_usable() {
    let clock = Arc::new(Clock::frozen_at(Timestamp::from_millis(1_000_000_000_000)));
    let server = serve_kms(checked().clock(Arc::clone(&clock)), Limits::default());
    let address = server.address;
    let list = || {
        list_keys()
            .signed(address, &Signature::default())
            .send(address)
    };
    assert_eq!(list().status, 200);
    clock.unfreeze();
    clock.advance(Duration::from_secs(100 * 24 * 3600));
    assert_eq!(list().status, 200);
}

#[test]
fn http_2_requests_are_signed_for_their_authority() {
    let server = serve();
    let address = server.address;
    let signed = list_keys().signed(address, &Signature::default());
    let mut request = hyper::Request::post(format!("http://{address}/"));
    for (name, value) in &signed.headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::<Bytes>::from(signed.body)).unwrap();
    server.runtime.block_on(async {
        let (mut sender, _connection) = http_2(address).await;
        let answer = sender.send_request(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, r#"{"Keys":[],"Truncated":false}"#);
    });
}

#[test]
fn a_web_identity_needs_no_signature() {
    let server = serve();
    // {"alg":"none"} and {"iss":"i","sub":"s","aud":"a"}
    let body = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=test&RoleArn=\
                arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fapp&WebIdentityToken=\
                eyJhbGciOiJub25lIn0.eyJpc3MiOiJpIiwic3ViIjoicyIsImF1ZCI6ImEifQ.x";
    let answer = HttpRequest::sts(body).send(server.address);
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[test]
fn by_default_nothing_is_checked() {
    let server = serve_kms(Kms::builder(), Limits::default());
    let address = server.address;
    let wrong = Signature {
        access_key: "AKIAUNKNOWNEXAMPLE00".to_owned(),
        time: signing::now() - Duration::from_secs(3600),
        ..Signature::default()
    };
    assert_eq!(
        list_keys().signed(address, &wrong).send(address).status,
        200
    );
    assert_eq!(list_keys().send(address).status, 200);
}

#[test]
fn the_log_says_who_cannot_sign() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed.yaml");
    std::fs::write(&seed, "identities: [{access_key_id: AKIAI44QH8DHBEXAMPLE, arn: 'arn:aws:iam::111122223333:user/bob'}]").unwrap();
    let mut command = emulator();
    command.args(["--port=0", "--temporary", "--auth=policy", "--seed"]);
    command.arg(seed);
    let running = start(command);
    let answer = call(running.address, "ListKeys", &json!({}));
    assert_eq!(error(&answer).0, "MissingAuthenticationTokenException");
    let (_, log) = running.stop();
    assert!(
        log.contains("an access key without a secret cannot sign requests"),
        "{log}"
    );
    assert!(log.contains("AKIAI44QH8DHBEXAMPLE"), "{log}");
    assert!(
        log.contains("no seeded identity can sign requests"),
        "{log}"
    );
}
