//! A socket that is closed so that the client can read the last response, or because the client reads
//! nothing for some time. The waits for a head, for a body and for the next request have limits elsewhere.
//!
//! If a socket is closed while it has unread bytes, the system sends a reset, and the client loses the
//! response: a 413 while it still sends the body. So the rest is read and discarded, within limits on
//! size and time.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use super::activity::Activity;

/// A socket whose shutdown completes when the client has closed it too, or a limit is reached.
pub(super) struct Lingering {
    socket: TcpStream,
    limit: Limit,
    /// How long a write may wait for the client.
    write_time: Duration,
    /// The end of the time of a write that waits.
    write_ends: Option<Pin<Box<Sleep>>>,
    /// Whether the client may still be sending.
    is_sending: Arc<AtomicBool>,
    activity: Activity,
    /// Since the response was sent completely.
    rest: Option<Rest>,
}

/// The maximum of the rest that is discarded.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    pub(super) size: usize,
    pub(super) time: Duration,
}

/// What may still be discarded.
struct Rest {
    size: usize,
    time: Pin<Box<Sleep>>,
}

impl Lingering {
    /// Clearing `is_sending` ends the wait for the client.
    pub(super) fn new(
        socket: TcpStream,
        limit: Limit,
        write_time: Duration,
        is_sending: Arc<AtomicBool>,
        activity: Activity,
    ) -> Self {
        Self {
            socket,
            limit,
            write_time,
            write_ends: None,
            is_sending,
            activity,
            rest: None,
        }
    }

    /// Fails a write that waits for too long.
    fn limited(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.write_ends = None;
            return written;
        }
        let time = self.write_time;
        let ends = self.write_ends.get_or_insert_with(|| Box::pin(sleep(time)));
        ready!(ends.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Lingering {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.socket).poll_read(context, buffer);
        if read.is_pending() {
            self.activity.waits_for_client();
        }
        read
    }
}

impl AsyncWrite for Lingering {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(context, data);
        self.limited(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(context, data);
        self.limited(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self {
            socket,
            limit,
            is_sending,
            rest,
            ..
        } = &mut *self;
        if rest.is_none() {
            ready!(Pin::new(&mut *socket).poll_shutdown(context))?;
        }
        let rest = rest.get_or_insert_with(|| Rest {
            size: limit.size,
            time: Box::pin(sleep(limit.time)),
        });
        while is_sending.load(Ordering::Relaxed)
            && rest.size > 0
            && rest.time.as_mut().poll(context).is_pending()
        {
            let mut bytes = [0; 8 * 1024];
            let mut buffer = ReadBuf::new(&mut bytes);
            let read = ready!(Pin::new(&mut *socket).poll_read(context, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                break;
            }
            rest.size = rest.size.saturating_sub(buffer.filled().len());
        }
        Poll::Ready(Ok(()))
    }
}
