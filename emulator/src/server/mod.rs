//! HTTP in front of the KMS: HTTP/1.1 and HTTP/2, in clear for clients that begin with it, or over
//! TLS by what the handshake agrees on.
//!
//! Everything here is bounded: connections, requests under way, heads, bodies, and the time that
//! a client may take for each. A client over a limit gets an answer that says so, never silence.

mod body;
mod control;
mod cors;
mod http;
mod limits;
mod tls;

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;

pub use control::ControlAccess;
pub use cors::{CorsOrigin, CorsOrigins};
pub use limits::Limits;
pub use tls::{Tls, TlsError};

use crate::Kms;
use crate::error::ProtocolError;
use control::Control;
use http::{Answers, Line};

/// A KMS on a socket.
pub struct Server {
    listener: TcpListener,
    kms: Arc<Kms>,
    control: ControlAccess,
    cors: CorsOrigins,
    tls: Option<Arc<Tls>>,
    limits: Limits,
}

/// What HTTP is spoken over. One type for all, because each would bring another copy of hyper.
trait Stream: AsyncRead + AsyncWrite + Send {}

impl<S: AsyncRead + AsyncWrite + Send> Stream for S {}

type Secured = Pin<Box<dyn Stream>>;

/// The address that a client on this machine connects to: the loopback address if the server listens
/// on all addresses.
pub(crate) fn client_address(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

/// The first byte of a TLS handshake; no request of HTTP begins with it.
const HANDSHAKE: u8 = 22;

impl Server {
    /// Listens on an address; port 0 lets the system choose one.
    ///
    /// # Errors
    ///
    /// What the system says: the address is in use, or not this machine's.
    pub async fn bind(address: SocketAddr, kms: Arc<Kms>, limits: Limits) -> io::Result<Self> {
        Self::over(TcpListener::bind(address).await?, kms, limits)
    }

    /// Takes over a socket that is listening already. To be called inside a runtime.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn from_listener(
        listener: std::net::TcpListener,
        kms: Arc<Kms>,
        limits: Limits,
    ) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Self::over(TcpListener::from_std(listener)?, kms, limits)
    }

    fn over(listener: TcpListener, kms: Arc<Kms>, limits: Limits) -> io::Result<Self> {
        let control = ControlAccess::of(listener.local_addr()?.ip());
        Ok(Self {
            listener,
            kms,
            control,
            cors: CorsOrigins::default(),
            tls: None,
            limits,
        })
    }

    /// Who may use the control plane, `/_emulator/…`; without this, programs on this machine if
    /// the address is the loopback's, and nobody if not.
    #[must_use]
    pub fn control(self, control: ControlAccess) -> Self {
        Self { control, ..self }
    }

    /// Whether there is a control plane for anybody.
    pub fn is_controlled(&self) -> bool {
        self.control != ControlAccess::Off
    }

    /// Which web pages may use the AWS side; without this, none.
    #[must_use]
    pub fn cors(self, cors: CorsOrigins) -> Self {
        Self { cors, ..self }
    }

    /// HTTPS instead of HTTP. Whoever does not encrypt gets `/health` and `/ca.pem`, and is told so
    /// otherwise.
    #[must_use]
    pub fn tls(self, tls: Arc<Tls>) -> Self {
        Self {
            tls: Some(tls),
            ..self
        }
    }

    /// What `AWS_ENDPOINT_URL` is to be for a client on this machine: `http://127.0.0.1:4599`.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn url(&self) -> io::Result<String> {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        Ok(format!("{scheme}://{}", client_address(self.local_addr()?)))
    }

    /// The address that it listens on.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` is ready; then accepts no more, and lets requests under way finish, for
    /// as long as [`Limits::drain`] says.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let connections = Arc::new(Semaphore::new(self.limits.connections));
        let refusals = Arc::new(Semaphore::new(self.limits.refusals));
        let graceful = GracefulShutdown::new();
        let (stopping, stopped) = watch::channel(());
        let answers = Answers::new(
            Arc::clone(&self.kms),
            Control::new(self.control.clone()),
            self.cors.clone(),
            self.tls
                .as_ref()
                .and_then(|tls| tls.authority())
                .map(str::to_owned),
            self.limits,
        );
        let answers = Arc::new(answers);
        tokio::pin!(stop);
        loop {
            let (stream, peer) = tokio::select! {
                () = &mut stop => break,
                accepted = self.listener.accept() => match accepted {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        pause_after(&error).await;
                        continue;
                    }
                },
            };
            // Beyond the limit, a connection is kept just long enough to be told so.
            let busy = connections.available_permits() == 0;
            let permits = if busy { &refusals } else { &connections };
            let Ok(permit) = Arc::clone(permits).try_acquire_owned() else {
                tracing::warn!("a connection was dropped: too many are being refused already");
                continue;
            };
            let line = Line {
                peer: peer.ip(),
                refused: busy.then_some(ProtocolError::Busy),
                cut: Arc::default(),
            };
            // Small answers must not wait for more.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!("cannot set TCP_NODELAY: {error}");
            }
            let secured = secure(self.tls.clone(), stream, line, self.limits);
            let (answers, watcher) = (Arc::clone(&answers), graceful.watcher());
            let (mut stopped, limits) = (stopped.clone(), self.limits);
            tokio::spawn(async move {
                // A client that has not even begun is not waited for.
                let secured = tokio::select! {
                    secured = secured => secured,
                    _ = stopped.changed() => return,
                };
                let served = match secured {
                    Ok((stream, line)) => {
                        let cut = Arc::clone(&line.cut);
                        tokio::select! {
                            served = watcher.watch(serve(stream, line, answers, limits)) => served,
                            () = cut.notified() => Ok(()),
                        }
                    }
                    Err(error) => Err(error.into()),
                };
                if let Err(error) = served {
                    tracing::debug!("a connection ended: {error}");
                }
                drop(permit);
            });
        }
        drop(self.listener);
        drop(stopping);
        if timeout(self.limits.drain, graceful.shutdown())
            .await
            .is_err()
        {
            tracing::warn!("stopped with requests still under way");
        }
    }
}

/// A connection ready for HTTP: after the handshake, where there is one.
async fn secure(
    tls: Option<Arc<Tls>>,
    stream: TcpStream,
    line: Line,
    limits: Limits,
) -> io::Result<(Secured, Line)> {
    let first = match tls {
        Some(_) => timeout(limits.head_time, first_byte(&stream)).await??,
        None => None,
    };
    let address = stream.local_addr()?.ip();
    // No progress for so long ends a connection, whatever it is in the middle of.
    let mut stream = TimeoutStream::new(stream);
    stream.set_read_timeout(Some(limits.idle));
    stream.set_write_timeout(Some(limits.idle));
    match tls {
        None => Ok((Box::pin(stream), line)),
        Some(tls) if first == Some(HANDSHAKE) => {
            let stream = tls.accept(Box::pin(stream), address);
            let stream = timeout(limits.head_time, stream).await??;
            Ok((Box::pin(stream), line))
        }
        Some(_) => {
            let refused = line.refused.or(Some(ProtocolError::InClear));
            Ok((Box::pin(stream), Line { refused, ..line }))
        }
    }
}

/// The first byte that a client sends, which stays to be read; `None` if it sends nothing more.
async fn first_byte(stream: &TcpStream) -> io::Result<Option<u8>> {
    let mut first = [0];
    let count = stream.peek(&mut first).await?;
    Ok(first.first().copied().filter(|_| count > 0))
}

/// Answers what comes by a connection.
fn serve(
    stream: Secured,
    line: Line,
    answers: Arc<Answers>,
    limits: Limits,
) -> impl GracefulConnection<Error = Box<dyn std::error::Error + Send + Sync>> {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (answers, line) = (Arc::clone(&answers), line.clone());
        async move { Ok::<_, Infallible>(answers.answer(request, line).await) }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_buf_size(limits.head)
        .title_case_headers(true);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(u32::try_from(limits.head).unwrap_or(u32::MAX));
    builder
        .serve_connection(TokioIo::new(stream), service)
        .into_owned()
}

/// Out of file descriptors, for instance: trying again at once would only spin.
async fn pause_after(error: &io::Error) {
    tracing::warn!("cannot accept a connection: {error}");
    tokio::time::sleep(Duration::from_millis(100)).await;
}
