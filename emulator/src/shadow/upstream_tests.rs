//! An upstream without an answer, or with one that is not of KMS. Nothing is done here then.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::Shadow;
use crate::Kms;
use crate::protocol::{Reply, Request};
use crate::remote::{Address, Credentials, Identity, Options, Remote};

/// Sends a request through a shadow, whose upstream is `upstream`. Returns the reply and the report.
fn send(
    target: Option<&str>,
    timeout: Duration,
    upstream: impl FnOnce(TcpStream) + Send + 'static,
) -> (Reply, Value) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let thread = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut seen = String::new();
        while !seen.ends_with("{}") {
            let mut buffer = [0; 1024];
            let length = stream.read(&mut buffer).unwrap();
            seen += str::from_utf8(&buffer[..length]).unwrap();
        }
        upstream(stream);
    });
    let identity = Identity::fixed(Credentials::new("444455556666", "secret"));
    let options = Options {
        timeout,
        ..Options::default()
    };
    let address = Address::parse(&url).unwrap();
    let remote = Remote::new(address, "us-east-1".to_owned(), identity, options).unwrap();
    let shadow = Shadow::new(remote, false, None);
    let kms = Kms::builder().build_temporary().unwrap();
    let request = Request {
        target,
        body: b"{}",
        ..Request::new("", b"")
    };
    let reply = shadow.answer(&kms, &request);
    thread.join().unwrap();
    assert_eq!(kms.key_count(), 0);
    (
        reply,
        serde_json::to_value(shadow.report().summary()).unwrap(),
    )
}

const CREATE_KEY: Option<&str> = Some("TrentService.CreateKey");
const LONG: Duration = Duration::from_secs(60);

fn answering(status: &str, content_type: &str, body: &str) -> impl FnOnce(TcpStream) + use<> {
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    move |mut stream| stream.write_all(answer.as_bytes()).unwrap()
}

#[test]
fn an_upstream_that_hangs_or_resets_gives_an_error_with_words() {
    let (end, wait) = std::sync::mpsc::channel::<()>();
    let silent = move |stream: TcpStream| {
        // Until the shadow has given up.
        let mut stream = stream;
        let _ = stream.read(&mut [0]);
        drop(end);
    };
    let hung = send(CREATE_KEY, Duration::from_millis(100), silent);
    assert!(wait.recv().is_err());
    let reset = send(CREATE_KEY, LONG, drop);
    let torn = send(CREATE_KEY, LONG, |mut stream| {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            .unwrap();
    });
    for ((reply, report), expected) in [
        (hung, "no answer within 100ms"),
        (reset, "the connection ended before the answer did"),
        (torn, "the connection ended before the answer did"),
    ] {
        assert_eq!(reply.status, 502);
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(body["__type"], "UpstreamUnavailable");
        let message = body["message"].as_str().unwrap();
        assert!(message.contains(expected), "{message}");
        assert!(
            message.ends_with("The upstream may have done what was asked"),
            "{message}"
        );
        assert_eq!(report["unanswered"], 1, "{report}");
        assert_eq!(report["differences"], json!([]), "{report}");
    }
}

#[test]
fn html_is_passed_on_and_is_no_difference() {
    const HTML: &str = "<html>down for maintenance</html>";
    for status in ["200 OK", "403 Forbidden", "503 Service Unavailable"] {
        let (reply, report) = send(CREATE_KEY, LONG, answering(status, "text/html", HTML));
        assert_eq!(reply.status.to_string(), status[..3]);
        assert_eq!(reply.body, HTML.as_bytes());
        assert_eq!(report["different"], 0, "{report}");
        let why = json!({ "the answer is not one of KMS, such as HTML": 1 });
        assert_eq!(report["notCompared"], why, "{report}");
    }
}

#[test]
fn requests_without_an_operation_of_kms_are_counted() {
    let (reply, report) = send(None, LONG, answering("200 OK", "text/xml", "<Account/>"));
    assert_eq!(reply.body, b"<Account/>");
    let why = json!({ "requests without an operation of KMS, such as those of STS": 1 });
    assert_eq!(report["notCompared"], why, "{report}");
}
