//! A test with the module.

use simulated_kms_testcontainers::{SimulatedKms, request, start, with_seed};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const SEED: &str = "keys: [{alias: alias/orders, spec: ECC_NIST_P256, usage: SIGN_VERIFY, material: {seed: orders}}]";

/// Sends a request without the SDK.
async fn public_key(kms: &SimulatedKms) -> String {
    let address = kms.endpoint_url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let body = r#"{"KeyId":"alias/orders"}"#;
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nX-Amz-Target: TrentService.GetPublicKey\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (_, rest) = answer.split_once(r#""PublicKey":""#).expect(&answer);
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn seed() {
    let mut keys = Vec::new();
    for _ in 0..2 {
        let kms = start(with_seed(request(), SEED)).await.unwrap();
        keys.push(public_key(&kms).await);
    }
    assert_eq!(keys[0], keys[1]);
}
