//! The bytes of requests, with headers of an SDK's size.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, UNIX_EPOCH};

use aws_sdk_kms::config::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use kms_emulator::clock::Clock;

/// The access key in [`SEED`].
const ACCESS_KEY: (&str, &str) = (
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
);

/// A key for signatures, and a user who may use it.
pub(crate) const SEED: &str = r#"
account: "111122223333"
identities:
  - arn: arn:aws:iam::111122223333:user/bob
    access_keys: [{id: AKIAIOSFODNN7EXAMPLE, secret: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY}]
    policies:
      - name: use-keys
        document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "kms:*", Resource: "*"}]}
keys:
  - {id: 1234abcd-12ab-34cd-56ef-1234567890ab, spec: ECC_NIST_P256, usage: SIGN_VERIFY, material: {seed: a}}
"#;

/// The same, with conditions on the request, on the caller and on the key.
pub(crate) const SEED_WITH_CONDITIONS: &str = r#"
account: "111122223333"
identities:
  - arn: arn:aws:iam::111122223333:user/bob
    access_keys: [{id: AKIAIOSFODNN7EXAMPLE, secret: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY}]
    tags: {team: shop}
    policies:
      - name: use-keys
        document:
          Version: "2012-10-17"
          Statement:
            - Effect: Allow
              Action: kms:Sign
              Resource: "*"
              Condition:
                StringEquals: {"aws:ResourceTag/team": "${aws:PrincipalTag/team}", "kms:SigningAlgorithm": ECDSA_SHA_256}
                IpAddress: {"aws:SourceIp": 127.0.0.0/8}
keys:
  - {id: 1234abcd-12ab-34cd-56ef-1234567890ab, spec: ECC_NIST_P256, usage: SIGN_VERIFY, material: {seed: a}, tags: {team: shop}}
"#;

/// The key in [`SEED`].
pub(crate) const SEED_KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

/// SHA-256 of a message, in base64.
const DIGEST: &str = "q1MKE+RZFJgrefm34/uplM/R8/si9xzqGvvwK0YMbR0=";

/// A request whose signature is not valid.
pub(crate) fn kms(operation: &str, body: &str) -> Vec<u8> {
    let headers = format!(
        "X-Amz-Date: 20260101T000000Z\r\nAuthorization: AWS4-HMAC-SHA256 Credential=\
         AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/kms/aws4_request, SignedHeaders=\
         content-type;host;x-amz-date;x-amz-target, Signature={}\r\n",
        "0".repeat(64)
    );
    post(operation, "127.0.0.1", &headers, body)
}

/// A request with the signature of [`ACCESS_KEY`].
pub(crate) fn signed(address: SocketAddr, operation: &str, body: &str) -> Vec<u8> {
    let (id, secret) = ACCESS_KEY;
    let identity = Credentials::new(id, secret, None, None, "bench").into();
    let now = Clock::system().now().millis();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name("kms")
        .time(UNIX_EPOCH + Duration::from_millis(now.try_into().unwrap()))
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let target = format!("TrentService.{operation}");
    let signable = SignableRequest::new(
        "POST",
        format!("http://{address}/"),
        [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", &target),
        ]
        .into_iter(),
        SignableBody::Bytes(body.as_bytes()),
    );
    let (instructions, _) = sign(signable.unwrap(), &parameters).unwrap().into_parts();
    let (headers, _) = instructions.into_parts();
    let headers = headers.iter().fold(String::new(), |mut text, header| {
        let _ = write!(text, "{}: {}\r\n", header.name(), header.value());
        text
    });
    post(operation, &address.to_string(), &headers, body)
}

fn post(operation: &str, host: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-amz-json-1.1\r\n\
         X-Amz-Target: TrentService.{operation}\r\nUser-Agent: aws-sdk-js/3.0.0 ua/2.1 os/linux lang/js \
         md/nodejs api/kms#3.0.0\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A request to `/health` or the control plane.
pub(crate) fn control(method: &str, path: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Emulator-Token: bench\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

pub(crate) fn create_p256() -> Vec<u8> {
    kms(
        "CreateKey",
        r#"{"KeySpec":"ECC_NIST_P256","KeyUsage":"SIGN_VERIFY"}"#,
    )
}

pub(crate) fn sign_body(key: &str, algorithm: &str) -> String {
    format!(
        r#"{{"KeyId":"{key}","Message":"{DIGEST}","MessageType":"DIGEST","SigningAlgorithm":"{algorithm}"}}"#
    )
}

/// `GET /_emulator/state`, whose answer ends with the connection.
pub(crate) fn state() -> Vec<u8> {
    let request = control("GET", "/_emulator/state", b"");
    let text = String::from_utf8(request).unwrap();
    text.replacen("HTTP/1.1", "HTTP/1.0", 1).into_bytes()
}
