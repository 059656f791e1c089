//! The memory of responses that clients have not read.
//!
//! A client of HTTP/2 can ask for many responses and read none of them. A response that is ready is
//! sent, so the limit applies to the next request. Each connection has some memory of its own, so that
//! a client that reads its responses is served if others do not.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Limits;

/// The bytes of the responses of all connections.
pub(super) type AllUnread = Arc<AtomicUsize>;

/// The unread responses of a connection.
#[derive(Clone)]
pub(super) struct Unread {
    own: Arc<AtomicUsize>,
    own_limit: usize,
    all: AllUnread,
    limit: usize,
}

/// Bytes that count until this is dropped.
pub(super) struct Counted {
    unread: Unread,
    bytes: usize,
}

/// A body that counts until it was written to the socket.
pub(super) struct CountedBody {
    data: Cow<'static, [u8]>,
    _counted: Option<Counted>,
}

impl CountedBody {
    pub(super) fn new(data: Cow<'static, [u8]>, counted: Option<Counted>) -> Self {
        Self {
            data,
            _counted: counted,
        }
    }
}

impl Unread {
    pub(super) fn new(all: AllUnread, limits: Limits) -> Self {
        Self {
            own: Arc::default(),
            own_limit: limits.response_memory_per_connection,
            all,
            limit: limits.response_memory,
        }
    }

    /// Whether the connection may have another response.
    pub(super) fn has_room(&self) -> bool {
        let is_below = |bytes: &AtomicUsize, limit| bytes.load(Ordering::Relaxed) < limit;
        is_below(&self.own, self.own_limit) || is_below(&self.all, self.limit)
    }

    pub(super) fn count(&self, bytes: usize) -> Counted {
        self.own.fetch_add(bytes, Ordering::Relaxed);
        self.all.fetch_add(bytes, Ordering::Relaxed);
        Counted {
            unread: self.clone(),
            bytes,
        }
    }
}

impl AsRef<[u8]> for CountedBody {
    fn as_ref(&self) -> &[u8] {
        &self.data
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.unread.own.fetch_sub(self.bytes, Ordering::Relaxed);
        self.unread.all.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
