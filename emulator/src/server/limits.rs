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
    /// Connections over that limit that get an error response. Further ones are closed immediately.
    pub rejections: usize,
    /// Requests in flight, on all connections.
    pub requests: usize,
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
    /// The time from the end of the previous response until a request head is complete.
    pub head_timeout: Duration,
    /// The time for a request body.
    pub body_timeout: Duration,
    /// The time without progress after which a connection is closed.
    pub idle_timeout: Duration,
    /// The time for requests in flight when the server stops.
    pub drain_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            rejections: 64,
            requests: 1024,
            cpu_bound: processors(),
            rsa_key_generations: processors().div_ceil(2),
            network_bound: 64,
            http2_streams: 128,
            head_size: 64 * 1024,
            body_size: 1024 * 1024,
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
