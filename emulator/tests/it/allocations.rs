//! The allocations of a request over HTTP. Unlike times, they do not depend on the load of the machine.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;

use kms_emulator::Kms;
use kms_emulator::protocol::Request;
use kms_emulator::server::{Limits, Server};
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// Sends requests on one connection.
pub(crate) fn send(address: SocketAddr, target: &str, body: &str, count: u32) {
    let mut socket = TcpStream::connect(address).unwrap();
    let length = body.len();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nX-Amz-Target: {target}\r\n\
         Content-Type: application/x-amz-json-1.1\r\nContent-Length: {length}\r\n\
         User-Agent: aws-sdk-rust/1.3.14 os/linux lang/rust/1.90.0\r\n\
         X-Amz-Date: 20260101T000000Z\r\nAuthorization: AWS4-HMAC-SHA256 \
         Credential=AKIDEXAMPLE/20260101/us-east-1/kms/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature={}\r\n\r\n{body}",
        "0".repeat(64),
    );
    let mut buffer = [0; 16 * 1024];
    for _ in 0..count {
        socket.write_all(request.as_bytes()).unwrap();
        let mut read = 0;
        loop {
            read += socket.read(&mut buffer[read..]).unwrap();
            let answer = std::str::from_utf8(&buffer[..read]).unwrap();
            let Some((head, body)) = answer.split_once("\r\n\r\n") else {
                continue;
            };
            assert!(head.starts_with("HTTP/1.1 200 "), "{answer}");
            let head = head.to_ascii_lowercase();
            let mut lines = head.lines();
            let length = lines.find_map(|line| line.strip_prefix("content-length: "));
            if body.len() == length.unwrap().parse::<usize>().unwrap() {
                break;
            }
        }
    }
}

/// The allocations of a server that answers requests. It runs on this thread, and the client on
/// another.
fn allocations(kms: &Arc<Kms>, target: &str, body: &str, count: u32) -> u64 {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    let (stop, stopped) = oneshot::channel();
    let address = ([127, 0, 0, 1], 0).into();
    let bound = Server::bind(address, Arc::clone(kms), Limits::default());
    let server = runtime.block_on(bound).unwrap();
    let address = server.local_addr().unwrap();
    thread::scope(|scope| {
        scope.spawn(move || {
            send(address, target, body, count);
            stop.send(()).unwrap();
        });
        let measured = allocation_counter::measure(|| {
            runtime.block_on(server.run(async { stopped.await.unwrap() }));
        });
        measured.count_total
    })
}

/// The allocations of one more request.
fn per_request(kms: &Arc<Kms>, operation: &str, body: &Value) -> u64 {
    let (target, body) = (format!("TrentService.{operation}"), body.to_string());
    let few = allocations(kms, &target, &body, 100);
    let many = allocations(kms, &target, &body, 300);
    many.saturating_sub(few) / 200
}

fn create_key(kms: &Kms, input: &Value) -> String {
    let body = input.to_string();
    let reply = kms.handle(&Request::new("TrentService.CreateKey", body.as_bytes()));
    let answer: Value = serde_json::from_slice(&reply.body).unwrap();
    answer["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
}

#[test]
fn a_request_makes_few_allocations() {
    let kms = Arc::new(Kms::builder().build_temporary().unwrap());
    let key = create_key(&kms, &json!({}));
    let signer = json!({ "KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY" });
    let signer = create_key(&kms, &signer);
    let digest = "A".repeat(43) + "=";
    let sign = json!({
        "KeyId": signer, "Message": digest, "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256",
    });
    for (operation, body, limit) in [
        ("Encrypt", json!({ "KeyId": key, "Plaintext": digest }), 39),
        ("Sign", sign, 43),
        ("DescribeKey", json!({ "KeyId": key }), 33),
        ("GenerateRandom", json!({ "NumberOfBytes": 32 }), 23),
    ] {
        let found = per_request(&kms, operation, &body);
        println!("{operation}: {found} allocations");
        assert!(
            found <= limit,
            "{operation}: {found} allocations, at most {limit}"
        );
    }
}
