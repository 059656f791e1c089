//! The properties of a connection that its requests depend on.

use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::{Mutex, Notify, Semaphore};
use tokio::task::yield_now;

use super::Limits;
use super::activity::Activity;
use super::request_body::Memory;
use super::unread::{AllUnread, Unread};
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
    /// Whether the client connected to a loopback address.
    pub(super) is_loopback: bool,
    /// Closes the connection immediately, with all its requests.
    pub(super) abort: Arc<Notify>,
    pub(super) activity: Activity,
    /// One permit per request that runs.
    pub(super) running: Arc<Semaphore>,
    pub(super) body_memory: Memory,
    pub(super) unread: Unread,
    /// One permit per request that waits for events.
    pub(super) event_readers: Arc<Semaphore>,
    turn: Arc<Mutex<()>>,
}

impl ConnectionInfo {
    pub(super) fn new(
        peer: IpAddr,
        rejection: Option<Rejection>,
        all_unread: AllUnread,
        limits: Limits,
    ) -> Self {
        let permits = |limit: usize| Arc::new(Semaphore::new(limit.min(Semaphore::MAX_PERMITS)));
        Self {
            peer,
            rejection,
            is_tls: false,
            is_loopback: false,
            abort: Arc::default(),
            activity: Activity::new(),
            running: permits(limits.requests_per_connection),
            body_memory: Memory::new(limits.body_memory_per_connection),
            unread: Unread::new(all_unread, limits),
            event_readers: permits(limits.event_readers_per_connection),
            turn: Arc::default(),
        }
    }

    /// Waits until the other connections had a turn, if this one has used its share. Otherwise, a
    /// connection that pipelines requests, or has many streams, would keep its thread from reading from
    /// other sockets.
    pub(super) async fn turn(&self) {
        if !self.activity.has_used_share() {
            return;
        }
        let _turn = self.turn.lock().await;
        // Another stream of this connection may have waited for both.
        if !self.activity.has_used_share() {
            return;
        }
        // tokio resumes a task that yields after all others that are ready, and after it asked the
        // system which sockets are ready. It has to be a task of its own: hyper polls the task of the
        // connection several times in a row.
        drop(tokio::spawn(yield_now()).await);
        self.activity.renew_share();
    }
}
