//! Accepts connections, up to a limit.

use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::time::timeout;

use super::connection::Connection;
use super::connection_info::Rejection;
use super::handler::Handler;
use super::{Limits, Tls};

/// The accept loop of a server.
pub(super) struct Listener {
    socket: TcpListener,
    handler: Arc<Handler>,
    tls: Option<Arc<Tls>>,
    limits: Limits,
    /// One permit per connection that is served.
    connections: Arc<Semaphore>,
    /// The connections over the limit, which get an error response. The oldest comes first. A
    /// connection ends when its sender is dropped.
    rejected: VecDeque<oneshot::Sender<()>>,
}

/// The place of a connection.
enum Place {
    Served(OwnedSemaphorePermit),
    /// Completes when a newer connection needs the place.
    Rejected(oneshot::Receiver<()>),
}

impl Place {
    fn rejection(&self) -> Option<Rejection> {
        match self {
            Self::Served(_) => None,
            Self::Rejected(_) => Some(Rejection::TooManyConnections),
        }
    }

    async fn lost(self) {
        match self {
            Self::Served(_permit) => std::future::pending().await,
            Self::Rejected(needed) => drop(needed.await),
        }
    }
}

impl Listener {
    pub(super) fn new(
        socket: TcpListener,
        handler: Arc<Handler>,
        tls: Option<Arc<Tls>>,
        limits: Limits,
    ) -> Self {
        let connections = limits.connections.min(Semaphore::MAX_PERMITS);
        Self {
            socket,
            handler,
            tls,
            limits,
            connections: Arc::new(Semaphore::new(connections)),
            rejected: VecDeque::new(),
        }
    }

    /// Accepts connections until `stop` completes, then waits for requests in flight.
    pub(super) async fn run(mut self, stop: impl Future<Output = ()>) {
        let (stopping, stopped) = watch::channel(false);
        tokio::pin!(stop);
        loop {
            let (stream, peer) = tokio::select! {
                () = &mut stop => break,
                accepted = self.accept() => accepted,
            };
            let place = self.place();
            let handler = Arc::clone(&self.handler);
            let (tls, limits) = (self.tls.clone(), self.limits);
            let connection = Connection::new(stream, peer, place.rejection(), handler, limits);
            let served = connection.serve(tls, limits, stopped.clone());
            tokio::spawn(async move {
                tokio::select! {
                    served = served => if let Err(error) = served {
                        tracing::debug!("a connection ended: {error}");
                    },
                    () = place.lost() => tracing::debug!("a rejected connection was closed"),
                }
            });
        }
        drop(self.socket);
        drop(stopped);
        stopping.send_replace(true);
        // Each connection has a receiver.
        let drained = timeout(self.limits.drain_timeout, stopping.closed()).await;
        if drained.is_err() {
            tracing::warn!("stopped with requests in flight");
        }
    }

    async fn accept(&mut self) -> (TcpStream, IpAddr) {
        loop {
            match self.socket.accept().await {
                Ok((stream, peer)) => return (stream, peer.ip()),
                Err(error) => {
                    // The process may be out of file descriptors.
                    drop(self.rejected.pop_front());
                    pause_after(&error).await;
                }
            }
        }
    }

    /// The place of the next connection.
    fn place(&mut self) -> Place {
        if let Ok(permit) = Arc::clone(&self.connections).try_acquire_owned() {
            return Place::Served(permit);
        }
        self.rejected.retain(|needed| !needed.is_closed());
        if self.rejected.len() >= self.limits.rejections {
            // Most likely, a client that sends nothing. A client that sends a request has its response
            // before it is the oldest.
            drop(self.rejected.pop_front());
        }
        let (needed, place) = oneshot::channel();
        self.rejected.push_back(needed);
        Place::Rejected(place)
    }
}

/// Waits before a retry.
async fn pause_after(error: &io::Error) {
    tracing::warn!("cannot accept a connection: {error}");
    tokio::time::sleep(Duration::from_millis(100)).await;
}
