//! Limits of a server.

use std::num::NonZero;
use std::thread;
use std::time::Duration;

/// Limits of a server.
///
/// ```
/// use kms_emulator::server::Limits;
///
/// let mut limits = Limits::default();
/// limits.connections = 10;
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Open connections.
    pub connections: usize,
    /// Connections over that limit that get an error response. A further one takes the place of the
    /// oldest.
    pub rejections: usize,
    /// Requests that run, on all connections. A request runs from the end of its body until its
    /// response is known, without the delay of a fault.
    pub requests: usize,
    /// Requests that run, on one connection. Further requests wait.
    pub requests_per_connection: usize,
    /// Concurrent operations with an RSA private key. Further requests wait.
    pub cpu_bound: usize,
    /// Concurrent generations of an RSA key. Further requests wait.
    pub rsa_key_generations: usize,
    /// Concurrent requests to proxies of external key stores. Further requests wait.
    pub network_bound: usize,
    /// Concurrent HTTP/2 streams on one connection.
    pub http2_streams: u32,
    /// The size of a request head, in bytes.
    pub head_size: usize,
    /// The size of a request body, in bytes.
    pub body_size: usize,
    /// The memory for the bodies of all requests that arrive or run, in bytes, beside
    /// `body_memory_per_connection`. A request that finds no memory gets an error response.
    pub body_memory: usize,
    /// The memory for such bodies that each connection has for itself, in bytes.
    pub body_memory_per_connection: usize,
    /// The memory for responses that clients have not read, on all connections, in bytes, beside
    /// `response_memory_per_connection`. Over the limit, further requests get an error response.
    pub response_memory: usize,
    /// The memory for such responses that each connection has for itself, in bytes.
    pub response_memory_per_connection: usize,
    /// Requests that wait for events, on one connection. A further one gets an error response.
    pub event_readers_per_connection: usize,
    /// The bytes that are read and discarded after the last response of a connection, so that a
    /// client that still sends can read it. The time for this is `body_timeout`.
    pub discarded_size: usize,
    /// The time from the end of the previous response until a request head is complete. Then the
    /// connection is closed, also if it has HTTP/2.
    pub head_timeout: Duration,
    /// The time for a request body.
    pub body_timeout: Duration,
    /// The time after which a connection is closed whose client does not read.
    pub idle_timeout: Duration,
    /// The time for requests in flight when the server stops.
    pub drain_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            rejections: 64,
            requests: 1024,
            requests_per_connection: 32,
            cpu_bound: processors(),
            rsa_key_generations: processors().div_ceil(2),
            network_bound: 64,
            http2_streams: 128,
            head_size: 64 * 1024,
            body_size: 1024 * 1024,
            body_memory: 64 * 1024 * 1024,
            body_memory_per_connection: 16 * 1024,
            response_memory: 64 * 1024 * 1024,
            response_memory_per_connection: 64 * 1024,
            event_readers_per_connection: 32,
            discarded_size: 64 * 1024 * 1024,
            head_timeout: Duration::from_secs(60),
            body_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(75),
            drain_timeout: Duration::from_secs(10),
        }
    }
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}
