//! Events and the event log.

use std::io::Write as _;

use serde_json::{Value, json};

use super::{changed, get, refused};
use crate::client::{call, connect, create_key};
use crate::in_process::local;
use crate::process::{emulator, start};

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
            "wait: invalid duration \"x\"; expected a number and a unit, such as 7d, 2m or 250ms"
                .to_owned(),
        ),
        ("limit=-1", "limit: invalid number \"-1\"".to_owned()),
        ("since=now", format!("since: invalid time \"now\"; {time}")),
        (
            "nonsense=1",
            "unknown parameter \"nonsense\"; expected one of: operation, key, caller, error, \
             request, since, until, after, limit, newest, details, count, wait"
                .to_owned(),
        ),
    ] {
        let route = format!("GET events?{query}");
        assert_eq!(refused(address, &route, &Value::Null), (400, message));
    }
}

#[test]
fn waiting_readers_do_not_keep_others_from_the_control_plane() {
    let (_kms, address) = local();
    let _waiting: Vec<_> = (0..100)
        .map(|_| {
            let mut stream = connect(address).unwrap();
            stream
                .write_all(
                    b"GET /_emulator/events?wait=60s HTTP/1.1\r\nHost: localhost\r\n\
                      X-Emulator-Token: any\r\n\r\n",
                )
                .unwrap();
            stream
        })
        .collect();
    assert_eq!(get(address, "clock")["real"], true);
    assert_eq!(get(address, "events")["events"], json!([]));
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

#[test]
fn details_say_what_cloudtrail_does_not() {
    let (kms, address) = local();
    let key = create_key(address);
    kms.faults().on("ListKeys").times(1).throttle();
    call(address, "ListKeys", &json!({}));
    let sign = json!({ "KeyId": key, "Message": "AA==", "SigningAlgorithm": "ECDSA_SHA_256" });
    call(address, "Sign", &sign);
    let page = get(address, "events?details=true&newest=2");
    let names: Vec<_> = page["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["eventName"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["ListKeys", "Sign"]);
    let details = &page["details"];
    assert_eq!(details[0]["number"], 2);
    assert_eq!(details[0]["fault"], 1);
    assert_eq!(details[1]["fault"], Value::Null);
    assert!(
        details[1]["durationMicros"].as_u64().unwrap() > 0,
        "{details}"
    );
    // Without the parameter, an answer has events of CloudTrail only.
    assert_eq!(get(address, "events").get("details"), None);

    let id = page["events"][1]["requestID"].as_str().unwrap();
    let found = get(address, &format!("events?request={id}&details=true"));
    assert_eq!(found["details"], json!([details[1]]));
    for caller in ["000000000000", "arn:aws:iam::000000000000:root"] {
        let found = get(address, &format!("events?caller={caller}"));
        assert_eq!(found["events"].as_array().unwrap().len(), 3, "{caller}");
    }
    let none = get(address, "events?caller=111122223333");
    assert_eq!(none["events"], json!([]));
}
