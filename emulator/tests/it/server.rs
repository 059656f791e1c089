//! The HTTP server: valid and invalid HTTP, limits, and shutdown.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::num::NonZero;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use kms_emulator::fault::ConnectionFault;
use serde_json::json;
use tokio::task::JoinHandle;

use crate::client::{call, connect, create_key, exchange, request, signing_key};
use crate::in_process::{serve, serve_with};

/// A request as bytes.
fn raw(operation: &str, body: &serde_json::Value) -> String {
    let body = body.to_string();
    let length = body.len();
    format!(
        "POST / HTTP/1.1\r\nHost: h\r\nX-Amz-Target: TrentService.{operation}\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
}

const LIST_KEYS: &str = "POST / HTTP/1.1\r\nHost: h\r\nX-Amz-Target: TrentService.ListKeys\r\n";

#[test]
fn headers_have_the_names_and_order_of_kms() {
    let server = serve();
    let answer = call(
        server.address,
        "GetPublicKey",
        &json!({ "KeyId": "missing" }),
    );
    let names: Vec<_> = answer
        .head
        .lines()
        .skip(1)
        .map(|line| line.split(':').next().unwrap().to_ascii_lowercase())
        .collect();
    assert_eq!(
        names,
        [
            "x-amzn-requestid",
            "cache-control",
            "expires",
            "pragma",
            "date",
            "content-type",
            "content-length",
            "connection", // the request has `Connection: close`
        ]
    );
    assert_eq!(
        answer.body,
        r#"{"__type":"NotFoundException","message":"Invalid keyId 'missing'"}"#
    );
}

#[test]
fn one_connection_serves_many_requests() {
    let server = serve();
    let mut stream = connect(server.address).unwrap();
    for _ in 0..3 {
        write!(stream, "{LIST_KEYS}Content-Length: 2\r\n\r\n{{}}").unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(br#"{"Keys":[],"Truncated":false}"#) {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            answer.push(byte[0]);
        }
    }
}

/// An HTTP/2 client with prior knowledge, and its connection.
async fn http_2(address: SocketAddr) -> (SendRequest<Full<Bytes>>, JoinHandle<()>) {
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let (sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    let connection = tokio::spawn(async move { drop(connection.await) });
    (sender, connection)
}

fn create(address: SocketAddr) -> hyper::Request<Full<Bytes>> {
    hyper::Request::post(format!("http://{address}/"))
        .header("x-amz-target", "TrentService.CreateKey")
        .body(Full::from(signing_key().to_string()))
        .unwrap()
}

#[test]
fn connection_faults_close_http_2_connections() {
    let server = serve();
    for (fault, keys) in [
        (ConnectionFault::DropBefore, 0),
        (ConnectionFault::LoseAnswer, 1),
    ] {
        server
            .kms
            .faults()
            .on("CreateKey")
            .times(1)
            .connection(fault);
        server.runtime.block_on(async {
            let (mut sender, connection) = http_2(server.address).await;
            let error = sender.send_request(create(server.address)).await;
            let error = error.unwrap_err();
            // SDKs retry when the connection is closed, not when one stream is reset.
            assert!(
                !format!("{error:?}").contains("Reset"),
                "{fault:?}: {error:?}"
            );
            connection.await.unwrap();
        });
        assert_eq!(server.kms.key_count(), keys, "{fault:?}");
    }
}

#[test]
fn serves_http_2_with_prior_knowledge() {
    let server = serve();
    let (status, body) = server.runtime.block_on(async {
        let (mut sender, _) = http_2(server.address).await;
        let response = sender.send_request(create(server.address)).await.unwrap();
        let status = response.status();
        (
            status,
            response.into_body().collect().await.unwrap().to_bytes(),
        )
    });
    assert_eq!(status, 200);
    assert!(body.starts_with(br#"{"KeyMetadata":"#), "{body:?}");
}

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
    let short = Duration::from_millis(50);
    let server = serve_with(|limits| {
        limits.head_timeout = short;
        limits.body_timeout = short;
        limits.idle_timeout = short;
    });
    for start in ["", "P", "PRI * HT", "POST / HTTP/1.1\r\nHost"] {
        // Reading ends when the server closes the connection.
        let answer = exchange(server.address, start.as_bytes()).unwrap_or_default();
        assert!(!answer.contains("200"), "{start:?}: {answer}");
    }
    let server = serve_with(|limits| limits.body_timeout = short);
    let body = format!("{LIST_KEYS}Content-Length: 100\r\n\r\n{{");
    let answer = exchange(server.address, body.as_bytes()).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(
        answer.contains(r#"{"__type":"RequestTimeoutException""#),
        "{answer}"
    );
}

#[test]
fn rejects_connections_over_the_limit() {
    let server = serve_with(|limits| {
        limits.connections = 1;
        limits.rejections = 1;
    });
    let mut first = connect(server.address).unwrap();
    write!(first, "{LIST_KEYS}Content-Length: 2\r\n\r\n{{}}").unwrap();
    first.read_exact(&mut [0; 12]).unwrap(); // the request is served

    let answer = call(server.address, "ListKeys", &json!({}));
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["__type"], "ServiceUnavailableException");
}

#[test]
fn rejects_requests_over_the_limit() {
    let server = serve_with(|limits| limits.requests = 1);
    let mut first = connect(server.address).unwrap();
    // The `100 Continue` shows that the head was read, so the request is in flight.
    write!(
        first,
        "{LIST_KEYS}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    )
    .unwrap();
    let mut interim = [0; 25];
    first.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");

    let answer = call(server.address, "ListKeys", &json!({}));
    assert_eq!(answer.status, 503);
    assert_eq!(
        answer.json()["Message"],
        "Simulated KMS has reached its limit of concurrent requests; try again later."
    );
    first.write_all(b"{}").unwrap();
    let mut status = [0; 12];
    first.read_exact(&mut status).unwrap();
    assert_eq!(&status, b"HTTP/1.1 200");
}

/// Generates as many RSA keys as the server has threads. On those threads, the generations would block
/// all other requests.
#[test]
fn rsa_key_generation_does_not_block_other_requests() {
    let server = serve();
    let address = server.address;
    let (done, finished) = mpsc::channel();
    let threads = thread::available_parallelism().map_or(2, NonZero::get);
    let clients: Vec<_> = (0..threads)
        .map(|_| {
            let done = done.clone();
            let body = json!({ "KeySpec": "RSA_4096", "KeyUsage": "SIGN_VERIFY" });
            // The request is sent before the next one starts.
            let mut stream = connect(address).unwrap();
            stream
                .write_all(raw("CreateKey", &body).as_bytes())
                .unwrap();
            thread::spawn(move || {
                let mut first = [0];
                stream.read_exact(&mut first).unwrap();
                done.send("CreateKey").unwrap();
            })
        })
        .collect();
    let answer = call(address, "GenerateRandom", &json!({ "NumberOfBytes": 8 }));
    assert_eq!(answer.status, 200);
    done.send("GenerateRandom").unwrap();
    assert_eq!(finished.recv().unwrap(), "GenerateRandom");
    for client in clients {
        client.join().unwrap();
    }
    server.stop();
}

#[test]
fn shutdown_waits_for_requests_in_flight() {
    let server = serve();
    let mut stream = connect(server.address).unwrap();
    write!(
        stream,
        "{LIST_KEYS}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    )
    .unwrap();
    stream.read_exact(&mut [0; 25]).unwrap();
    let finish = thread::spawn(move || {
        stream.write_all(b"{}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    server.stop();
    let answer = finish.join().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[test]
fn other_methods_and_paths_are_not_kms() {
    let server = serve();
    for line in [
        "POST /keys HTTP/1.1",
        "DELETE / HTTP/1.1",
        "GET /x HTTP/1.1",
    ] {
        let answer = request(server.address, line, "").unwrap();
        assert_eq!(answer.status, 404, "{line}");
        assert_eq!(answer.body, "<UnknownOperationException/>\n", "{line}");
    }
    assert_eq!(
        request(server.address, "POST /health HTTP/1.1", "")
            .unwrap()
            .status,
        405
    );
}

#[test]
fn accounts_and_regions_are_separate() {
    let server = serve();
    let key = create_key(server.address);
    let describe = |account: &str, region: &str| {
        let head = format!(
            "POST / HTTP/1.1\r\nX-Amz-Target: TrentService.DescribeKey\r\nAuthorization: \
             AWS4-HMAC-SHA256 Credential={account}/20260101/{region}/kms/aws4_request, \
             SignedHeaders=host, Signature=0"
        );
        request(server.address, &head, &json!({ "KeyId": key }).to_string())
            .unwrap()
            .status
    };
    assert_eq!(describe("000000000000", "us-east-1"), 200);
    assert_eq!(describe("AKIAIOSFODNN7EXAMPLE", "us-east-1"), 200);
    assert_eq!(describe("111122223333", "us-east-1"), 400);
    assert_eq!(describe("000000000000", "us-west-2"), 400);
}

#[test]
fn invalid_requests_get_errors() {
    let server = serve();
    for target in [
        "TrentService.Sign",
        "TrentService.",
        "Sign",
        "TrentService.Sign\tx",
        "é",
    ] {
        for body in [
            "",
            "{",
            "[]",
            "null",
            "1",
            "\"x\"",
            "{\"KeyId\":1}",
            "\u{0}",
            "{\"KeyId\":[[[[1]]]]}",
        ] {
            let head = format!("POST / HTTP/1.1\r\nX-Amz-Target: {target}");
            let answer = request(server.address, &head, body).unwrap();
            assert_eq!(answer.status, 400, "{target:?} {body:?}: {answer:?}");
        }
    }
    let deep = "[".repeat(100_000);
    let head = "POST / HTTP/1.1\r\nX-Amz-Target: TrentService.Sign";
    assert_eq!(request(server.address, head, &deep).unwrap().status, 400);
}
