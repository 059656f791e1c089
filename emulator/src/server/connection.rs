//! One connection: the TLS handshake, then HTTP.

use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::body::Incoming;
use hyper::rt::{Sleep, Timer};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::connection_info::{ConnectionInfo, Rejection};
use super::handler::Handler;
use super::lingering::{Limit, Lingering};
use super::{Limits, Tls};

/// The first byte of a TLS handshake. No HTTP request begins with it.
const TLS_HANDSHAKE: u8 = 0x16;

trait Stream: AsyncRead + AsyncWrite + Send {}

impl<S: AsyncRead + AsyncWrite + Send> Stream for S {}

/// One type for all streams, so that hyper is compiled once.
type BoxedStream = Pin<Box<dyn Stream>>;

/// An accepted connection.
pub(super) struct Connection {
    stream: TcpStream,
    info: ConnectionInfo,
    handler: Arc<Handler>,
}

/// A connection that is ready for HTTP.
struct ReadyConnection {
    stream: BoxedStream,
    info: ConnectionInfo,
    handler: Arc<Handler>,
    /// Whether the client may still send when the connection ends.
    lingers: Arc<AtomicBool>,
}

impl Connection {
    pub(super) fn new(
        stream: TcpStream,
        peer: IpAddr,
        rejection: Option<Rejection>,
        handler: Arc<Handler>,
        limits: Limits,
    ) -> Self {
        let info = ConnectionInfo::new(peer, rejection, handler.unread(), limits);
        // A small response must not wait for more data.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!("cannot set TCP_NODELAY: {error}");
        }
        Self {
            stream,
            info,
            handler,
        }
    }

    /// Serves the requests of the connection until it ends. When `stopped` becomes true, only those
    /// that have begun.
    pub(super) async fn serve(
        self,
        tls: Option<Arc<Tls>>,
        limits: Limits,
        mut stopped: watch::Receiver<bool>,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        // A shutdown does not wait for a client that has not sent anything.
        let ready = tokio::select! {
            ready = self.handshake(tls, limits) => ready?,
            _ = stopped.wait_for(|stopped| *stopped) => return Ok(()),
        };
        ready.serve(limits, stopped).await
    }

    /// Performs the TLS handshake, if the server has TLS and the client starts one.
    async fn handshake(self, tls: Option<Arc<Tls>>, limits: Limits) -> io::Result<ReadyConnection> {
        let Self {
            stream,
            mut info,
            handler,
        } = self;
        let first = timeout(limits.head_timeout, first_byte(&stream)).await??;
        let begins_tls = first == Some(TLS_HANDSHAKE);
        let address = stream.local_addr()?.ip();
        info.is_loopback = address.is_loopback();
        let lingers = Arc::new(AtomicBool::new(true));
        let rest = Limit {
            size: limits.discarded_size,
            time: limits.body_timeout,
        };
        let stream = Lingering::new(
            stream,
            rest,
            limits.idle_timeout,
            Arc::clone(&lingers),
            info.activity.clone(),
        );
        let mut stream: BoxedStream = Box::pin(stream);
        match tls {
            Some(tls) if begins_tls => {
                let accepted = tls.accept(stream, address);
                stream = Box::pin(timeout(limits.head_timeout, accepted).await??);
                info.is_tls = true;
            }
            Some(_) => info.rejection = info.rejection.or(Some(Rejection::PlainHttp)),
            None if begins_tls => handler.access_log().tls_on_plain_port(info.peer),
            None => {}
        }
        Ok(ReadyConnection {
            stream,
            info,
            handler,
            lingers,
        })
    }
}

impl ReadyConnection {
    async fn serve(
        self,
        limits: Limits,
        mut stopped: watch::Receiver<bool>,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        let Self {
            stream,
            info,
            handler,
            lingers,
        } = self;
        let (abort, activity) = (Arc::clone(&info.abort), info.activity.clone());
        let info = Arc::new(info);
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let (handler, info) = (Arc::clone(&handler), Arc::clone(&info));
            async move { Ok::<_, Infallible>(handler.handle(request, info).await) }
        });
        let head_time = HeadTime::default();
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(head_time.clone())
            .header_read_timeout(limits.head_timeout)
            .max_buf_size(limits.head_size)
            .title_case_headers(true);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits.http2_streams)
            .max_header_list_size(u32::try_from(limits.head_size).unwrap_or(u32::MAX));
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
        tokio::select! {
            biased;
            served = connection.as_mut() => return served,
            () = abort.notified() => return Ok(()),
            () = activity.idle_for(limits.head_timeout) => head_time.end(),
            _ = stopped.wait_for(|stopped| *stopped) => {}
        }
        lingers.store(false, Ordering::Relaxed);
        connection.as_mut().graceful_shutdown();
        tokio::select! {
            biased;
            served = connection => served,
            () = abort.notified() => Ok(()),
            // The client does not confirm the end of the connection.
            () = activity.idle_for(limits.head_timeout) => Ok(()),
        }
    }
}

/// The time for the head of a request in HTTP/1.1. It ends when the connection says so: its
/// [`Activity`](super::activity::Activity) has one timer for all requests. hyper would start and
/// cancel a timer for each.
#[derive(Clone, Default)]
struct HeadTime(Arc<AtomicBool>);

impl HeadTime {
    fn end(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Future for HeadTime {
    type Output = ();

    /// The task that ends the time polls the connection next, so nothing has to be woken.
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.0.load(Ordering::Relaxed) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

impl Sleep for HeadTime {}

impl Timer for HeadTime {
    fn sleep(&self, _: Duration) -> Pin<Box<dyn Sleep>> {
        Box::pin(self.clone())
    }

    fn sleep_until(&self, _: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(self.clone())
    }
}

/// Peeks at the first byte of a client; `None` at the end of the stream.
async fn first_byte(stream: &TcpStream) -> io::Result<Option<u8>> {
    let mut first = [0];
    let count = stream.peek(&mut first).await?;
    Ok(first.first().copied().filter(|_| count > 0))
}
