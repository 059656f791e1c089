//! Reads request bodies, with limits on size, time and memory.
//!
//! A client that sends only a part of its body holds memory until the time is up. So each connection
//! has some memory of its own, enough for usual requests, and all connections share the rest. If large
//! bodies take all of the rest, small ones still arrive.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Bytes, Incoming};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::error::{Mismatch, ProtocolError};

/// Reads bodies of all connections.
pub(super) struct BodyReader {
    time: Duration,
    shared: Memory,
}

/// Memory for bodies.
#[derive(Clone)]
pub(super) struct Memory(Arc<Semaphore>);

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
    own: Option<OwnedSemaphorePermit>,
    shared: Option<OwnedSemaphorePermit>,
}

impl Memory {
    pub(super) fn new(bytes: usize) -> Self {
        let bytes = bytes.min(Semaphore::MAX_PERMITS);
        Self(Arc::new(Semaphore::new(bytes)))
    }

    /// Adds bytes to those that were taken before. Returns whether they were available.
    fn take(&self, bytes: u32, taken: &mut Option<OwnedSemaphorePermit>) -> bool {
        let Ok(more) = Arc::clone(&self.0).try_acquire_many_owned(bytes) else {
            return false;
        };
        match taken {
            Some(before) => before.merge(more),
            None => *taken = Some(more),
        }
        true
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
            let size = u32::try_from(data.len()).map_err(|_| BodyError::TooLarge)?;
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
