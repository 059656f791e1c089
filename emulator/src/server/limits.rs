//! How much a client may ask for.

use std::num::NonZero;
use std::thread;
use std::time::Duration;

/// Limits of the server.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections open at once.
    pub connections: usize,
    /// Connections over that limit that are being told so at once; those beyond are closed.
    pub refusals: usize,
    /// Requests under way at once, over all connections.
    pub requests: usize,
    /// Requests that are computed at once with an RSA private key; those beyond wait their turn.
    pub heavy: usize,
    /// RSA keys that are made at once; those beyond wait their turn.
    pub key_pairs: usize,
    /// Requests that wait for proxies of key stores at once; those beyond wait their turn.
    pub outside: usize,
    /// HTTP/2 streams open at once on one connection.
    pub streams: u32,
    /// Bytes of a request's head.
    pub head: usize,
    /// Bytes of a request's body.
    pub body: usize,
    /// The time that a head may take, from the answer before.
    pub head_time: Duration,
    /// The time that a body may take.
    pub body_time: Duration,
    /// The time that a connection may make no progress.
    pub idle: Duration,
    /// The time that requests under way have when the server stops.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            refusals: 64,
            requests: 1024,
            heavy: processors(),
            key_pairs: processors().div_ceil(2),
            outside: 64,
            streams: 128,
            head: 64 * 1024,
            body: 1024 * 1024,
            head_time: Duration::from_secs(60),
            body_time: Duration::from_secs(30),
            idle: Duration::from_secs(75),
            drain: Duration::from_secs(10),
        }
    }
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}
