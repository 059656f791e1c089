//! Reads request bodies, with limits on size, time and memory.
//!
//! A client that sends only a part of its body holds memory until the time is up. So each connection
//! has some memory of its own, enough for usual requests, and all connections share the rest. If large
//! bodies take all of the rest, small ones still arrive.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::task::Poll;
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Bytes, Incoming};
use tokio::time::timeout;

use crate::error::{Mismatch, ProtocolError};

/// Reads bodies of all connections.
pub(super) struct BodyReader {
    time: Duration,
    shared: Memory,
}

/// Memory for bodies: the number of free bytes.
#[derive(Clone)]
pub(super) struct Memory(Arc<AtomicUsize>);

/// Bytes of a memory that are free again when this is dropped.
struct Share {
    memory: Memory,
    bytes: usize,
}

/// A complete body. Its memory is taken until it is dropped.
pub(super) struct RequestBody {
    pub(super) bytes: Bytes,
    _taken: Taken,
}

/// Why a body was not read completely.
#[derive(Clone, Copy, Debug)]
pub(super) enum BodyError {
    TooLarge,
    NoMemory,
    /// The client disconnected, or sent an invalid chunk.
    Incomplete,
    Timeout,
}

impl From<BodyError> for ProtocolError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::TooLarge,
            BodyError::NoMemory => Self::Busy,
            BodyError::Incomplete => {
                let found = "an end of the connection, or an invalid chunk";
                Self::serialization(Mismatch::new("body", "all of its bytes", found))
            }
            BodyError::Timeout => Self::Timeout,
        }
    }
}

/// The memory that a body has taken.
#[derive(Default)]
struct Taken {
    own: Option<Share>,
    shared: Option<Share>,
}

impl Memory {
    pub(super) fn new(bytes: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(bytes)))
    }

    /// Adds bytes to those that were taken before. Returns whether they were available.
    fn take(&self, bytes: usize, taken: &mut Option<Share>) -> bool {
        let remaining = |free: usize| free.checked_sub(bytes);
        let Self(free) = self;
        if free.fetch_update(Relaxed, Relaxed, remaining).is_err() {
            return false;
        }
        match taken {
            Some(share) => share.bytes += bytes,
            None => {
                *taken = Some(Share {
                    memory: self.clone(),
                    bytes,
                });
            }
        }
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let Memory(free) = &self.memory;
        free.fetch_add(self.bytes, Relaxed);
    }
}

impl BodyReader {
    /// Bodies of all connections share `memory` bytes, beside the memory of each connection.
    pub(super) fn new(time: Duration, memory: usize) -> Self {
        Self {
            time,
            shared: Memory::new(memory),
        }
    }

    /// Reads a body of at most `max_size` bytes. `own` is the memory of its connection.
    pub(super) async fn read(
        &self,
        body: Incoming,
        max_size: usize,
        own: &Memory,
    ) -> Result<RequestBody, BodyError> {
        // A body whose `Content-Length` is too large is not read.
        if body.size_hint().lower() > max_size as u64 {
            return Err(BodyError::TooLarge);
        }
        let mut body = pin!(self.collect(body, max_size, own));
        // Most bodies arrive with their heads, so they need no timer.
        if let Poll::Ready(body) = poll_fn(|context| Poll::Ready(body.as_mut().poll(context))).await
        {
            return body;
        }
        let body = timeout(self.time, body).await;
        body.unwrap_or(Err(BodyError::Timeout))
    }

    async fn collect(
        &self,
        mut body: Incoming,
        max_size: usize,
        own: &Memory,
    ) -> Result<RequestBody, BodyError> {
        let mut bytes = Bytes::new();
        let mut more = Vec::new();
        let mut taken = Taken::default();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| BodyError::Incomplete)?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            if bytes.len() + more.len() + data.len() > max_size {
                return Err(BodyError::TooLarge);
            }
            let size = data.len();
            if !own.take(size, &mut taken.own) && !self.shared.take(size, &mut taken.shared) {
                return Err(BodyError::NoMemory);
            }
            if more.is_empty() && body.is_end_stream() {
                bytes = data;
                continue;
            }
            // One buffer: a list of many small frames would take much more memory than their bytes.
            more.extend_from_slice(&data);
        }
        Ok(RequestBody {
            bytes: if more.is_empty() { bytes } else { more.into() },
            _taken: taken,
        })
    }
}
