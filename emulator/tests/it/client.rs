//! A minimal HTTP client that gives access to the raw bytes, and one for HTTP/2.

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use hyper::body::Body;
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

/// So that a test fails instead of hanging.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        let header = headers.find(|(other, _)| other.eq_ignore_ascii_case(name));
        header.map(|(_, value)| value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    fn parse(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let mut answer = Self {
            status,
            head: head.to_owned(),
            body: body.to_owned(),
        };
        if answer.header("transfer-encoding") == Some("chunked") {
            answer.body = joined(body)?;
        }
        Some(answer)
    }
}

/// The chunks of a body; `None` if it is incomplete.
fn joined(mut chunks: &str) -> Option<String> {
    let mut body = String::new();
    loop {
        let (length, rest) = chunks.split_once("\r\n")?;
        let length = usize::from_str_radix(length, 16).ok()?;
        if length == 0 {
            return Some(body);
        }
        body.push_str(rest.get(..length)?);
        chunks = rest.get(length..)?.strip_prefix("\r\n")?;
    }
}

pub(crate) fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    Ok(stream)
}

/// Sends bytes and reads until the server closes the connection.
pub(crate) fn exchange(address: SocketAddr, bytes: &[u8]) -> std::io::Result<String> {
    let mut stream = connect(address)?;
    stream.write_all(bytes)?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Ok(text)
}

/// Sends one request and reads its response; `None` if the connection broke.
pub(crate) fn request(address: SocketAddr, head: &str, body: &str) -> Option<Answer> {
    let length = body.len();
    let text = format!(
        "{head}\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    Answer::parse(&exchange(address, text.as_bytes()).ok()?)
}

/// Calls an operation; `None` if the connection broke.
pub(crate) fn try_call(address: SocketAddr, operation: &str, input: &Value) -> Option<Answer> {
    let head = format!(
        "POST / HTTP/1.1\r\nX-Amz-Target: TrentService.{operation}\r\n\
         Content-Type: application/x-amz-json-1.1"
    );
    request(address, &head, &input.to_string())
}

/// Calls an operation.
pub(crate) fn call(address: SocketAddr, operation: &str, input: &Value) -> Answer {
    try_call(address, operation, input).expect("the emulator answers")
}

/// Creates a signing key and returns its id.
pub(crate) fn create_key(address: SocketAddr) -> String {
    let answer = call(address, "CreateKey", &signing_key());
    assert_eq!(answer.status, 200, "{answer:?}");
    text(&answer.json()["KeyMetadata"]["KeyId"])
}

pub(crate) fn signing_key() -> Value {
    json!({ "KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY" })
}

pub(crate) fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is a text"))
        .to_owned()
}

/// A request as bytes.
pub(crate) fn raw(operation: &str, body: &Value) -> String {
    let body = body.to_string();
    let length = body.len();
    format!(
        "POST / HTTP/1.1\r\nHost: h\r\nX-Amz-Target: TrentService.{operation}\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
}

/// An HTTP/2 client with prior knowledge, and its connection.
pub(crate) async fn http_2<B>(address: SocketAddr) -> (SendRequest<B>, JoinHandle<()>)
where
    B: Body + Send + Unpin + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let (sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    let connection = tokio::spawn(async move { drop(connection.await) });
    (sender, connection)
}
