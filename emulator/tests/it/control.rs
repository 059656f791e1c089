//! The control plane, as `curl` uses it.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use kms_emulator::Emulator;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::client::{Answer, call, connect, create_key, exchange, request, try_call};
use crate::process::{emulator, run, start, start_in};

fn local() -> (Emulator, SocketAddr) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let kms = runtime.block_on(Emulator::start()).unwrap();
    let address = kms.endpoint_url().strip_prefix("http://").unwrap();
    let address = address.parse().unwrap();
    (kms, address)
}

fn control(address: SocketAddr, route: &str, body: &Value) -> Answer {
    let (method, path) = route.split_once(' ').unwrap();
    let head = format!("{method} /_emulator/{path} HTTP/1.1\r\nX-Emulator-Token: any");
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    request(address, &head, &body).unwrap()
}

fn get(address: SocketAddr, path: &str) -> Value {
    let answer = control(address, &format!("GET {path}"), &Value::Null);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// Sends what is refused, and answers with which sentence.
fn refused(address: SocketAddr, route: &str, body: &Value) -> (u16, String) {
    let answer = control(address, route, body);
    let said = answer.json()["error"].as_str().unwrap().to_owned();
    (answer.status, said)
}

#[test]
fn the_clock_is_read_and_moved() {
    let (_kms, address) = local();
    assert_eq!(get(address, "clock")["real"], true);
    let set = json!({ "now": "2027-01-01T00:00:00Z", "frozen": true });
    let answer = control(address, "PUT clock", &set).json();
    assert_eq!(
        answer,
        json!({ "now": "2027-01-01T00:00:00.000Z", "frozen": true, "real": false })
    );
    let answer = control(address, "PUT clock", &json!({ "advance": "7d 12h" })).json();
    assert_eq!(answer["now"], "2027-01-08T12:00:00.000Z");
    let key = call(address, "CreateKey", &json!({})).json();
    assert_eq!(
        key["KeyMetadata"]["CreationDate"].as_f64(),
        Some(1_799_409_600.0)
    );
    assert_eq!(
        control(address, "PUT clock", &json!({ "frozen": false })).json()["frozen"],
        false
    );
    assert_eq!(
        control(address, "PUT clock", &json!({ "real": true })).json()["real"],
        true
    );
}

#[test]
fn a_wrong_clock_is_refused_and_left_alone() {
    let (kms, address) = local();
    kms.clock().freeze();
    let before = kms.clock().now();
    for (body, sentence) in [
        (json!({}), "expected one of: advance, now, frozen, real"),
        (
            json!({ "real": false }),
            "real: must be true, and must be the only member",
        ),
        (
            json!({ "real": true, "frozen": true }),
            "real: must be true, and must be the only member",
        ),
        (
            json!({ "advance": "1d", "now": "2027-01-01T00:00:00Z" }),
            "advance and now are mutually exclusive",
        ),
        (
            json!({ "now": "tomorrow", "frozen": false }),
            "now: invalid time \"tomorrow\"; expected RFC 3339, such as 2027-01-01T00:00:00Z",
        ),
        (
            json!({ "advance": "9000y" }),
            "advance: the clock cannot go beyond the year 9999",
        ),
        (
            json!({ "advance": "-1d" }),
            "advance: \"-1d\" is negative; to move the clock back, set now",
        ),
    ] {
        assert_eq!(
            refused(address, "PUT clock", &body),
            (400, sentence.to_owned())
        );
    }
    for body in [json!({ "advance": 5 }), json!({ "noow": "x" }), json!([])] {
        assert_eq!(refused(address, "PUT clock", &body).0, 400, "{body}");
    }
    assert!(kms.clock().is_frozen() && kms.clock().now() == before);
}

#[test]
fn faults_are_set_shown_and_taken_away() {
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
    assert_eq!(control(address, &one, &Value::Null).status, 204);
    assert_eq!(control(address, &one, &Value::Null).status, 404);
    control(address, "POST faults", &fault);
    assert_eq!(control(address, "DELETE faults", &Value::Null).status, 204);
    assert_eq!(get(address, "faults")["faults"], json!([]));
    let wrong = json!({ "operation": "Sing", "error": "ThrottlingException" });
    let sentence = "operation: KMS has no operation Sing".to_owned();
    assert_eq!(refused(address, "POST faults", &wrong), (400, sentence));
}

/// What each way of breaking a connection looks like on it.
#[test]
fn connections_break_as_the_fault_says() {
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
        // The system may say that it was reset.
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
    // The last one is whole in the eyes of HTTP, and the connection stays.
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
fn an_answer_is_late_and_others_are_not() {
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

#[test]
fn events_are_asked_and_waited_for() {
    let (_kms, address) = local();
    let key = create_key(address);
    call(address, "ListKeys", &json!({}));
    let names = |query: &str| -> Vec<String> {
        let page = get(address, &format!("events{query}"));
        let events = page["events"].as_array().unwrap().iter();
        events
            .map(|event| event["eventName"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(""), ["CreateKey", "ListKeys"]);
    assert_eq!(names(&format!("?key={key}")), ["CreateKey"]);
    assert_eq!(names("?operation=ListKeys"), ["ListKeys"]);
    assert_eq!(names("?after=2"), Vec::<String>::new());
    assert_eq!(
        names("?since=2020-01-01T00%3A00%3A00Z&limit=1"),
        ["CreateKey"]
    );
    let last = get(address, "events")["last"].clone();

    let waiting = std::thread::spawn(move || {
        get(
            address,
            &format!("events?after={last}&operation=ListAliases&count=2&wait=20s"),
        )
    });
    call(address, "ListAliases", &json!({}));
    assert!(!waiting.is_finished());
    call(address, "ListAliases", &json!({}));
    assert_eq!(
        waiting.join().unwrap()["events"].as_array().unwrap().len(),
        2
    );
    assert_eq!(
        get(address, "events?operation=Sign&wait=10ms")["events"],
        json!([])
    );

    assert_eq!(control(address, "DELETE events", &Value::Null).status, 204);
    assert_eq!(
        get(address, "events"),
        json!({ "events": [], "last": 4, "forgotten": 4 })
    );
    for query in [
        "?wait=2h",
        "?wait=x",
        "?limit=-1",
        "?since=now",
        "?nonsense=1",
    ] {
        assert_eq!(
            refused(address, &format!("GET events{query}"), &Value::Null).0,
            400,
            "{query}"
        );
    }
}

#[test]
fn the_state_goes_out_and_in_and_back_to_snapshots() {
    let (_kms, address) = local();
    let key = create_key(address);
    assert_eq!(
        control(address, "POST snapshots/one", &Value::Null).status,
        204
    );
    let state = get(address, "state");
    assert_eq!(control(address, "POST reset", &Value::Null).status, 204);
    let describe = |address| call(address, "DescribeKey", &json!({ "KeyId": key })).status;
    assert_eq!(describe(address), 400);
    assert_eq!(
        control(address, "POST snapshots/one/restore", &Value::Null).status,
        204
    );
    assert_eq!(describe(address), 200);
    assert_eq!(get(address, "snapshots"), json!({ "snapshots": ["one"] }));
    assert_eq!(
        control(address, "DELETE snapshots/one", &Value::Null).status,
        204
    );
    assert_eq!(
        control(address, "POST snapshots/one/restore", &Value::Null).status,
        404
    );
    assert_eq!(
        control(address, "POST snapshots/a%20b", &Value::Null).status,
        400
    );

    let (_other, elsewhere) = local();
    assert_eq!(control(elsewhere, "PUT state", &state).status, 204);
    assert_eq!(describe(elsewhere), 200);
    let (status, said) = refused(elsewhere, "PUT state", &json!({ "format": "x" }));
    assert!(status == 400 && said.starts_with("not a state"), "{said}");
    assert_eq!(describe(elsewhere), 200);
}

#[test]
fn routes_that_are_not_there_say_which_are() {
    let (_kms, address) = local();
    let (status, said) = refused(address, "GET clocks", &Value::Null);
    assert!(
        status == 404 && said.contains("clock, faults, events, state"),
        "{said}"
    );
    for route in [
        "DELETE clock",
        "PUT faults",
        "POST events",
        "POST state",
        "GET reset",
        "PUT snapshots",
        "GET snapshots/a",
    ] {
        let answer = control(address, route, &Value::Null);
        assert!(
            answer.status == 405 && answer.head.to_lowercase().contains("allow: "),
            "{route} {answer:?}"
        );
    }
    // Not the control plane's: AWS's answer for what is no operation.
    assert_eq!(
        request(address, "GET /_emulators HTTP/1.1", "")
            .unwrap()
            .status,
        404
    );
}

#[test]
fn strangers_are_not_let_in() {
    let (_kms, address) = local();
    let port = address.port();
    let ask = |headers: &str| {
        let text = format!(
            "PUT /_emulator/clock HTTP/1.1\r\n{headers}Connection: close\r\nContent-Length: 15\r\n\r\n{{\"frozen\":true}}"
        );
        exchange(address, text.as_bytes())
            .unwrap()
            .split(' ')
            .nth(1)
            .unwrap()
            .to_owned()
    };
    let token = "X-Emulator-Token: any\r\n";
    assert_eq!(ask(&format!("Host: localhost:{port}\r\n")), "403");
    assert_eq!(ask(&format!("Host: evil.example:{port}\r\n{token}")), "403");
    assert_eq!(
        ask(&format!(
            "Host: localhost:{port}\r\n{token}Origin: http://evil.example\r\n"
        )),
        "403"
    );
    assert_eq!(get(address, "clock")["frozen"], false);
    assert_eq!(ask(&format!("Host: localhost:{port}\r\n{token}")), "200");
}

#[test]
fn beyond_the_loopback_it_is_off_without_a_token() {
    let mut command = emulator();
    command.args(["--host=0.0.0.0", "--port=0", "--temporary"]);
    let running = start(command);
    let address = SocketAddr::from(([127, 0, 0, 1], running.address.port()));
    let (status, said) = refused(address, "GET clock", &Value::Null);
    assert!(status == 403 && said.contains("--control-token"), "{said}");
    let (_, log) = running.stop();
    assert!(log.contains("the control plane is off"), "{log}");

    let mut command = emulator();
    command.args([
        "--host=0.0.0.0",
        "--port=0",
        "--temporary",
        "--control-token=t0ken",
    ]);
    let running = start(command);
    let address = SocketAddr::from(([127, 0, 0, 1], running.address.port()));
    assert_eq!(refused(address, "GET clock", &Value::Null).0, 403);
    let head = "GET /_emulator/clock HTTP/1.1\r\nX-Emulator-Token: t0ken";
    assert_eq!(request(address, head, "").unwrap().status, 200);
    let (_, log) = running.stop();
    assert!(!log.contains("t0ken"), "{log}");
}

#[test]
fn a_data_folder_is_exported_and_imported() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let running = start_in(one.path());
    let key = create_key(running.address);
    let export = || {
        let mut command = emulator();
        command.arg("export").arg("--data-dir").arg(one.path());
        run(command)
    };
    let (code, _, said) = export();
    assert!(
        code == Some(2) && said.contains("another kms-emulator is using"),
        "{said}"
    );
    running.stop();
    let (code, state, _) = export();
    assert_eq!(code, Some(0));
    let file = other.path().join("state.json");
    std::fs::write(&file, &state).unwrap();
    let folder = other.path().join("data");
    let import = |file: &std::path::Path| {
        let mut command = emulator();
        command
            .arg("import")
            .arg(file)
            .arg("--data-dir")
            .arg(&folder);
        run(command)
    };
    assert_eq!(import(&file), (Some(0), String::new(), String::new()));
    let running = start_in(&folder);
    assert_eq!(
        call(running.address, "DescribeKey", &json!({ "KeyId": key })).status,
        200
    );
    running.stop();

    std::fs::write(&file, "{}").unwrap();
    let (code, _, said) = import(&file);
    assert!(
        code == Some(2) && said.contains("state.json: not a state"),
        "{said}"
    );
    let running = start_in(&folder);
    assert_eq!(
        call(running.address, "DescribeKey", &json!({ "KeyId": key })).status,
        200
    );
}

#[test]
fn the_event_log_outlives_the_emulator() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("events.jsonl");
    for _ in 0..2 {
        let mut command = emulator();
        command
            .args(["--port=0", "--temporary", "--event-log"])
            .arg(&log);
        let running = start(command);
        call(running.address, "ListKeys", &json!({}));
        running.kill();
    }
    let text = std::fs::read_to_string(&log).unwrap();
    assert_eq!(
        text.lines()
            .filter(|line| line.contains("\"ListKeys\""))
            .count(),
        2,
        "{text}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever is sent to a route, the answer is one, and the emulator goes on.
    #[test]
    fn no_request_to_the_control_plane_does_harm(
        route in prop::sample::select(vec!["PUT clock", "POST faults", "PUT state", "GET events?x", "POST snapshots/a", "DELETE faults/1"]),
        body in "\\PC{0,60}|\\{\"[a-z]{1,9}\":(\"[a-z0-9]{0,9}\"|[0-9]{1,20}|null|true)\\}",
    ) {
        thread_local! { static LOCAL: (Emulator, SocketAddr) = local(); }
        LOCAL.with(|(kms, address)| {
            let (method, path) = route.split_once(' ').unwrap();
            let head = format!("{method} /_emulator/{path} HTTP/1.1\r\nX-Emulator-Token: any");
            let answer = request(*address, &head, &body).unwrap();
            assert!(matches!(answer.status, 200..=299 | 400..=499), "{answer:?}");
            kms.faults().clear();
            kms.clock().use_system_time();
            assert_eq!(try_call(*address, "ListKeys", &json!({})).unwrap().status, 200);
        });
    }
}
