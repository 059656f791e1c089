//! The server: HTTP as clients speak it, and as they should not.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZero;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use kms_emulator::Kms;
use kms_emulator::fault::Cut;
use kms_emulator::server::{Limits, Server};
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::client::{call, connect, create_key, exchange, request, signing_key};

/// A server in this process, with limits of the test's own.
struct Local {
    runtime: Runtime,
    kms: Arc<Kms>,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    stopped: JoinHandle<()>,
}

fn serve(limits: Limits) -> Local {
    let runtime = Runtime::new().unwrap();
    let kms = Arc::new(Kms::builder().build_temporary().unwrap());
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = Server::bind(any, Arc::clone(&kms), limits);
    let server = runtime.block_on(server).unwrap();
    let address = server.local_addr().unwrap();
    let (stop, asked) = oneshot::channel();
    let stopped = runtime.spawn(server.run(async {
        let _ = asked.await;
    }));
    Local {
        runtime,
        kms,
        address,
        stop,
        stopped,
    }
}

impl Local {
    fn stop(self) {
        self.stop.send(()).unwrap();
        self.runtime.block_on(self.stopped).unwrap();
    }
}

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
fn headers_are_those_of_kms_in_its_order() {
    let server = serve(Limits::default());
    let answer = call(
        server.address,
        "GetPublicKey",
        &json!({ "KeyId": "nobody" }),
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
            "connection", // of this test's request, which wants the connection closed
        ]
    );
    assert_eq!(
        answer.body,
        r#"{"__type":"NotFoundException","message":"Invalid keyId 'nobody'"}"#
    );
}

#[test]
fn one_connection_serves_many_requests() {
    let server = serve(Limits::default());
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

/// A client of HTTP/2, which begins with it; its connection, until it ends.
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
fn a_fault_that_drops_a_connection_drops_one_of_http_2_whole() {
    let server = serve(Limits::default());
    for (cut, keys) in [(Cut::DropBefore, 0), (Cut::LoseAnswer, 1)] {
        server.kms.faults().on("CreateKey").times(1).cut(cut);
        server.runtime.block_on(async {
            let (mut sender, connection) = http_2(server.address).await;
            let error = sender.send_request(create(server.address)).await;
            let error = error.unwrap_err();
            // Not the request alone was reset: SDKs try again when the connection is gone.
            assert!(
                !format!("{error:?}").contains("Reset"),
                "{cut:?}: {error:?}"
            );
            connection.await.unwrap();
        });
        assert_eq!(server.kms.key_count(), keys, "{cut:?}");
    }
}

#[test]
fn http_2_without_tls_is_spoken_to_who_begins_with_it() {
    let server = serve(Limits::default());
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
fn a_body_over_the_limit_is_refused_announced_or_not() {
    let server = serve(Limits {
        body: 1000,
        ..Limits::default()
    });
    let announced = format!("{LIST_KEYS}Content-Length: 1001\r\n\r\n");
    let chunk = "x".repeat(1001);
    let chunked =
        format!("{LIST_KEYS}Transfer-Encoding: chunked\r\n\r\n3e9\r\n{chunk}\r\n0\r\n\r\n");
    for request in [announced, chunked] {
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
fn a_head_over_the_limit_is_refused() {
    let server = serve(Limits {
        head: 8 * 1024,
        ..Limits::default()
    });
    let long = "x".repeat(9 * 1024);
    let answer = exchange(
        server.address,
        format!("{LIST_KEYS}X-Long: {long}\r\n\r\n").as_bytes(),
    )
    .unwrap();
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[test]
fn a_slow_client_holds_nothing_for_ever() {
    let short = Duration::from_millis(50);
    let limits = Limits {
        head_time: short,
        body_time: short,
        idle: short,
        ..Limits::default()
    };
    let server = serve(limits);
    for begun in ["", "P", "PRI * HT", "POST / HTTP/1.1\r\nHost"] {
        // The server ends it: reading comes to an end without anything having been asked.
        let answer = exchange(server.address, begun.as_bytes()).unwrap_or_default();
        assert!(!answer.contains("200"), "{begun:?}: {answer}");
    }
    let no_idle_limit = Limits {
        idle: Duration::from_secs(60),
        ..limits
    };
    let server = serve(no_idle_limit);
    let body = format!("{LIST_KEYS}Content-Length: 100\r\n\r\n{{");
    let answer = exchange(server.address, body.as_bytes()).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(
        answer.contains(r#"{"__type":"RequestTimeoutException""#),
        "{answer}"
    );
}

#[test]
fn a_connection_over_the_limit_is_told_so() {
    let server = serve(Limits {
        connections: 1,
        refusals: 1,
        ..Limits::default()
    });
    let mut first = connect(server.address).unwrap();
    write!(first, "{LIST_KEYS}Content-Length: 2\r\n\r\n{{}}").unwrap();
    first.read_exact(&mut [0; 12]).unwrap(); // it is being served

    let answer = call(server.address, "ListKeys", &json!({}));
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["__type"], "ServiceUnavailableException");
}

#[test]
fn a_request_over_the_limit_is_told_so() {
    let server = serve(Limits {
        requests: 1,
        ..Limits::default()
    });
    let mut first = connect(server.address).unwrap();
    // It is under way as soon as its head is read; its body comes later. `Expect` tells when.
    write!(
        first,
        "{LIST_KEYS}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    )
    .unwrap();
    let mut go_on = [0; 25];
    first.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");

    let answer = call(server.address, "ListKeys", &json!({}));
    assert_eq!(answer.status, 503);
    first.write_all(b"{}").unwrap();
    let mut status = [0; 12];
    first.read_exact(&mut status).unwrap();
    assert_eq!(&status, b"HTTP/1.1 200");
}

/// As many RSA keys at once as the server has threads: made on these, they would hold up everything.
#[test]
fn making_rsa_keys_does_not_hold_up_other_requests() {
    let server = serve(Limits::default());
    let address = server.address;
    let (tell, told) = mpsc::channel();
    let threads = thread::available_parallelism().map_or(2, NonZero::get);
    let makers: Vec<_> = (0..threads)
        .map(|_| {
            let tell = tell.clone();
            let body = json!({ "KeySpec": "RSA_4096", "KeyUsage": "SIGN_VERIFY" });
            // The request is on its way before the next one begins.
            let mut stream = connect(address).unwrap();
            stream
                .write_all(raw("CreateKey", &body).as_bytes())
                .unwrap();
            thread::spawn(move || {
                let mut first = [0];
                stream.read_exact(&mut first).unwrap();
                tell.send("CreateKey").unwrap();
            })
        })
        .collect();
    let answer = call(address, "GenerateRandom", &json!({ "NumberOfBytes": 8 }));
    assert_eq!(answer.status, 200);
    tell.send("GenerateRandom").unwrap();
    assert_eq!(told.recv().unwrap(), "GenerateRandom");
    for maker in makers {
        maker.join().unwrap();
    }
    server.stop();
}

#[test]
fn stopping_lets_a_request_under_way_finish() {
    let server = serve(Limits::default());
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
fn other_methods_and_paths_are_not_the_service() {
    let server = serve(Limits::default());
    for line in ["GET / HTTP/1.1", "POST /keys HTTP/1.1", "DELETE / HTTP/1.1"] {
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
fn accounts_and_regions_live_side_by_side() {
    let server = serve(Limits::default());
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
fn no_bytes_make_the_server_fall() {
    let server = serve(Limits::default());
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
