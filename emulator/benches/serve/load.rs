//! The client: requests over connections that stay open, from one thread.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

/// What a load of some seconds did.
pub(crate) struct Load {
    pub(crate) requests: f64,
    pub(crate) seconds: f64,
    /// In milliseconds.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
}

/// Sends a request over and over on each connection, one after the other.
pub(crate) fn load(
    address: SocketAddr,
    request: &[u8],
    connections: usize,
    duration: Duration,
) -> Load {
    let request: Arc<[u8]> = request.into();
    let started = Instant::now();
    let until = started + duration;
    let all = runtime().block_on(async {
        let tasks: Vec<_> = (0..connections)
            .map(|_| tokio::spawn(repeat(address, Arc::clone(&request), until)))
            .collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.unwrap());
        }
        all
    });
    let seconds = started.elapsed().as_secs_f64();
    let mut times: Vec<f64> = all.iter().map(|time| time.as_secs_f64() * 1000.0).collect();
    times.sort_by(f64::total_cmp);
    Load {
        requests: times.len() as f64,
        seconds,
        p50: times[times.len() / 2],
        p99: times[times.len() * 99 / 100],
        max: times[times.len() - 1],
    }
}

async fn repeat(address: SocketAddr, request: Arc<[u8]>, until: Instant) -> Vec<Duration> {
    let mut times = Vec::new();
    let mut connection = Connection::open(address).await;
    while Instant::now() < until {
        let started = Instant::now();
        connection.call(&request).await;
        times.push(started.elapsed());
    }
    times
}

/// One connection, whose requests wait for their answer.
pub(crate) struct Client {
    runtime: Runtime,
    connection: Connection,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let runtime = runtime();
        let connection = runtime.block_on(Connection::open(address));
        Self {
            runtime,
            connection,
        }
    }

    /// The body of the answer.
    pub(crate) fn call(&mut self, request: &[u8]) -> Vec<u8> {
        self.runtime.block_on(self.connection.call(request));
        self.connection.body().to_vec()
    }

    /// The milliseconds until the answer.
    pub(crate) fn time(&mut self, request: &[u8]) -> f64 {
        let started = Instant::now();
        self.runtime.block_on(self.connection.call(request));
        started.elapsed().as_secs_f64() * 1000.0
    }
}

struct Connection {
    address: SocketAddr,
    stream: TcpStream,
    answer: Vec<u8>,
    /// Where the body begins in `answer`.
    body: usize,
}

impl Connection {
    async fn open(address: SocketAddr) -> Self {
        Self {
            address,
            stream: connect(address).await,
            answer: Vec::new(),
            body: 0,
        }
    }

    async fn call(&mut self, request: &[u8]) {
        self.stream.write_all(request).await.unwrap();
        self.answer.clear();
        let (length, stays_open) = loop {
            self.read().await;
            if let Some(end) = self
                .answer
                .windows(4)
                .position(|bytes| bytes == b"\r\n\r\n")
            {
                self.body = end + 4;
                break head(&self.answer[..end]);
            }
        };
        while self.answer.len() < self.body + length.unwrap_or(usize::MAX) {
            if self.stream.read_buf(&mut self.answer).await.unwrap() == 0 {
                assert!(length.is_none(), "the answer is incomplete");
                break;
            }
        }
        if !stays_open || length.is_none() {
            self.stream = connect(self.address).await;
        }
    }

    async fn read(&mut self) {
        let count = self.stream.read_buf(&mut self.answer).await.unwrap();
        assert!(count > 0, "the server closed the connection");
    }

    fn body(&self) -> &[u8] {
        &self.answer[self.body..]
    }
}

async fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// The length of the body, and whether the connection stays open. Without a length, the body ends with
/// the connection.
fn head(bytes: &[u8]) -> (Option<usize>, bool) {
    let text = str::from_utf8(bytes).unwrap();
    let mut lines = text.lines();
    let status = lines.next().unwrap();
    assert!(status.split(' ').nth(1) == Some("200"), "{text}");
    let (mut length, mut stays_open) = (None, status.starts_with("HTTP/1.1"));
    for line in lines {
        let (name, value) = line.split_once(':').unwrap();
        if name.eq_ignore_ascii_case("content-length") {
            length = Some(value.trim().parse().unwrap());
        }
        if name.eq_ignore_ascii_case("connection") {
            stays_open = !value.trim().eq_ignore_ascii_case("close");
        }
        assert!(
            !name.eq_ignore_ascii_case("transfer-encoding") || !stays_open,
            "a body in chunks: {text}"
        );
    }
    (length, stays_open)
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}
