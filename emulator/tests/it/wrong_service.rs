//! Misdirected requests, and the log of requests.

use std::io::Write as _;
use std::net::SocketAddr;

use serde_json::json;

use crate::client::{Answer, call, connect, create_key, exchange, request};
use crate::process::{Running, emulator, start};

fn temporary() -> Running {
    let mut command = emulator();
    command.args(["--port=0", "--temporary"]);
    start(command)
}

fn signed(address: SocketAddr, line: &str, service: &str, headers: &str, body: &str) -> Answer {
    let head = format!(
        "{line} HTTP/1.1\r\nUser-Agent: an-sdk/1.0\r\nAuthorization: AWS4-HMAC-SHA256 \
         Credential=AKIDEXAMPLE/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, \
         Signature=5eC4e7{headers}"
    );
    request(address, &head, body).unwrap()
}

const ADVICE: &str = "Set AWS_ENDPOINT_URL_KMS instead of AWS_ENDPOINT_URL.";

#[test]
fn json_services_get_a_message_in_json() {
    let running = temporary();
    let target = "\r\nX-Amz-Target: AmazonSQS.SendMessage";
    let answer = signed(running.address, "POST /", "sqs", target, "{}");
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.json(),
        json!({
            "__type": "UnknownOperationException",
            "Message": format!(
                "This is Simulated KMS; the request is for sqs (AmazonSQS.SendMessage). {ADVICE}"
            ),
        })
    );
}

#[test]
fn query_services_get_a_message_in_xml() {
    let running = temporary();
    let body = "Action=GetUser&Version=2010-05-08";
    let answer = signed(running.address, "POST /", "iam", "", body);
    assert_eq!(answer.status, 400);
    assert_eq!(answer.header("content-type"), Some("text/xml"));
    let start = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>UnknownOperationException</Code>\
         <Message>This is Simulated KMS; the request is for iam (GetUser). {ADVICE}\
         </Message></Error><RequestId>"
    );
    assert!(answer.body.starts_with(&start), "{}", answer.body);
}

#[test]
fn s3_gets_a_message_without_a_wrapper() {
    let running = temporary();
    for (line, details) in [
        ("GET /", "GET /"),
        ("PUT /bucket/a%20key?x-id=1", "PUT /bucket/a%20key"),
    ] {
        let answer = signed(running.address, line, "s3", "", "");
        assert_eq!(answer.status, 400, "{line}");
        let start = format!(
            "<Error><Code>UnknownOperationException</Code><Message>This is Simulated KMS; the \
             request is for s3 ({details}). {ADVICE}</Message><RequestId>"
        );
        assert!(answer.body.starts_with(&start), "{}", answer.body);
    }
}

#[test]
fn kms_with_a_path_gets_a_message() {
    let running = temporary();
    let target = "\r\nX-Amz-Target: TrentService.ListKeys";
    let answer = signed(running.address, "POST /kms", "kms", target, "{}");
    assert_eq!(answer.status, 404);
    assert_eq!(
        answer.json()["Message"],
        "Simulated KMS has the path / only; the request has the path /kms. Remove the path from the \
         endpoint URL."
    );
}

#[test]
fn log_shows_details_and_warns_once_per_service() {
    let running = temporary();
    let target = "\r\nX-Amz-Target: AmazonSQS.SendMessage";
    for _ in 0..3 {
        signed(running.address, "POST /", "sqs", target, "{}");
    }
    signed(running.address, "GET /bucket", "s3", "", "");
    let (_, log) = running.stop();
    let lines = |part: &str| log.lines().filter(|line| line.contains(part)).count();
    assert_eq!(
        lines("a client sends requests for another service"),
        2,
        "{log}"
    );
    for part in [
        "method=\"POST\"",
        "path=\"/\"",
        "target=\"AmazonSQS.SendMessage\"",
        "service=\"sqs\"",
        "user_agent=\"an-sdk/1.0\"",
        "path=\"/bucket\"",
        "error_message=\"This is Simulated KMS; the request is for sqs",
    ] {
        assert!(log.contains(part), "{part}: {log}");
    }
    assert!(!log.contains("5eC4e7"), "no signature in the log: {log}");
}

#[test]
fn log_shows_faults_messages_and_references() {
    let running = temporary();
    let address = running.address;
    let key = create_key(address);
    let fault = json!({ "operation": "ListKeys", "times": 1, "error": "ThrottlingException" });
    let head = "POST /_emulator/faults HTTP/1.1\r\nX-Emulator-Token: any";
    let answer = request(address, head, &fault.to_string()).unwrap();
    let id = answer.json()["id"].clone();
    call(address, "ListKeys", &json!({}));
    call(address, "DescribeKey", &json!({ "KeyId": "alias/missing" }));
    call(address, "DescribeKey", &json!({ "KeyId": key }));
    let name = "x".repeat(5000);
    let plaintext = "c2VjcmV0IHBsYWludGV4dA==";
    let encrypt = json!({ "KeyId": format!("alias/{name}"), "Plaintext": plaintext });
    call(address, "Encrypt", &encrypt);
    let (_, log) = running.stop();
    let line = |part: &str| {
        let line = log.lines().find(|line| line.contains(part));
        line.unwrap_or_else(|| panic!("{part}: {log}"))
    };
    let throttled = line("operation=\"ListKeys\"");
    assert!(throttled.contains(&format!(" fault={id} ")), "{throttled}");
    let missing = line("reference=\"alias/missing\"");
    assert!(missing.contains("error=\"NotFoundException\""), "{missing}");
    assert!(
        missing.contains("error_message=\"Alias arn:aws:kms:us-east-1:000000000000:alias/missing"),
        "{missing}"
    );
    let found = line(&format!("key=\"{key}\" status=200"));
    assert!(!found.contains("method="), "{found}");
    assert!(!found.contains("fault="), "{found}");
    assert!(line("operation=\"Encrypt\"").len() < 1500);
    assert!(!log.contains(plaintext), "{log}");
}

#[test]
fn log_warns_about_https_on_a_plain_port() {
    let running = temporary();
    // The beginning of a ClientHello.
    for _ in 0..2 {
        let mut stream = connect(running.address).unwrap();
        stream.write_all(&[0x16, 0x03, 0x01, 0x02, 0x00]).unwrap();
        drop(stream);
    }
    let hello = [
        0x16, 0x03, 0x01, 0x00, 0x02, 0x01, 0x00, b'\r', b'\n', b'\r', b'\n',
    ];
    let _ = exchange(running.address, &hello);
    let (_, log) = running.stop();
    let warning = "a client speaks HTTPS on this HTTP port; start with --tls or use http://";
    let warnings = log.lines().filter(|line| line.contains(warning));
    assert_eq!(warnings.count(), 1, "{log}");
}

#[test]
fn log_warns_once_about_plain_http_on_an_https_port() {
    let mut command = emulator();
    command.args(["--port=0", "--temporary", "--tls"]);
    let running = start(command);
    // Health checks over plain HTTP are allowed, so they get no hint.
    let health = request(running.address, "GET /health HTTP/1.1", "").unwrap();
    assert_eq!(health.status, 200);
    for _ in 0..2 {
        let answer = call(running.address, "ListKeys", &json!({}));
        assert_eq!(answer.json()["__type"], "HttpsRequiredException");
    }
    let (_, log) = running.stop();
    let warning =
        "a client speaks plain HTTP on this HTTPS port; use https:// or start without --tls";
    let warnings = log.lines().filter(|line| line.contains(warning));
    assert_eq!(warnings.count(), 1, "{log}");
}
