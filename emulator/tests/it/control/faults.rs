//! Faults.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{changed, control, get, refused};
use crate::client::{call, connect};
use crate::in_process::local;

#[test]
fn adds_lists_and_removes_faults() {
    let (_kms, address) = local();
    let fault = json!({ "operation": "ListKeys", "times": 1, "error": "ThrottlingException" });
    let answer = control(address, "POST faults", &fault);
    assert_eq!(answer.status, 201);
    let id = answer.json()["id"].clone();
    assert_eq!(
        call(address, "ListKeys", &json!({})).json()["__type"],
        "ThrottlingException"
    );
    assert_eq!(call(address, "ListKeys", &json!({})).status, 200);
    let shown = get(address, "faults");
    let mut expected = fault.clone();
    for (name, value) in [("id", id.clone()), ("seen", json!(2)), ("hits", json!(1))] {
        expected[name] = value;
    }
    assert_eq!(shown["faults"], json!([expected]));
    let one = format!("DELETE faults/{id}");
    assert_eq!(changed(address, &one), json!({ "removed": 1 }));
    assert_eq!(control(address, &one, &Value::Null).status, 404);
    control(address, "POST faults", &fault);
    assert_eq!(changed(address, "DELETE faults"), json!({ "removed": 1 }));
    assert_eq!(get(address, "faults")["faults"], json!([]));
    let wrong = json!({ "operation": "Sing", "error": "ThrottlingException" });
    let sentence = "operation: KMS has no operation Sing".to_owned();
    assert_eq!(refused(address, "POST faults", &wrong), (400, sentence));
}

#[test]
fn connection_faults_break_the_connection() {
    let (kms, address) = local();
    let fault = |connection: &str| {
        let fault = json!({ "operation": "CreateKey", "times": 1, "connection": connection });
        assert_eq!(control(address, "POST faults", &fault).status, 201);
        let body = "{}";
        let bytes = format!(
            "POST / HTTP/1.1\r\nHost: h\r\nX-Amz-Target: TrentService.CreateKey\r\nContent-Length: 2\r\n\r\n{body}"
        );
        let mut stream = connect(address).unwrap();
        stream.write_all(bytes.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // The connection may be reset.
        let _ = stream.read_to_end(&mut answer);
        (String::from_utf8(answer).unwrap(), kms.kms().key_count())
    };
    assert_eq!(fault("drop_before"), (String::new(), 0));
    assert_eq!(fault("lose_answer"), (String::new(), 1));
    let (answer, keys) = fault("drop_amid");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "))
        .unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK") && keys == 2, "{answer}");
    assert_eq!(body.len(), length.parse::<usize>().unwrap() / 2);
    // A truncated response is complete HTTP, so the connection stays open.
    control(
        address,
        "POST faults",
        &json!({ "times": 1, "connection": "truncate" }),
    );
    let answer = call(address, "CreateKey", &json!({}));
    assert!(answer.status == 200 && serde_json::from_str::<Value>(&answer.body).is_err());
    control(
        address,
        "POST faults",
        &json!({ "times": 1, "status": 503 }),
    );
    let answer = call(address, "CreateKey", &json!({}));
    assert!(
        answer.status == 503 && answer.body.starts_with("<html>"),
        "{answer:?}"
    );
    assert!(answer.head.contains("text/html"));
}

#[test]
fn delay_holds_up_one_response_only() {
    let (_kms, address) = local();
    let fault = json!({ "operation": "ListKeys", "delay": "300ms" });
    control(address, "POST faults", &fault);
    let started = Instant::now();
    let slow = std::thread::spawn(move || call(address, "ListKeys", &json!({})));
    assert_eq!(call(address, "ListAliases", &json!({})).status, 200);
    assert!(!slow.is_finished());
    assert_eq!(slow.join().unwrap().status, 200);
    assert!(started.elapsed() >= Duration::from_millis(300));
}
