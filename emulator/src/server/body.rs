//! The body of an answer: whole, or one that breaks off in the middle.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};

/// What is sent of an answer's body.
pub(super) struct AnswerBody {
    data: Option<Bytes>,
    /// What is announced beyond that, and never comes.
    missing: u64,
    /// Whether what there is was written to the connection, as far as can be told from here.
    flushed: bool,
}

impl AnswerBody {
    pub(super) fn whole(data: Vec<u8>) -> Self {
        Self {
            data: Some(data.into()),
            missing: 0,
            flushed: false,
        }
    }

    /// Half of it; where the rest should be, the connection breaks.
    pub(super) fn broken(mut data: Vec<u8>) -> Self {
        let whole = data.len();
        data.truncate(whole / 2);
        Self {
            missing: ((whole - data.len()) as u64).max(1),
            ..Self::whole(data)
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(data) = self.data.take().filter(|data| !data.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if self.missing == 0 {
            return Poll::Ready(None);
        }
        // hyper writes what it has when a body makes it wait; an error at once would take that along.
        if !std::mem::replace(&mut self.flushed, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::Error::other("a fault: dropped amid"))))
    }

    fn size_hint(&self) -> SizeHint {
        let there = self.data.as_ref().map_or(0, Bytes::len) as u64;
        SizeHint::with_exact(there + self.missing)
    }

    fn is_end_stream(&self) -> bool {
        self.missing == 0 && self.data.as_ref().is_none_or(Bytes::is_empty)
    }
}
