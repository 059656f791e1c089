//! An upstream that is down, that hangs up, and that starts again.

use std::io::Read as _;
use std::net::{Ipv4Addr, TcpListener};

use serde_json::json;

use super::{control, ok, report, shadow};
use crate::client::{call, text};
use crate::process::{emulator, start, start_in};

#[test]
fn no_answer_of_the_upstream_is_an_error_with_words() {
    // A port that was free a moment ago.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let shadow = shadow(&format!("http://{address}"), |_| {});
    let hung_up = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 1024]);
    });
    let answer = call(shadow.address, "CreateKey", &json!({}));
    hung_up.join().unwrap();
    assert_eq!(answer.status, 502, "{answer:?}");
    let message = text(&answer.json()["message"]);
    assert!(
        message.contains(&format!(
            "Simulated KMS has no answer of its upstream http://{address}"
        )) && message.contains("may have done"),
        "{message}"
    );
    let answer = call(shadow.address, "CreateKey", &json!({}));
    assert_eq!(answer.status, 503, "{answer:?}");
    assert_eq!(answer.json()["__type"], "UpstreamUnavailable");
    assert_eq!(
        answer.header("content-type"),
        Some("application/x-amz-json-1.1")
    );
    let report = report(shadow.address);
    assert_eq!(report["unanswered"], 2, "{report:#}");
    let settings = control(shadow.address, "GET keys").json();
    assert_eq!(settings["keys"], json!([]), "nothing was done here");
}

#[test]
fn keys_of_a_data_folder_are_compared_after_a_restart() {
    let (upstream_folder, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let upstream = start_in(upstream_folder.path());
    let url = format!("http://{}", upstream.address);
    let with_folder = |command: &mut std::process::Command| {
        command.arg("--data-dir").arg(folder.path());
    };
    let first = shadow(&url, with_folder);
    assert!(
        first.ready.ends_with(&format!(", requests go to {url})")),
        "{}",
        first.ready
    );
    let key = text(&ok(first.address, "CreateKey", &json!({}))["KeyMetadata"]["KeyId"]);
    let input = json!({ "KeyId": key, "Plaintext": "eA==" });
    let ciphertext = ok(first.address, "Encrypt", &input)["CiphertextBlob"].clone();
    assert!(first.stop().0.success());

    let second = shadow(&url, with_folder);
    ok(second.address, "DescribeKey", &json!({ "KeyId": key }));
    ok(second.address, "Encrypt", &input);
    ok(second.address, "ListKeys", &json!({}));
    // The ciphertexts of both sides were only in memory.
    ok(
        second.address,
        "Decrypt",
        &json!({ "CiphertextBlob": ciphertext }),
    );
    let report = report(second.address);
    assert_eq!(report["same"], 3, "{report:#}");
    assert_eq!(report["different"], 0, "{report:#}");

    // The upstream starts again at the same address, without its keys.
    let port = upstream.address.port();
    upstream.kill();
    let mut command = emulator();
    command.args(["--temporary", &format!("--port={port}")]);
    let _upstream = start(command);
    let answer = call(second.address, "DescribeKey", &json!({ "KeyId": key }));
    assert_eq!(answer.json()["__type"], "NotFoundException");
}
