//! Endpoints that differ, and endpoints that do not answer.

use std::sync::mpsc::channel;

use serde_json::json;

use super::between::{Fate, Seen, between, http};
use super::{Output, Verify, serve, url};
use crate::client::{call, request};

/// Runs cases against an emulator, after `judge` has decided about each request.
fn run(judge: impl FnMut(&Seen) -> Fate + Send + 'static, more: &[&str]) -> Output {
    let emulator = serve(&[]);
    let url = between(emulator.address, judge, |_| {});
    Verify::new(&url, more).run()
}

#[test]
fn a_wrong_answer_is_a_difference_of_the_case() {
    let folder = tempfile::tempdir().unwrap();
    let [json, junit, html] = ["v.json", "v.xml", "v.html"].map(|name| folder.path().join(name));
    let files = [("--json", &json), ("--junit", &junit), ("--html", &html)];
    let files = files.map(|(name, file)| format!("{name}={}", file.display()));
    // Of the same length, as the header says.
    let edit = |_: &Seen| Fate::Edited("\"Enabled\"", "\"En&<led\"");
    let only = "--only=DescribeKey/enabled_key,ListKeys";
    let output = run(edit, &[only, &files[0], &files[1], &files[2]]).has_code(1);
    let output = output.says("different: DescribeKey/enabled_key_is_enabled");
    let place = "body.KeyMetadata.KeyState\n    expected \"Enabled\"\n    answered \"En&<led\"";
    output.says(place).says(" 0 not reached");

    let results = std::fs::read_to_string(&json).unwrap();
    let results: serde_json::Value = serde_json::from_str(&results).unwrap();
    let cases = results["cases"].as_array().unwrap();
    let case = cases
        .iter()
        .find(|case| case["result"] == "different")
        .unwrap();
    assert_eq!(case["differences"][0]["place"], "body.KeyMetadata.KeyState");
    assert_eq!(case["differences"][0]["expected"], "\"Enabled\"");
    assert!(
        case["request"]
            .as_str()
            .unwrap()
            .contains("TrentService.DescribeKey")
    );
    let junit = std::fs::read_to_string(&junit).unwrap();
    assert!(
        junit.contains("answered &quot;En&amp;&lt;led&quot;"),
        "{junit}"
    );
    let html = std::fs::read_to_string(&html).unwrap();
    assert!(html.contains("En&amp;&lt;led"), "{html}");
}

#[test]
fn an_endpoint_that_is_not_kms_is_not_verified() {
    let html = |_: &Seen| {
        Fate::Answered(http(
            "200 OK",
            "text/html",
            "<html><title>Welcome</title></html>",
        ))
    };
    run(html, &[])
        .has_code(2)
        .says("not one of KMS: HTTP 200, text/html: <html>");
    run(|_| Fate::Closed, &[])
        .has_code(2)
        .says("connection ended");
    run(|_| Fate::Silent, &["--timeout=100ms"])
        .has_code(2)
        .says("no answer within 100ms");
    let other = |_: &Seen| Fate::Answered(http("200 OK", "application/json", "{}"));
    run(other, &[])
        .has_code(2)
        .says("does not answer as KMS does");
    let throttled = |_: &Seen| {
        let body = "{\"__type\":\"ThrottlingException\"}";
        Fate::Answered(http("400 Bad Request", "application/json", body))
    };
    run(throttled, &["--retries=0"])
        .has_code(2)
        .says("throttled");
    // No connection: the port of an emulator that has stopped.
    let stopped = serve(&[]);
    let address = stopped.address;
    stopped.kill();
    Verify::new(&url(address), &[])
        .run()
        .has_code(2)
        .says("cannot connect");
}

/// Its upstream may be AWS, where each key costs money.
#[test]
fn a_shadow_is_not_verified() {
    let upstream = serve(&[]);
    let shadow = serve(&[
        "--upstream",
        &url(upstream.address),
        "--control-token=unknown",
    ]);
    let output = Verify::new(&url(shadow.address), &[]).run().has_code(2);
    let output = output.says("it is a shadow, which sends all requests to");
    output.says(&url(upstream.address));
    let keys = call(upstream.address, "ListKeys", &json!({})).json();
    assert_eq!(keys["Keys"], json!([]));
}

#[test]
fn calls_without_an_answer_are_no_differences() {
    const ONLY: &str = "--only=GenerateRandom,ListKeys";
    let fail = |fate: fn() -> Fate| {
        move |seen: &Seen| {
            if seen.calls("GenerateRandom") {
                fate()
            } else {
                Fate::Passed
            }
        }
    };
    let throttled = || {
        let body = "{\"__type\":\"ThrottlingException\"}";
        Fate::Answered(http("400 Bad Request", "application/json", body))
    };
    let output = run(fail(throttled), &[ONLY, "--retries=0"]).has_code(0);
    output.says("11 throttled").says(" 0 different");
    let html = || Fate::Answered(http("500 Error", "text/html", "<html></html>"));
    let output = run(fail(html), &[ONLY]).has_code(0);
    output
        .says("11 the answer is not one of KMS")
        .says(" 0 different");
    // After five, the others are not tried.
    let silent = run(fail(|| Fate::Silent), &[ONLY, "--timeout=100ms"]).has_code(2);
    let silent = silent
        .says("5 no answer in time")
        .says("the run ended before");
    silent.says(" 0 different");
    let closed = run(fail(|| Fate::Closed), &[ONLY]).has_code(2);
    closed
        .says("5 the connection ended before the answer")
        .says(" 0 different");
}

#[test]
fn a_refused_setup_is_a_difference_that_names_the_step() {
    let refuse = |seen: &Seen| {
        if !seen.calls("CreateKey") {
            return Fate::Passed;
        }
        let body = "{\"__type\":\"KMSInternalException\"}";
        Fate::Answered(http("500 Error", "application/x-amz-json-1.1", body))
    };
    let output = run(refuse, &["--only=DisableKey"]).has_code(1);
    output.says("setup step 1, CreateKey").says("HTTP 500");
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_restores_the_state() {
    let emulator = serve(&[]);
    assert_eq!(call(emulator.address, "CreateKey", &json!({})).status, 200);
    let (reached, wait) = channel();
    let (go, gone) = channel();
    let mut is_first = true;
    let judge = move |seen: &Seen| {
        if seen.calls("CreateAlias") && std::mem::take(&mut is_first) {
            reached.send(()).unwrap();
            gone.recv().unwrap();
        }
        Fate::Passed
    };
    let url = between(emulator.address, judge, |_| {});
    let verify = Verify::new(&url, &["--only=CreateAlias,Sign"]);
    let mut command = verify.command();
    command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    wait.recv().unwrap();
    let pid = child.id().to_string();
    let kill = std::process::Command::new("kill")
        .args(["-INT", &pid])
        .status();
    assert!(kill.unwrap().success());
    go.send(()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(
        out.contains("the run ended early: it was interrupted"),
        "{out}"
    );
    let keys = request(
        emulator.address,
        "GET /_emulator/keys HTTP/1.1\r\nX-Emulator-Token: t",
        "",
    );
    let keys = keys.unwrap().json();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1, "{keys}");
}
