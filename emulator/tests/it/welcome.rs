//! `GET /`: the page for people.

use crate::client::{exchange, request};
use crate::in_process::local;
use crate::process::{emulator, start};

const BROWSER: &str =
    "GET / HTTP/1.1\r\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[test]
fn browsers_get_the_console_with_strict_headers() {
    let (_kms, address) = local();
    let page = request(address, BROWSER, "").unwrap();
    let script = request(address, "GET /console/app.mjs HTTP/1.1", "").unwrap();
    let types = [&page, &script].map(|answer| answer.header("content-type").unwrap().to_owned());
    assert_eq!(
        types,
        ["text/html; charset=utf-8", "text/javascript; charset=utf-8"]
    );
    for answer in [&page, &script] {
        assert_eq!(answer.status, 200);
        let policy = answer.header("content-security-policy").unwrap();
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ] {
            assert!(policy.split("; ").any(|other| other == part), "{policy}");
        }
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("vary"), Some("Accept"));
    }
    // The policy blocks inline code.
    assert!(!page.body.contains("<style") && !page.body.contains("<script>"));
    for head in [
        "GET /console/none.mjs HTTP/1.1",
        "GET /console/ HTTP/1.1",
        "GET /console/../Cargo.toml HTTP/1.1",
        "POST /console/app.mjs HTTP/1.1",
    ] {
        assert_eq!(request(address, head, "").unwrap().status, 404, "{head}");
    }
}

#[test]
fn the_console_needs_a_loopback_name_or_a_token() {
    let (_kms, address) = local();
    let with_host = |path: &str| {
        let bytes = format!(
            "GET {path} HTTP/1.1\r\nHost: evil.example\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
        );
        exchange(address, bytes.as_bytes()).unwrap()
    };
    let page = with_host("/");
    assert!(page.contains("needs a loopback host name"), "{page}");
    assert!(!page.contains("<script"), "{page}");
    let script = with_host("/console/app.mjs");
    assert!(script.starts_with("HTTP/1.1 404 "), "{script}");
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
        // Where the control plane is off, browsers get no console.
        let is_off = expected.starts_with("off");
        let page = request(address, BROWSER, "").unwrap();
        assert_eq!(page.body.contains("<script"), !is_off, "{}", page.body);
        assert_eq!(page.body.contains(expected), is_off, "{}", page.body);
    }
}
