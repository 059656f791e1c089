//! The reason of an error: in the log, and in a header if an option says so.

use serde_json::{Value, json};

use crate::client::{Answer, call, create_key, request};
use crate::process::{Running, emulator, start};

const REASON: &str = "x-emulator-reason";
const SECRET: &str = "c2VjcmV0IHBsYWludGV4dA==";

fn start_with(arguments: &[&str]) -> Running {
    let mut command = emulator();
    command.args(["--port=0", "--temporary"]).args(arguments);
    start(command)
}

fn send(running: &Running, operation: &str, body: &str) -> Answer {
    let head = format!("POST / HTTP/1.1\r\nX-Amz-Target: TrentService.{operation}");
    request(running.address, &head, body).unwrap()
}

/// Requests whose answers have no message: operation, body and reason.
fn refused(running: &Running) -> Vec<(&'static str, String, String)> {
    let key = create_key(running.address);
    let arn = call(running.address, "DescribeKey", &json!({ "KeyId": key })).json();
    let arn = arn["KeyMetadata"]["Arn"].as_str().unwrap().to_owned();
    let sign = json!({ "KeyId": key, "Message": SECRET, "SigningAlgorithm": "ECDSA_SHA_256",
                       "Signature": SECRET });
    let policy = json!({ "KeyId": key, "Policy": r#"{"Statement":{"Effect":"Allow"}}"# });
    let decrypt = json!({ "CiphertextBlob": SECRET });
    let base64 = json!({ "KeyId": key, "Message": format!("{SECRET}?") });
    vec![
        (
            "Verify",
            sign.to_string(),
            format!(
                "Signature: expected ECDSA_SHA_256 of the RAW Message under {arn}, found another one \
                 of 16 bytes"
            ),
        ),
        (
            "PutKeyPolicy",
            policy.to_string(),
            "Policy: expected a key policy, found a fault: statement 1: Action is missing".to_owned(),
        ),
        (
            "Decrypt",
            decrypt.to_string(),
            "CiphertextBlob: expected a ciphertext of Encrypt, ReEncrypt or GenerateDataKey, found \
             another one of 16 bytes"
                .to_owned(),
        ),
        (
            "Sign",
            base64.to_string(),
            "Message: expected base64, found a character outside its alphabet at 24".to_owned(),
        ),
        (
            "Sign",
            "{".to_owned(),
            "body: expected a JSON object, found the end of the text at line 1 column 1".to_owned(),
        ),
    ]
}

#[test]
fn log_has_the_reason_of_each_error_without_a_message() {
    let running = start_with(&["--log-format", "json"]);
    let refused = refused(&running);
    for (operation, body, _) in &refused {
        let answer = send(&running, operation, body);
        assert_eq!(answer.status, 400, "{operation}");
        assert_eq!(answer.header(REASON), None, "the header is off");
        assert_eq!(answer.json().as_object().unwrap().len(), 1, "{answer:?}");
    }
    let (_, log) = running.stop();
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let errors: Vec<Value> = lines.filter(|line: &Value| line["status"] == 400).collect();
    assert_eq!(errors.len(), refused.len(), "{log}");
    for (line, (operation, _, reason)) in errors.iter().zip(&refused) {
        assert_eq!(line["operation"], *operation);
        assert_eq!(line["reason"], *reason);
    }
    assert!(!log.contains(SECRET), "{log}");
}

#[test]
fn text_log_has_the_reason() {
    let running = start_with(&[]);
    send(&running, "ListKeys", r#"{"Limit":"ten"}"#);
    send(&running, "ListKeys", "{}");
    let (_, log) = running.stop();
    let reason = "reason=\"Limit: expected an integer, found a string\"";
    assert_eq!(log.matches(reason).count(), 1, "{log}");
    assert_eq!(log.matches("reason=").count(), 1, "{log}");
}

#[test]
fn header_has_the_reason_if_the_option_is_on() {
    let running = start_with(&["--reason-header"]);
    for (operation, body, reason) in refused(&running) {
        let answer = send(&running, operation, &body);
        assert_eq!(answer.header(REASON), Some(reason.as_str()), "{operation}");
    }
    // A message that says enough, and a success.
    for (operation, body) in [
        ("DescribeKey", r#"{"KeyId":"missing"}"#),
        ("ListKeys", "{}"),
    ] {
        assert_eq!(send(&running, operation, body).header(REASON), None);
    }
    // Nothing of a request can end the header.
    let body = json!({ "KeyId": "a", "EncryptionContext": { "a\r\nX: y": 1 } }).to_string();
    let answer = send(&running, "Encrypt", &body);
    let expected = "EncryptionContext.a??X: y: expected a string, found a number";
    assert_eq!(answer.header(REASON), Some(expected));
    assert_eq!(answer.header("x"), None);
}
