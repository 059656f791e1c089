//! Web pages: those of the origins that are named may use KMS, and no other.

use crate::client::{Answer, request};
use crate::process::{Running, emulator, start};

const ALLOWED: &str = "http://localhost:3000";
const LIST_KEYS: &str = "POST / HTTP/1.1\r\nX-Amz-Target: TrentService.ListKeys";

fn with(origins: &str) -> Running {
    let mut command = emulator();
    command.args(["--port=0", "--temporary", "--cors-origin", origins]);
    start(command)
}

fn ask(running: &Running, head: &str, origin: &str) -> Answer {
    let head = format!("{head}\r\nOrigin: {origin}");
    request(running.address, &head, "{}").unwrap()
}

/// A header of an answer.
fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let mut lines = answer.head.lines().filter_map(|line| line.split_once(": "));
    let found = lines.find(|(other, _)| other.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

fn allowed(answer: &Answer) -> Option<&str> {
    header(answer, "access-control-allow-origin")
}

#[test]
fn a_page_of_an_origin_that_is_named_reads_answers_and_errors() {
    let running = with("https://shop.example,http://LOCALHOST:3000/");
    let missing = LIST_KEYS.replace("ListKeys", "DescribeKey");
    for (head, status) in [(LIST_KEYS, 200), (&missing, 400)] {
        let answer = ask(&running, head, ALLOWED);
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(allowed(&answer), Some(ALLOWED));
        assert_eq!(header(&answer, "vary"), Some("Origin"));
        let exposed = header(&answer, "access-control-expose-headers").unwrap();
        assert!(exposed.contains("x-amzn-RequestId"), "{exposed}");
    }
    for other in ["http://localhost:3001", "https://localhost:3000", "null"] {
        assert_eq!(allowed(&ask(&running, LIST_KEYS, other)), None, "{other}");
    }
}

#[test]
fn a_browser_that_asks_first_is_told_what_it_may_send() {
    let asking = "OPTIONS / HTTP/1.1\r\nAccess-Control-Request-Method: POST\r\n\
                  Access-Control-Request-Headers: authorization,x-amz-target,of-tomorrow\r\n\
                  Access-Control-Request-Private-Network: true";
    let running = with(ALLOWED);
    let answer = ask(&running, asking, ALLOWED);
    assert_eq!(answer.status, 204);
    for (name, value) in [
        ("access-control-allow-origin", ALLOWED),
        ("access-control-allow-methods", "POST"),
        (
            "access-control-allow-headers",
            "authorization,x-amz-target,of-tomorrow",
        ),
        ("access-control-allow-private-network", "true"),
    ] {
        assert_eq!(header(&answer, name), Some(value), "{name}");
    }
    let answer = ask(&running, asking, "http://evil.example");
    assert_eq!((answer.status, allowed(&answer)), (404, None));
}

#[test]
fn all_origins_are_let_in_by_a_star_and_none_by_default() {
    assert_eq!(
        allowed(&ask(&with("*"), LIST_KEYS, "http://any.example")),
        Some("*")
    );
    let mut command = emulator();
    command.args(["--port=0", "--temporary"]);
    let closed = start(command);
    assert_eq!(allowed(&ask(&closed, LIST_KEYS, ALLOWED)), None);
}

#[test]
fn the_control_plane_is_for_no_page_of_another_origin() {
    let running = with("*");
    for method in ["GET", "OPTIONS"] {
        let head = format!(
            "{method} /_emulator/state HTTP/1.1\r\nX-Emulator-Token: local\r\n\
             Access-Control-Request-Method: GET"
        );
        let answer = ask(&running, &head, ALLOWED);
        assert_eq!((answer.status, allowed(&answer)), (403, None), "{method}");
    }
}
