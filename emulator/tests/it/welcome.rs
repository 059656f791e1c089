//! `GET /`: the page for people.

use crate::client::{exchange, request};
use crate::in_process::local;
use crate::process::{emulator, start};

const BROWSER: &str =
    "GET / HTTP/1.1\r\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[test]
fn browsers_get_html_with_strict_headers() {
    let (kms, address) = local();
    let answer = request(address, BROWSER, "").unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("vary"), Some("Accept"));
    let endpoint = format!("export AWS_ENDPOINT_URL_KMS={}", kms.endpoint_url());
    let version = env!("CARGO_PKG_VERSION");
    let title = format!("Simulated KMS {version} is running");
    for part in [
        title.as_str(),
        endpoint.as_str(),
        "href=\"/health\"",
        "/_emulator/",
        "X-Emulator-Token",
    ] {
        assert!(answer.body.contains(part), "{part}: {}", answer.body);
    }
    // The policy blocks styles and scripts.
    assert!(!answer.body.contains("<style") && !answer.body.contains("<script"));
}

#[test]
fn terminals_get_plain_text() {
    let (kms, address) = local();
    for head in ["GET / HTTP/1.1\r\nAccept: */*", "GET / HTTP/1.1"] {
        let answer = request(address, head, "").unwrap();
        assert_eq!(
            answer.header("content-type"),
            Some("text/plain; charset=utf-8")
        );
        let endpoint = format!("export AWS_ENDPOINT_URL_KMS={}\n", kms.endpoint_url());
        assert!(answer.body.contains(&endpoint), "{}", answer.body);
        assert!(answer.body.ends_with('\n') && !answer.body.contains('<'));
    }
    let answer = request(address, "HEAD / HTTP/1.1", "").unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
}

#[test]
fn host_is_shown_only_if_it_is_plain() {
    let (_kms, address) = local();
    let bytes = "GET / HTTP/1.1\r\nHost: a<b>&c\r\nConnection: close\r\n\r\n";
    let answer = exchange(address, bytes.as_bytes()).unwrap();
    assert!(!answer.contains("a<b>"), "{answer}");
}

#[test]
fn requests_of_sdks_get_no_page() {
    let (_kms, address) = local();
    for header in [
        "Authorization: AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/kms/aws4_request",
        "X-Amz-Date: 20260101T000000Z",
        "X-Amz-Target: TrentService.ListKeys",
    ] {
        let answer = request(address, &format!("{BROWSER}\r\n{header}"), "").unwrap();
        assert_eq!(answer.status, 404, "{header}");
        assert_eq!(answer.body, "<UnknownOperationException/>\n", "{header}");
    }
}

#[test]
fn page_shows_access_to_the_control_plane() {
    for (arguments, expected) in [
        (
            &["--control-token=t0ken"][..],
            "with the value of --control-token",
        ),
        (
            &["--host=0.0.0.0"],
            "off; start with --control-token to turn it on",
        ),
        (&[], "with any value"),
    ] {
        let mut command = emulator();
        command.args(["--port=0", "--temporary"]).args(arguments);
        let running = start(command);
        let address = std::net::SocketAddr::from(([127, 0, 0, 1], running.address.port()));
        let answer = request(address, "GET / HTTP/1.1", "").unwrap();
        assert!(answer.body.contains(expected), "{}", answer.body);
        assert!(!answer.body.contains("t0ken"), "{}", answer.body);
    }
}
