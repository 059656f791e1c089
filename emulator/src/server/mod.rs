//! HTTP in front of the KMS: HTTP/1.1, and HTTP/2 without TLS for clients that begin with it.
//!
//! Everything here is bounded: connections, requests under way, heads, bodies, and the time that
//! a client may take for each. A client over a limit gets an answer that says so, never silence.

mod body;
mod control;
mod http;
mod limits;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;

pub use control::ControlAccess;
pub use limits::Limits;

use crate::Kms;
use control::Control;
use http::{Answers, Busy};

/// A KMS on a socket.
pub struct Server {
    listener: TcpListener,
    kms: Arc<Kms>,
    control: ControlAccess,
    limits: Limits,
}

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
            limits,
        })
    }

    /// Who may use the control plane, `/_emulator/…`; without this, programs on this machine if
    /// the address is the loopback's, and nobody if not.
    #[must_use]
    pub fn control(self, control: ControlAccess) -> Self {
        Self { control, ..self }
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
        let control = Control::new(self.control.clone());
        let answers = Answers::new(Arc::clone(&self.kms), control, self.limits);
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
            let busy = busy.then_some(Busy);
            let connection = self.connection(stream, peer.ip(), &answers, busy, &graceful);
            tokio::spawn(async move {
                connection.await;
                drop(permit);
            });
        }
        drop(self.listener);
        if timeout(self.limits.drain, graceful.shutdown())
            .await
            .is_err()
        {
            tracing::warn!("stopped with requests still under way");
        }
    }

    fn connection(
        &self,
        stream: TcpStream,
        peer: IpAddr,
        answers: &Arc<Answers>,
        busy: Option<Busy>,
        graceful: &GracefulShutdown,
    ) -> impl Future<Output = ()> + use<> {
        let limits = self.limits;
        // Small answers must not wait for more.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!("cannot set TCP_NODELAY: {error}");
        }
        // No progress for so long ends a connection, whatever it is in the middle of.
        let mut stream = TimeoutStream::new(stream);
        stream.set_read_timeout(Some(limits.idle));
        stream.set_write_timeout(Some(limits.idle));

        let answers = Arc::clone(answers);
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let answers = Arc::clone(&answers);
            async move { answers.answer(request, peer, busy).await }
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
        let stream = TokioIo::new(Box::pin(stream));
        let connection = builder.serve_connection(stream, service).into_owned();
        let connection = graceful.watch(connection);
        async move {
            if let Err(error) = connection.await {
                tracing::debug!("a connection ended: {error}");
            }
        }
    }
}

/// Out of file descriptors, for instance: trying again at once would only spin.
async fn pause_after(error: &io::Error) {
    tracing::warn!("cannot accept a connection: {error}");
    tokio::time::sleep(Duration::from_millis(100)).await;
}
