//! A client that withholds bodies, sends many requests or reads slowly keeps no other client waiting.

use std::convert::Infallible;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::body::{Body, Bytes, Frame};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use kms_emulator::Kms;
use kms_emulator::protocol::Request;
use kms_emulator::server::{Limits, Server};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy, sink};
use tokio::task::JoinSet;

use crate::client::{call, connect, http_2, raw};
use crate::in_process::{Local, serve, serve_with};

const LIST_KEYS: &str = "POST / HTTP/1.1\r\nHost: h\r\nX-Amz-Target: TrentService.ListKeys\r\n";
/// So that a test fails instead of hanging.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Waits until something is true that the server does in a moment.
fn until(mut is_true: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_true() {
        assert!(started.elapsed() < TIMEOUT, "it did not become true");
        thread::yield_now();
    }
}

fn list_keys(server: &Local) -> u16 {
    call(server.address, "ListKeys", &json!({})).status
}

/// Starts a request whose body the server waits for.
fn withhold(address: SocketAddr, length: usize) -> TcpStream {
    let mut stream = connect(address).unwrap();
    write!(
        stream,
        "{LIST_KEYS}Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
    )
    .unwrap();
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

/// A request that waits for a key as long as `Limits::rsa_key_generations` is 0.
fn wait_for_an_rsa_key(address: SocketAddr) -> TcpStream {
    let body = json!({ "KeySpec": "RSA_4096", "KeyUsage": "SIGN_VERIFY" });
    let mut stream = connect(address).unwrap();
    write!(stream, "{}", raw("CreateKey", &body)).unwrap();
    stream
}

#[test]
fn rejects_requests_over_the_limit() {
    let server = serve_with(|limits| {
        limits.requests = 1;
        limits.rsa_key_generations = 0;
    });
    let mut waiting = Vec::new();
    until(|| {
        // It gets a 503 itself while `ListKeys` runs.
        waiting.push(wait_for_an_rsa_key(server.address));
        list_keys(&server) == 503
    });
    let answer = call(server.address, "ListKeys", &json!({}));
    assert_eq!(
        answer.json()["Message"],
        "Simulated KMS has reached its limit of concurrent requests; try again later."
    );
}

#[test]
fn withheld_bodies_do_not_count_as_requests() {
    let server = serve_with(|limits| limits.requests = 1);
    let mut first = withhold(server.address, 2);
    assert_eq!(list_keys(&server), 200);
    first.write_all(b"{}").unwrap();
    let mut status = [0; 12];
    first.read_exact(&mut status).unwrap();
    assert_eq!(&status, b"HTTP/1.1 200");
}

/// A body that ends after its first byte, or does not end.
struct OneByte {
    byte: Option<Bytes>,
    ends: bool,
}

impl Body for OneByte {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.byte.take() {
            Some(byte) => Poll::Ready(Some(Ok(Frame::data(byte)))),
            None if self.ends => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

#[test]
fn streams_with_withheld_bodies_do_not_keep_others_from_the_kms() {
    let server = serve();
    let post = |ends| {
        hyper::Request::post(format!("http://{}/", server.address))
            .header("x-amz-target", "TrentService.ListKeys")
            .body(OneByte {
                byte: Some(Bytes::from_static(b"{")),
                ends,
            })
            .unwrap()
    };
    let _connections = server.runtime.block_on(async {
        let mut connections = Vec::new();
        for _ in 0..10 {
            let (mut sender, connection) = http_2(server.address).await;
            for _ in 0..127 {
                sender.ready().await.unwrap();
                tokio::spawn(sender.send_request(post(false)));
            }
            // The server read the heads of the streams before this one.
            let response = sender.send_request(post(true)).await.unwrap();
            assert_eq!(response.status(), 400);
            connections.push((sender, connection));
        }
        connections
    });
    assert_eq!(list_keys(&server), 200);
}

#[test]
fn delay_of_a_fault_does_not_count_as_a_request() {
    let server = serve_with(|limits| limits.requests = 1);
    let faults = server.kms.faults();
    faults
        .on("ListKeys")
        .times(1)
        .delay(Duration::from_secs(600));
    let mut delayed = connect(server.address).unwrap();
    write!(delayed, "{}", raw("ListKeys", &json!({}))).unwrap();
    until(|| server.kms.events().count() == 1);
    until(|| list_keys(&server) == 200);
}

#[test]
fn one_connection_does_not_take_all_requests() {
    let server = serve_with(|limits| {
        limits.requests = 2;
        limits.requests_per_connection = 1;
        limits.rsa_key_generations = 0;
    });
    let body = json!({ "KeySpec": "RSA_4096", "KeyUsage": "SIGN_VERIFY" }).to_string();
    let _connection = server.runtime.block_on(async {
        let (mut sender, connection) = http_2::<Full<Bytes>>(server.address).await;
        for _ in 0..5 {
            let create = hyper::Request::post(format!("http://{}/", server.address))
                .header("x-amz-target", "TrentService.CreateKey")
                .body(Full::from(body.clone()));
            tokio::spawn(sender.send_request(create.unwrap()));
        }
        let health = hyper::Request::get(format!("http://{}/health", server.address));
        let health = health.body(Full::default()).unwrap();
        // After the others, whose turn it is before.
        assert_eq!(sender.send_request(health).await.unwrap().status(), 200);
        (sender, connection)
    });
    assert_eq!(list_keys(&server), 200);
}

#[test]
fn refused_requests_do_not_wait_for_rsa_keys() {
    let server = serve_with(|limits| limits.rsa_key_generations = 0);
    let symmetric = call(server.address, "CreateKey", &json!({})).json();
    let symmetric = &symmetric["KeyMetadata"]["KeyId"];
    let tags = json!([{ "TagKey": "aws:a", "TagValue": "" }]);
    for (operation, input, error) in [
        (
            "CreateKey",
            json!({ "KeySpec": "RSA_2048" }),
            "ValidationException",
        ),
        (
            "CreateKey",
            json!({ "KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY", "Tags": tags }),
            "TagException",
        ),
        (
            "GenerateDataKeyPair",
            json!({ "KeyId": "alias/missing", "KeyPairSpec": "RSA_2048" }),
            "NotFoundException",
        ),
        (
            "GenerateDataKeyPair",
            json!({ "KeyId": symmetric, "KeyPairSpec": "RSA_4096", "DryRun": true }),
            "DryRunOperationException",
        ),
        (
            "GetParametersForImport",
            json!({ "KeyId": symmetric, "WrappingAlgorithm": "RSAES_OAEP_SHA_256",
                    "WrappingKeySpec": "RSA_4096" }),
            "UnsupportedOperationException",
        ),
    ] {
        let answer = call(server.address, operation, &input);
        assert_eq!(answer.json()["__type"], error, "{operation} {input}");
    }
}

#[test]
fn memory_for_bodies_has_a_limit_over_all_connections() {
    let server = serve_with(|limits| {
        limits.body_memory = 10_000;
        limits.body_memory_per_connection = 100;
    });
    let large = json!({ "Marker": "x".repeat(8_000) });
    let status = || call(server.address, "ListKeys", &large).status;
    assert_eq!(status(), 400, "the marker is invalid");
    // A body is refused if it arrives while the previous request still has its memory, so each round
    // sends another one.
    let mut withheld = Vec::new();
    until(|| {
        let mut body = withhold(server.address, 10_000);
        body.write_all(&[b' '; 9_000]).unwrap();
        withheld.push(body);
        status() == 503
    });
    assert_eq!(list_keys(&server), 200, "a connection has its own memory");
    drop(withheld);
    until(|| status() == 400);
}

#[tokio::test]
async fn connections_that_pipeline_requests_do_not_keep_others_waiting() {
    let first = requests_that_come_first(0).await;
    assert!(first < 30, "{first} cheap requests came first");
    let first = requests_that_come_first(1000).await;
    assert!(first < 8, "{first} slow requests came first");
}

/// How many requests of two connections that pipeline `ListKeys` come before one of a third. The server
/// and its clients share one thread, so the number does not depend on the load of the machine.
async fn requests_that_come_first(keys: usize) -> usize {
    let kms = Arc::new(Kms::builder().build_temporary().unwrap());
    for _ in 0..keys {
        kms.handle(&Request::new("TrentService.CreateKey", b"{}"));
    }
    let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
    let server = Server::bind(any_port, Arc::clone(&kms), Limits::default()).await;
    let server = server.unwrap();
    let address = server.local_addr().unwrap();
    let server = tokio::spawn(server.run(std::future::pending()));

    let mut other = connect_async(address).await;
    list_aliases(&mut other).await;
    let lists = raw("ListKeys", &json!({ "Limit": 1000 })).repeat(2000);
    for _ in 0..2 {
        let (mut responses, mut requests) = connect_async(address).await.into_split();
        let lists = lists.clone();
        tokio::spawn(async move {
            requests.write_all(lists.as_bytes()).await.unwrap();
            requests
        });
        responses.read_exact(&mut [0; 12]).await.unwrap();
        // So that the server can send.
        tokio::spawn(async move { drop(copy(&mut responses, &mut sink()).await) });
    }
    let before = kms.events().of("ListKeys").count();
    assert!(before < 4000);
    list_aliases(&mut other).await;
    let first = kms.events().of("ListKeys").count() - before;
    server.abort();
    first
}

async fn connect_async(address: SocketAddr) -> tokio::net::TcpStream {
    tokio::net::TcpStream::connect(address).await.unwrap()
}

async fn list_aliases(stream: &mut tokio::net::TcpStream) {
    let request = raw("ListAliases", &json!({}));
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    while !response.ends_with(b"}") {
        stream.read_buf(&mut response).await.unwrap();
    }
}

#[test]
fn memory_for_unread_responses_has_a_limit_over_all_connections() {
    let server = serve_with(|limits| {
        limits.response_memory = 200_000;
        limits.response_memory_per_connection = 20_000;
    });
    for _ in 0..100 {
        let create = server
            .kms
            .handle(&Request::new("TrentService.CreateKey", b"{}"));
        assert_eq!(create.status, 200);
    }
    let list = || {
        hyper::Request::post(format!("http://{}/", server.address))
            .header("x-amz-target", "TrentService.ListKeys")
            .body(Full::new(Bytes::from_static(b"{}")))
            .unwrap()
    };
    server.runtime.block_on(async {
        let stream = TokioIo::new(connect_async(server.address).await);
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder.initial_stream_window_size(1_000);
        let (mut sender, connection) = builder.handshake(stream).await.unwrap();
        tokio::spawn(connection);
        let mut unread = Vec::new();
        loop {
            let response = sender.send_request(list()).await.unwrap();
            match response.status().as_u16() {
                200 => unread.push(response),
                status => break assert_eq!(status, 503),
            }
            assert!(unread.len() < 50, "there is no limit");
        }
        assert!(unread.len() > 5);
        let (address, empty) = (server.address, json!({}));
        let other = tokio::task::spawn_blocking(move || call(address, "ListKeys", &empty).status);
        assert_eq!(other.await.unwrap(), 200, "a connection has its own memory");
        drop(unread);
        let started = Instant::now();
        while sender.send_request(list()).await.unwrap().status() != 200 {
            assert!(started.elapsed() < TIMEOUT);
        }
    });
}

#[test]
fn one_connection_has_few_event_readers() {
    let server = serve_with(|limits| limits.event_readers_per_connection = 2);
    let events = |wait: &str| {
        hyper::Request::get(format!(
            "http://{}/_emulator/events?wait={wait}",
            server.address
        ))
        .header("x-emulator-token", "any")
        .body(Full::<Bytes>::default())
        .unwrap()
    };
    server.runtime.block_on(async {
        let (mut sender, _connection) = http_2(server.address).await;
        let mut readers = JoinSet::new();
        for _ in 0..3 {
            readers.spawn(sender.send_request(events("60s")));
        }
        let refused = readers.join_next().await.unwrap().unwrap().unwrap();
        assert_eq!(refused.status(), 503);
        let (mut other, _connection) = http_2(server.address).await;
        let response = other.send_request(events("0s")).await.unwrap();
        assert_eq!(response.status(), 200);
    });
}
