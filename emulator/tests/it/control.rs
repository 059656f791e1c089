//! The control plane over HTTP.

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

/// The response to a request without a body that changes something.
fn changed(address: SocketAddr, route: &str) -> Value {
    let answer = control(address, route, &Value::Null);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body.ends_with("}\n"), "{answer:?}");
    answer.json()
}

/// The status and the message of a request that is refused.
fn refused(address: SocketAddr, route: &str, body: &Value) -> (u16, String) {
    let answer = control(address, route, body);
    let message = answer.json()["error"].as_str().unwrap().to_owned();
    (answer.status, message)
}

#[test]
fn reads_and_moves_the_clock() {
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
fn rejects_invalid_clock_changes() {
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

#[test]
fn finds_and_awaits_events() {
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

    assert_eq!(
        changed(address, "DELETE events"),
        json!({ "cleared": true })
    );
    assert_eq!(
        get(address, "events"),
        json!({ "events": [], "last": 4, "forgotten": 4 })
    );
    let time = "expected RFC 3339, such as 2027-01-01T00:00:00Z";
    for (query, message) in [
        ("wait=2h", "wait: must not be longer than 60s".to_owned()),
        (
            "wait=x",
            "wait: invalid duration \"x\"; expected a number and a unit, such as 7d, 2m or 250ms".to_owned(),
        ),
        ("limit=-1", "limit: invalid number \"-1\"".to_owned()),
        ("since=now", format!("since: invalid time \"now\"; {time}")),
        (
            "nonsense=1",
            "unknown parameter \"nonsense\"; expected one of: operation, key, error, since, until, \
             after, limit, count, wait"
                .to_owned(),
        ),
    ] {
        let route = format!("GET events?{query}");
        assert_eq!(refused(address, &route, &Value::Null), (400, message));
    }
}

#[test]
fn exports_imports_resets_and_restores_the_state() {
    let (_kms, address) = local();
    let key = create_key(address);
    assert_eq!(
        changed(address, "POST snapshots/one"),
        json!({ "saved": "one" })
    );
    let state = get(address, "state");
    assert_eq!(changed(address, "POST reset"), json!({ "reset": true }));
    let describe = |address| call(address, "DescribeKey", &json!({ "KeyId": key })).status;
    assert_eq!(describe(address), 400);
    assert_eq!(
        changed(address, "POST snapshots/one/restore"),
        json!({ "restored": "one" })
    );
    assert_eq!(describe(address), 200);
    assert_eq!(get(address, "snapshots"), json!({ "snapshots": ["one"] }));
    assert_eq!(
        changed(address, "DELETE snapshots/one"),
        json!({ "deleted": "one" })
    );
    for (route, status) in [
        ("DELETE snapshots/one", 404),
        ("POST snapshots/one/restore", 404),
        ("POST snapshots/a%20b", 400),
    ] {
        assert_eq!(refused(address, route, &Value::Null).0, status, "{route}");
    }

    let (_other, other) = local();
    let answer = control(other, "PUT state", &state);
    assert_eq!(answer.json(), json!({ "imported": true }));
    assert_eq!(describe(other), 200);
    let (status, message) = refused(other, "PUT state", &json!({ "format": "x" }));
    assert!(
        status == 400 && message.starts_with("not a state"),
        "{message}"
    );
    assert_eq!(describe(other), 200);
}

#[test]
fn applies_a_seed() {
    let (_kms, address) = local();
    let seed = json!({ "keys": [{ "alias": "alias/orders", "material": { "seed": "a" } }] });
    let answer = control(address, "POST seed", &seed);
    assert_eq!(answer.json()["made"], 2, "{answer:?}");
    let describe = json!({ "KeyId": "alias/orders" });
    assert_eq!(call(address, "DescribeKey", &describe).status, 200);
    assert_eq!(
        refused(address, "POST seed", &Value::Null),
        (
            400,
            "the body is empty; expected a seed in YAML or JSON".to_owned()
        )
    );
}

#[test]
fn unknown_routes_list_the_known_ones() {
    let (_kms, address) = local();
    for route in ["GET clocks", "GET ", "POST reset/x"] {
        let (status, message) = refused(address, route, &Value::Null);
        assert_eq!(status, 404, "{route}");
        assert!(
            message.contains("/_emulator/clock, /_emulator/faults, /_emulator/faults/{id}, "),
            "{message}"
        );
    }
    for (route, allowed) in [
        ("DELETE clock", "GET, PUT"),
        ("PUT faults", "GET, POST, DELETE"),
        ("GET faults/1", "DELETE"),
        ("POST events", "GET, DELETE"),
        ("POST state", "GET, PUT"),
        ("GET reset", "POST"),
        ("GET seed", "POST"),
        ("PUT snapshots", "GET"),
        ("GET snapshots/a", "POST, DELETE"),
        ("GET snapshots/a/restore", "POST"),
    ] {
        let answer = control(address, route, &Value::Null);
        assert_eq!(answer.status, 405, "{route}");
        let method = route.split(' ').next().unwrap();
        assert_eq!(
            answer.json()["error"],
            format!("method {method} is not allowed here; allowed: {allowed}")
        );
        let head = answer.head.to_lowercase();
        let allow = format!("allow: {}", allowed.to_lowercase());
        assert!(head.lines().any(|line| line == allow), "{head}");
    }
    // Another path: the reply of AWS for an unknown operation.
    assert_eq!(
        request(address, "GET /_emulators HTTP/1.1", "")
            .unwrap()
            .status,
        404
    );
}

#[test]
fn rejects_web_pages() {
    let (_kms, address) = local();
    let port = address.port();
    let send = |headers: &str| {
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
    assert_eq!(send(&format!("Host: localhost:{port}\r\n")), "403");
    assert_eq!(
        send(&format!("Host: evil.example:{port}\r\n{token}")),
        "403"
    );
    assert_eq!(
        send(&format!(
            "Host: localhost:{port}\r\n{token}Origin: http://evil.example\r\n"
        )),
        "403"
    );
    assert_eq!(get(address, "clock")["frozen"], false);
    assert_eq!(send(&format!("Host: localhost:{port}\r\n{token}")), "200");
}

#[test]
fn control_plane_is_off_on_other_addresses_without_a_token() {
    let mut command = emulator();
    command.args(["--host=0.0.0.0", "--port=0", "--temporary"]);
    let running = start(command);
    let address = SocketAddr::from(([127, 0, 0, 1], running.address.port()));
    let (status, message) = refused(address, "GET clock", &Value::Null);
    assert!(
        status == 403 && message.contains("--control-token"),
        "{message}"
    );
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
fn exports_and_imports_a_data_folder() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let running = start_in(one.path());
    let key = create_key(running.address);
    let export = || {
        let mut command = emulator();
        command.arg("export").arg("--data-dir").arg(one.path());
        run(command)
    };
    let (code, _, message) = export();
    assert!(
        code == Some(2) && message.contains("another kms-emulator is using"),
        "{message}"
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
    let (code, _, message) = import(&file);
    assert!(
        code == Some(2) && message.contains("state.json: not a state"),
        "{message}"
    );
    let running = start_in(&folder);
    assert_eq!(
        call(running.address, "DescribeKey", &json!({ "KeyId": key })).status,
        200
    );
}

#[test]
fn event_log_survives_kill() {
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

    #[test]
    fn any_request_to_the_control_plane_gets_a_response(
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
