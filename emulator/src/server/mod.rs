//! The HTTP server: HTTP/1.1 and HTTP/2, over plain TCP or TLS.
//!
//! Connections, requests in flight, header and body sizes, and the time for each step are limited. A
//! client that exceeds a limit gets an error response.
//!
//! ```no_run
//! use std::sync::Arc;
//! use kms_emulator::Kms;
//! use kms_emulator::server::{Limits, Server};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let kms = Arc::new(Kms::builder().build_temporary()?);
//! let server = Server::bind(([127, 0, 0, 1], 4599).into(), kms, Limits::default()).await?;
//! println!("{}", server.url()?);
//! server.run(async { drop(tokio::signal::ctrl_c().await) }).await;
//! # Ok(())
//! # }
//! ```

mod access_log;
mod activity;
mod body;
mod connection;
mod connection_info;
mod console;
mod control;
mod convert;
mod cors;
mod handler;
mod limits;
mod lingering;
mod listener;
mod loopback;
mod request_body;
mod shadowed;
mod status;
mod tls;
mod unread;
mod welcome;

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;

pub use control::ControlAccess;
pub use cors::{CorsOrigin, CorsOrigins, InvalidOrigin};
pub use limits::Limits;
pub use tls::{Tls, TlsError};

use crate::Kms;
use crate::shadow::Shadow;
use control::Control;
use handler::Handler;
use listener::Listener;

/// A KMS on a listening socket.
pub struct Server {
    listener: TcpListener,
    kms: Arc<Kms>,
    shadow: Option<Arc<Shadow>>,
    control: ControlAccess,
    cors: CorsOrigins,
    reason_header: bool,
    tls: Option<Arc<Tls>>,
    limits: Limits,
}

impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Server")
            .field("address", &self.listener.local_addr().ok())
            .field("control", &self.control)
            .field("cors", &self.cors)
            .field("reason_header", &self.reason_header)
            .field("tls", &self.tls)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

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

impl Server {
    /// Listens on an address. With port 0, the system chooses a port.
    ///
    /// # Errors
    ///
    /// The system refuses the address, for example because it is in use.
    pub async fn bind(address: SocketAddr, kms: Arc<Kms>, limits: Limits) -> io::Result<Self> {
        Self::new(TcpListener::bind(address).await?, kms, limits)
    }

    /// Uses a socket that is already listening. Call this inside a Tokio runtime.
    ///
    /// # Errors
    ///
    /// The system refuses an operation on the socket.
    pub fn from_listener(
        listener: std::net::TcpListener,
        kms: Arc<Kms>,
        limits: Limits,
    ) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Self::new(TcpListener::from_std(listener)?, kms, limits)
    }

    fn new(listener: TcpListener, kms: Arc<Kms>, limits: Limits) -> io::Result<Self> {
        let control = ControlAccess::default_for(listener.local_addr()?.ip());
        Ok(Self {
            listener,
            kms,
            shadow: None,
            control,
            cors: CorsOrigins::default(),
            reason_header: false,
            tls: None,
            limits,
        })
    }

    /// Sets who may use the control plane, `/_emulator/…`. The default is [`ControlAccess::default_for`]
    /// the address of the listener.
    #[must_use]
    pub fn control(self, control: ControlAccess) -> Self {
        Self { control, ..self }
    }

    /// Whether the control plane is on.
    pub fn has_control_plane(&self) -> bool {
        self.control != ControlAccess::Off
    }

    /// Sets which web pages may use KMS. The default is none.
    #[must_use]
    pub fn cors(self, cors: CorsOrigins) -> Self {
        Self { cors, ..self }
    }

    /// Sets whether errors have the header `X-Emulator-Reason`, the [reason](crate::protocol::Trace::reason)
    /// that is also in the log. The default is no, as AWS has no such header.
    #[must_use]
    pub fn reason_header(self, reason_header: bool) -> Self {
        Self {
            reason_header,
            ..self
        }
    }

    /// Answers with what an upstream answers.
    #[cfg(feature = "cli")]
    pub(crate) fn shadow(self, shadow: Arc<Shadow>) -> Self {
        Self {
            shadow: Some(shadow),
            ..self
        }
    }

    /// Serves HTTPS. Over plain HTTP, only `/health` and `/ca.pem` remain.
    #[must_use]
    pub fn tls(self, tls: Arc<Tls>) -> Self {
        Self {
            tls: Some(tls),
            ..self
        }
    }

    /// The endpoint URL for a client on this machine, such as `http://127.0.0.1:4599`.
    ///
    /// # Errors
    ///
    /// The system does not return the address of the socket.
    pub fn url(&self) -> io::Result<String> {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        Ok(format!("{scheme}://{}", client_address(self.local_addr()?)))
    }

    /// The address of the listener.
    ///
    /// # Errors
    ///
    /// The system does not return the address of the socket.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` completes. Then it accepts no more connections, and waits at most
    /// [`Limits::drain_timeout`] for requests in flight.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let authority = self.tls.as_ref().and_then(|tls| tls.authority());
        let handler = Handler::new(
            self.kms,
            self.shadow.clone(),
            Control::new(self.control, self.shadow),
            self.cors,
            self.reason_header,
            authority.map(str::to_owned),
            self.limits,
        );
        let listener = Listener::new(self.listener, Arc::new(handler), self.tls, self.limits);
        listener.run(stop).await;
    }
}
