//! The properties of a connection that its requests depend on.

use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::Notify;

use crate::error::ProtocolError;

/// Why all requests of a connection are rejected.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rejection {
    TooManyConnections,
    /// Plain HTTP on an HTTPS port.
    PlainHttp,
}

impl From<Rejection> for ProtocolError {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::TooManyConnections => Self::Busy,
            Rejection::PlainHttp => Self::PlainHttp,
        }
    }
}

/// The connection of a request.
#[derive(Clone)]
pub(super) struct ConnectionInfo {
    pub(super) peer: IpAddr,
    pub(super) rejection: Option<Rejection>,
    /// Whether the connection is encrypted.
    pub(super) is_tls: bool,
    /// Closes the connection immediately, with all its requests.
    pub(super) abort: Arc<Notify>,
}
