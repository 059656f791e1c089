//! The body of a response, which a fault can break off in the middle.

use std::borrow::Cow;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};

use super::activity::InProgress;
use super::unread::{Counted, CountedBody, Unread};

/// The parts of a body that are made when the connection has sent the earlier ones.
type Pieces = Box<dyn Iterator<Item = io::Result<Bytes>> + Send + Sync>;

/// What a body in parts counts as unread. The parts of a state have this size or little more.
const PART_SIZE: usize = 64 * 1024;

/// The body of a response.
pub(super) struct ResponseBody {
    data: Option<Cow<'static, [u8]>>,
    /// The number of bytes in `Content-Length` that are never sent.
    missing: u64,
    /// Whether hyper had a chance to write `data` to the connection.
    flushed: bool,
    /// The request of the response.
    _request: Option<InProgress>,
    pieces: Option<Pieces>,
    /// The unread bytes of `data` or `pieces`.
    counted: Option<Counted>,
}

impl ResponseBody {
    pub(super) fn complete(data: impl Into<Cow<'static, [u8]>>) -> Self {
        Self {
            data: Some(data.into()),
            missing: 0,
            flushed: false,
            _request: None,
            pieces: None,
            counted: None,
        }
    }

    /// A body of unknown length. Only one piece is in memory.
    pub(super) fn pieces(
        pieces: impl Iterator<Item = io::Result<Bytes>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            pieces: Some(Box::new(pieces)),
            ..Self::complete(Vec::new())
        }
    }

    /// Sends the first half of the data, then breaks the connection.
    pub(super) fn broken(mut data: Vec<u8>) -> Self {
        let complete = data.len();
        data.truncate(complete / 2);
        Self {
            missing: ((complete - data.len()) as u64).max(1),
            ..Self::complete(data)
        }
    }

    /// Keeps the request in progress until the body was taken for sending, and counts the body as
    /// unread until it was sent.
    pub(super) fn of(self, request: InProgress, unread: &Unread) -> Self {
        let data = self.data.filter(|data| !data.is_empty());
        let unread_bytes = match (&data, &self.pieces) {
            (_, Some(_)) => Some(PART_SIZE),
            (Some(data), None) => Some(data.len()),
            (None, None) => None,
        };
        Self {
            data,
            _request: Some(request),
            counted: unread_bytes.map(|bytes| unread.count(bytes)),
            ..self
        }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(data) = self.data.take().filter(|data| !data.is_empty()) {
            let counted = self.counted.take();
            let data = Bytes::from_owner(CountedBody::new(data, counted));
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if let Some(pieces) = &mut self.pieces {
            let piece = pieces.next();
            return Poll::Ready(piece.map(|piece| piece.map(Frame::data)));
        }
        if self.missing == 0 {
            return Poll::Ready(None);
        }
        // hyper flushes its buffer when a body is pending; an immediate error would discard it.
        if !std::mem::replace(&mut self.flushed, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::Error::other("a fault broke the response"))))
    }

    fn size_hint(&self) -> SizeHint {
        if self.pieces.is_some() {
            return SizeHint::default();
        }
        let remaining = self.data.as_ref().map_or(0, |data| data.len()) as u64;
        SizeHint::with_exact(remaining + self.missing)
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_none()
            && self.missing == 0
            && self.data.as_ref().is_none_or(|data| data.is_empty())
    }
}
