//! Limits of the server, and what a client gets over a limit.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use kms_emulator::server::Limits;
use serde_json::json;
use tokio::time::timeout;

use crate::client::{call, connect, exchange, http_2, request};
use crate::in_process::{serve, serve_with};

const LIST_KEYS: &str = "POST / HTTP/1.1\r\nHost: h\r\nX-Amz-Target: TrentService.ListKeys\r\n";
const SHORT: Duration = Duration::from_millis(50);
/// So that a test fails instead of hanging.
const TIMEOUT: Duration = Duration::from_secs(20);

#[test]
fn rejects_a_body_over_the_limit() {
    let server = serve_with(|limits| limits.body_size = 1000);
    let with_length = format!("{LIST_KEYS}Content-Length: 1001\r\n\r\n");
    let chunk = "x".repeat(1001);
    let chunked =
        format!("{LIST_KEYS}Transfer-Encoding: chunked\r\n\r\n3e9\r\n{chunk}\r\n0\r\n\r\n");
    for request in [with_length, chunked] {
        let answer = exchange(server.address, request.as_bytes()).unwrap();
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(
            answer.contains(r#"{"__type":"RequestEntityTooLargeException""#),
            "{answer}"
        );
    }
    assert_eq!(call(server.address, "ListKeys", &json!({})).status, 200);
}

/// Most clients send the whole body before they read.
#[test]
fn client_that_sends_all_of_a_large_body_reads_the_413() {
    let server = serve();
    let size = 32 << 20;
    let body = "x".repeat(size);
    let with_length = format!("{LIST_KEYS}Content-Length: {size}\r\n\r\n{body}");
    let chunked =
        format!("{LIST_KEYS}Transfer-Encoding: chunked\r\n\r\n{size:x}\r\n{body}\r\n0\r\n\r\n");
    for request in [with_length, chunked] {
        let answer = exchange(server.address, request.as_bytes()).unwrap();
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(answer.ends_with('}'), "{answer}");
    }
    server.runtime.block_on(async {
        let (mut sender, _connection) = http_2::<Full<Bytes>>(server.address).await;
        let request = hyper::Request::post(format!("http://{}/", server.address))
            .body(Full::from("x".repeat(4 << 20)));
        let response = sender.send_request(request.unwrap()).await.unwrap();
        assert_eq!(response.status(), 413);
    });
}

#[test]
fn a_body_is_not_discarded_without_end() {
    let server = serve_with(|limits| limits.discarded_size = 1 << 20);
    let mut stream = connect(server.address).unwrap();
    write!(stream, "{LIST_KEYS}Content-Length: 1000000000\r\n\r\n").unwrap();
    let chunk = vec![0; 64 * 1024];
    let sent = (0..15_000).take_while(|_| stream.write_all(&chunk).is_ok());
    assert!(sent.count() < 1000);
}

#[test]
fn rejects_a_head_over_the_limit() {
    let server = serve_with(|limits| limits.head_size = 8 * 1024);
    let long = "x".repeat(9 * 1024);
    let answer = exchange(
        server.address,
        format!("{LIST_KEYS}X-Long: {long}\r\n\r\n").as_bytes(),
    )
    .unwrap();
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[test]
fn slow_clients_time_out() {
    let server = serve_with(|limits| {
        limits.head_timeout = SHORT;
        limits.body_timeout = SHORT;
        limits.idle_timeout = SHORT;
    });
    for start in ["", "P", "PRI * HT", "POST / HTTP/1.1\r\nHost"] {
        // Reading ends when the server closes the connection.
        let answer = exchange(server.address, start.as_bytes()).unwrap_or_default();
        assert!(!answer.contains("200"), "{start:?}: {answer}");
    }
    let server = serve_with(|limits| limits.body_timeout = SHORT);
    let body = format!("{LIST_KEYS}Content-Length: 100\r\n\r\n{{");
    let answer = exchange(server.address, body.as_bytes()).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(
        answer.contains(r#"{"__type":"RequestTimeoutException""#),
        "{answer}"
    );
}

#[test]
fn http_2_connections_without_requests_time_out() {
    let server = serve_with(|limits| limits.head_timeout = SHORT);
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let with_settings = format!("{preface}\0\0\0\u{4}\0\0\0\0\0");
    for start in ["PRI * HT", preface, &with_settings] {
        let mut stream = connect(server.address).unwrap();
        stream.write_all(start.as_bytes()).unwrap();
        let ended = stream.read_to_end(&mut Vec::new());
        assert!(ended.is_ok(), "{start:?}: {ended:?}");
    }
    // Pings are not requests.
    server.runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(server.address).await;
        let (_sender, connection) = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(SHORT / 5)
            .keep_alive_while_idle(true)
            .handshake::<_, Full<Bytes>>(TokioIo::new(stream.unwrap()))
            .await
            .unwrap();
        let ended = timeout(TIMEOUT, connection).await;
        ended.expect("the server closes the connection").unwrap();
    });
}

#[test]
fn rejects_connections_over_the_limit() {
    let server = serve_with(|limits| {
        limits.connections = 1;
        limits.rejections = 2;
    });
    let mut first = connect(server.address).unwrap();
    write!(first, "{LIST_KEYS}Content-Length: 2\r\n\r\n{{}}").unwrap();
    first.read_exact(&mut [0; 12]).unwrap(); // the request is served

    // Silent connections do not keep a client from its response.
    let _silent: Vec<_> = (0..50).map(|_| connect(server.address).unwrap()).collect();
    for _ in 0..3 {
        let answer = call(server.address, "ListKeys", &json!({}));
        assert_eq!(answer.status, 503);
        assert_eq!(answer.json()["__type"], "ServiceUnavailableException");
    }
}

#[test]
fn default_limits_fit_together() {
    let limits = Limits::default();
    // Usually, a process may open 1024 files.
    assert!(limits.connections + limits.rejections + limits.network_bound < 900);
    let of_connections = limits.connections * limits.body_memory_per_connection;
    assert!(limits.body_memory + of_connections <= 128 << 20);
    assert!(limits.requests_per_connection * 10 < limits.requests);
}

#[test]
fn a_request_has_one_target() {
    let server = serve();
    let two = "POST / HTTP/1.1\r\nX-Amz-Target: TrentService.ListKeys\r\n\
               X-Amz-Target: TrentService.CreateKey";
    let answer = request(server.address, two, "{}").unwrap();
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body, r#"{"__type":"UnknownOperationException"}"#);
    assert_eq!(server.kms.key_count(), 0);
}
