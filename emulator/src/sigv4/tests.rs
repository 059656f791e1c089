use serde::Deserialize;
use serde_json::Value;

use super::*;
use crate::api::{AccountId, Location};
use crate::auth::Session;
use crate::clock::system_time;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// A signed request of AWS's signing test suite (`awslabs/aws-c-auth`, Apache-2.0): all of them with
/// the path `/`, the only path of KMS and STS, without folded headers, which HTTP forbids, and without
/// tokens that are added to a query after it was signed, as only one service wants it.
#[derive(Deserialize)]
struct Vector {
    name: String,
    request: String,
}

impl Vector {
    fn all() -> impl Iterator<Item = Self> {
        let lines = include_str!("suite.jsonl").lines();
        lines.map(|line| serde_json::from_str(line).unwrap())
    }

    /// Whether the signature is right after a change of the request.
    fn is_signed(&self, secret: &str, change: impl FnOnce(&mut Request<'_>)) -> bool {
        let (head, body) = self.request.split_once("\n\n").unwrap();
        let mut lines = head.lines();
        let line = lines.next().unwrap().strip_suffix(" HTTP/1.1").unwrap();
        let (method, path) = line.split_once(' ').unwrap();
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path, None),
        };
        let headers: Vec<_> = lines.map(|line| line.split_once(':').unwrap()).collect();
        let mut request = Request {
            method,
            path,
            query,
            headers: &headers,
            body: body.as_bytes(),
            ..Request::default()
        };
        request.authorization = request.header("authorization");
        change(&mut request);
        let presented = Presented::read(&request, SignedService::Kms).unwrap();
        let algorithm = Algorithm::parse(&presented.algorithm).unwrap();
        let scope = Scope::parse(&presented.credential, algorithm).unwrap();
        let keys = SigningKeys::default();
        check_signature(&request, &presented, algorithm, &scope, secret, &keys).is_ok()
    }
}

#[test]
fn accepts_the_published_vectors() {
    let mut hmac = 0;
    let mut ecdsa = 0;
    for vector in Vector::all() {
        assert!(vector.is_signed(SECRET, |_| {}), "{}", vector.name);
        match vector.name.split('/').next() {
            Some("v4") => hmac += 1,
            _ => ecdsa += 1,
        }
    }
    assert_eq!((hmac, ecdsa), (41, 41));
}

#[test]
fn refuses_the_published_vectors_after_any_change() {
    for vector in Vector::all() {
        let name = &vector.name;
        assert!(!vector.is_signed("another secret", |_| {}), "{name}");
        assert!(
            !vector.is_signed(SECRET, |request| request.method = "PUT"),
            "{name}"
        );
        assert!(
            !vector.is_signed(SECRET, |request| request.path = "/x"),
            "{name}"
        );
        assert!(
            !vector.is_signed(SECRET, |request| request.body = b"x"),
            "{name}"
        );
        let is_signed = vector.is_signed(SECRET, |request| request.headers = &OTHER_HOST);
        assert!(!is_signed, "{name}");
        if name.ends_with("/header") {
            let is_signed = vector.is_signed(SECRET, |request| request.query = Some("a=c"));
            assert!(!is_signed, "{name}");
        }
    }
}

const OTHER_HOST: [(&str, &str); 2] = [("host", "example.org"), ("x-amz-date", "20150830T123600Z")];

const NOW: &str = "2026-11-28T10:00:00Z";

fn caller(session: Option<Session>) -> Caller {
    let identity = Identity {
        account: AccountId::parse("111122223333").unwrap(),
        arn: None,
        secret: Some(SECRET.to_owned()),
        user_id: None,
        session,
    };
    let credential =
        Some("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261128/us-east-1/kms/aws4_request");
    Caller::new(credential, &Location::default(), |_| {
        Ok(Some(identity.into()))
    })
    .unwrap()
}

/// The answer to a request that was signed at a time and arrives now.
fn answer_at(signed: &str, now: &str) -> Option<String> {
    let key = Signer {
        access_key_id: "AKIDEXAMPLE",
        secret: SECRET,
        region: "us-east-1",
        service: "kms",
    };
    let signed = key.sign("localhost", "/", b"{}", signed.parse().unwrap());
    let headers = [("host", "localhost"), ("x-amz-date", &signed.date)];
    let request = Request {
        authorization: Some(&signed.authorization),
        headers: &headers,
        ..Request::new("TrentService.ListKeys", b"{}")
    };
    let verified = verify(
        &request,
        SignedService::Kms,
        &caller(None),
        &SigningKeys::default(),
        now.parse().unwrap(),
    );
    verified.err()?.of(SignedService::Kms).message()
}

#[test]
fn signatures_are_valid_for_five_minutes_each_way() {
    for now in ["2026-11-28T10:05:00.999Z", "2026-11-28T09:55:00Z"] {
        assert_eq!(answer_at(NOW, now), None, "{now}");
    }
    assert_eq!(
        answer_at(NOW, "2026-11-28T10:05:01Z").unwrap(),
        "Signature expired: 20261128T100000Z is now earlier than 20261128T100001Z \
         (20261128T100501Z - 5 min.)"
    );
    assert_eq!(
        answer_at(NOW, "2026-11-28T09:54:59Z").unwrap(),
        "Signature not yet current: 20261128T100000Z is still later than 20261128T095959Z \
         (20261128T095459Z + 5 min.)"
    );
}

/// A request whose signature is that of the access key, for `change` to edit.
fn ecdsa(region_set: &str, signed_headers: &str) -> Result<(), SignatureError> {
    let now = system_time();
    let date = now.basic_text();
    let day = &date[..8];
    let headers = [
        ("host", "localhost"),
        ("x-amz-date", &date),
        ("x-amz-region-set", region_set),
    ];
    let mut request = Request {
        headers: &headers,
        ..Request::new("TrentService.ListKeys", b"{}")
    };
    let canonical = canonical::request(&request, signed_headers);
    let scope = format!("{day}/kms/aws4_request");
    let to_sign = key::string_to_sign(Algorithm::Ecdsa, &date, &scope, &canonical);
    let signature = sigv4a::sign("AKIDEXAMPLE", SECRET, &to_sign);
    let header = format!(
        "AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE/{scope}, SignedHeaders={signed_headers}, \
         Signature={signature}"
    );
    request.authorization = Some(&header);
    verify(
        &request,
        SignedService::Kms,
        &caller(None),
        &SigningKeys::default(),
        now,
    )
}

#[test]
fn sigv4a_is_valid_in_the_regions_of_its_set() {
    let all = "host;x-amz-date;x-amz-region-set";
    for set in [
        "us-east-1",
        "*",
        "us-*",
        "eu-west-1,us-east-1",
        "eu-west-1, us-*-1",
    ] {
        assert_eq!(ecdsa(set, all), Ok(()), "{set}");
    }
    for set in ["", "eu-*", "us-east", "us-east-1-x", "*-2"] {
        let refused = SignatureError::wrong_region_set("us-east-1", Some(set));
        assert_eq!(ecdsa(set, all), Err(refused), "{set}");
    }
    // Otherwise, the set could be changed on the way.
    let refused = SignatureError::wrong_region_set("us-east-1", None);
    assert_eq!(ecdsa("us-east-1", "host;x-amz-date"), Err(refused));
}

#[test]
fn a_header_that_is_named_often_is_signed_once() {
    let value = "v".repeat(1000);
    let headers = [("a", value.as_str())];
    let request = Request {
        headers: &headers,
        ..Request::new("TrentService.ListKeys", b"{}")
    };
    let names = vec!["a"; 10_000].join(";");
    let length = canonical::request(&request, &names).len();
    assert!(length < names.len() + 2 * value.len(), "{length}");
}

/// Signatures from a hostile client must neither panic nor pass.
#[test]
fn malformed_signatures_are_refused() {
    let texts = [
        "",
        " ",
        ",",
        "=",
        "/",
        ";",
        "é",
        "a=b=c",
        "AWS4-HMAC-SHA256",
        "AWS4-ECDSA-P256-SHA256",
        "Credential=",
        "Credential=a",
        "Credential=AKIDEXAMPLE/20261128/us-east-1/kms/aws4_request",
        "Credential=AKIDEXAMPLE/20261128/kms/aws4_request",
        "SignedHeaders=host",
        "SignedHeaders=;",
        "Signature=00",
        "Signature=é",
        "Signature=0",
    ];
    let now = NOW.parse().unwrap();
    for first in texts {
        for second in texts {
            for third in texts {
                for fourth in texts {
                    let header = format!("{first} {second}, {third},{fourth}");
                    let headers = [("host", "localhost"), ("x-amz-date", "20261128T100000Z")];
                    let request = Request {
                        authorization: Some(&header),
                        headers: &headers,
                        ..Request::new("TrentService.ListKeys", b"{}")
                    };
                    let verified = verify(
                        &request,
                        SignedService::Kms,
                        &caller(None),
                        &SigningKeys::default(),
                        now,
                    );
                    assert!(verified.is_err(), "{header}");
                }
            }
        }
    }
}

#[test]
fn dates_have_the_basic_format_only() {
    assert!(presented::time("20261128T100000Z").is_some());
    for date in [
        "",
        "201",
        "2026-11-28T10:00:00Z",
        "20261128T100000",
        "20261328T100000Z",
        "20261128T100000z",
        "20261128 100000Z",
        "Sat, 28 Nov 2026 10:00:00 GMT",
        "2026112éT10000Z",
    ] {
        assert_eq!(presented::time(date), None, "{date}");
    }
}

#[test]
fn a_session_needs_its_token() {
    let session = Session {
        token: "the token".to_owned(),
        ..serde_json::from_value(Value::Object(
            [
                ("token".to_owned(), "".into()),
                ("expires".to_owned(), 0.into()),
                ("user_id".to_owned(), "".into()),
            ]
            .into_iter()
            .collect(),
        ))
        .unwrap()
    };
    let with = caller(Some(session));
    let without = caller(None);
    let (with, without) = (with.identity().unwrap(), without.identity().unwrap());
    assert_eq!(check_token(Some("the token"), with), Ok(()));
    assert_eq!(check_token(None, without), Ok(()));
    for (token, identity) in [
        (None, with),
        (Some(""), with),
        (Some("the toke"), with),
        (Some("the token"), without),
    ] {
        assert_eq!(
            check_token(token, identity),
            Err(SignatureError::wrong_token(
                identity.session.is_some(),
                token.is_some()
            ))
        );
    }
}
