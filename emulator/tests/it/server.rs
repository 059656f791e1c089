//! The HTTP server: valid and invalid HTTP, and shutdown.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::num::NonZero;
use std::sync::mpsc;
use std::thread;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use kms_emulator::fault::ConnectionFault;
use serde_json::json;

use crate::client::{call, connect, create_key, http_2, raw, request, signing_key};
use crate::in_process::serve;

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
