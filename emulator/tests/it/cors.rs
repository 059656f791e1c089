//! CORS: only pages of configured origins may use KMS.

use crate::client::{Answer, request};
use crate::process::{Running, emulator, start};

const ALLOWED: &str = "http://localhost:3000";
const LIST_KEYS: &str = "POST / HTTP/1.1\r\nX-Amz-Target: TrentService.ListKeys";

fn start_with(origins: &str) -> Running {
    let mut command = emulator();
    command.args(["--port=0", "--temporary", "--cors-origin", origins]);
    start(command)
}

fn send(running: &Running, head: &str, origin: &str) -> Answer {
    let head = format!("{head}\r\nOrigin: {origin}");
    request(running.address, &head, "{}").unwrap()
}

fn allowed(answer: &Answer) -> Option<&str> {
    answer.header("access-control-allow-origin")
}

#[test]
fn page_of_a_configured_origin_reads_responses_and_errors() {
    let running = start_with("https://shop.example,http://LOCALHOST:3000/");
    let missing = LIST_KEYS.replace("ListKeys", "DescribeKey");
    for (head, status) in [(LIST_KEYS, 200), (&missing, 400)] {
        let answer = send(&running, head, ALLOWED);
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(allowed(&answer), Some(ALLOWED));
        assert_eq!(answer.header("vary"), Some("Origin"));
        let exposed = answer.header("access-control-expose-headers").unwrap();
        assert!(exposed.contains("x-amzn-RequestId"), "{exposed}");
        assert!(exposed.contains("X-Emulator-Reason"), "{exposed}");
    }
    for other in ["http://localhost:3001", "https://localhost:3000", "null"] {
        assert_eq!(allowed(&send(&running, LIST_KEYS, other)), None, "{other}");
    }
}

#[test]
fn answers_preflight_requests() {
    let preflight = "OPTIONS / HTTP/1.1\r\nAccess-Control-Request-Method: POST\r\n\
                  Access-Control-Request-Headers: authorization,x-amz-target,x-new-header\r\n\
                  Access-Control-Request-Private-Network: true";
    let running = start_with(ALLOWED);
    let answer = send(&running, preflight, ALLOWED);
    assert_eq!(answer.status, 204);
    for (name, value) in [
        ("access-control-allow-origin", ALLOWED),
        ("access-control-allow-methods", "POST"),
        (
            "access-control-allow-headers",
            "authorization,x-amz-target,x-new-header",
        ),
        ("access-control-allow-private-network", "true"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    let answer = send(&running, preflight, "http://evil.example");
    assert_eq!((answer.status, allowed(&answer)), (403, None));
}

/// With DNS rebinding, the browser takes the emulator for the page's own server.
#[test]
fn pages_of_other_machines_are_refused_on_a_loopback_address() {
    let running = start_with("https://shop.example");
    let port = running.address.port();
    for (origin, status) in [
        (format!("http://evil.example:{port}"), 403),
        ("http://127.0.0.1.evil.example".to_owned(), 403),
        ("null".to_owned(), 403),
        ("https://shop.example".to_owned(), 200),
        (format!("http://localhost:{port}"), 200),
        ("http://[::1]:3000".to_owned(), 200),
        ("http://127.0.0.1".to_owned(), 200),
    ] {
        let answer = send(&running, LIST_KEYS, &origin);
        assert_eq!(answer.status, status, "{origin}");
    }
    let create = LIST_KEYS.replace("ListKeys", "CreateKey");
    let answer = send(&running, &create, "http://evil.example");
    assert_eq!(answer.json()["__type"], "OriginNotAllowedException");
    let health = request(running.address, "GET /health HTTP/1.1", "").unwrap();
    assert_eq!(health.json()["keys"], 0);
}

#[test]
fn star_allows_all_origins_and_default_allows_none() {
    assert_eq!(
        allowed(&send(&start_with("*"), LIST_KEYS, "http://any.example")),
        Some("*")
    );
    let mut command = emulator();
    command.args(["--port=0", "--temporary"]);
    let closed = start(command);
    assert_eq!(allowed(&send(&closed, LIST_KEYS, ALLOWED)), None);
}

#[test]
fn control_plane_rejects_pages_of_other_origins() {
    let running = start_with("*");
    for method in ["GET", "OPTIONS"] {
        let head = format!(
            "{method} /_emulator/state HTTP/1.1\r\nX-Emulator-Token: local\r\n\
             Access-Control-Request-Method: GET"
        );
        let answer = send(&running, &head, ALLOWED);
        assert_eq!((answer.status, allowed(&answer)), (403, None), "{method}");
    }
}
