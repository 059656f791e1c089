//! Accepts connections, up to a limit.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
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
    /// One permit per connection over the limit, which gets an error response.
    rejections: Arc<Semaphore>,
}

impl Listener {
    pub(super) fn new(
        socket: TcpListener,
        handler: Arc<Handler>,
        tls: Option<Arc<Tls>>,
        limits: Limits,
    ) -> Self {
        Self {
            socket,
            handler,
            tls,
            limits,
            connections: Arc::new(Semaphore::new(limits.connections)),
            rejections: Arc::new(Semaphore::new(limits.rejections)),
        }
    }

    /// Accepts connections until `stop` completes, then waits for requests in flight.
    pub(super) async fn run(self, stop: impl Future<Output = ()>) {
        let graceful = GracefulShutdown::new();
        let (stopping, stopped) = watch::channel(());
        tokio::pin!(stop);
        loop {
            let (connection, permit) = tokio::select! {
                () = &mut stop => break,
                accepted = self.accept() => accepted,
            };
            let (tls, limits) = (self.tls.clone(), self.limits);
            let watcher = graceful.watcher();
            let mut stopped = stopped.clone();
            tokio::spawn(async move {
                // A shutdown does not wait for a client that has not sent anything.
                let ready = tokio::select! {
                    ready = connection.handshake(tls, limits) => ready,
                    _ = stopped.changed() => return,
                };
                let served = match ready {
                    Ok(ready) => ready.serve(watcher, limits).await,
                    Err(error) => Err(error.into()),
                };
                if let Err(error) = served {
                    tracing::debug!("a connection ended: {error}");
                }
                drop(permit);
            });
        }
        drop(self.socket);
        drop(stopping);
        let drained = timeout(self.limits.drain_timeout, graceful.shutdown()).await;
        if drained.is_err() {
            tracing::warn!("stopped with requests in flight");
        }
    }

    /// The next connection that can be served or rejected.
    async fn accept(&self) -> (Connection, OwnedSemaphorePermit) {
        loop {
            let (stream, peer) = match self.socket.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    pause_after(&error).await;
                    continue;
                }
            };
            let (permit, rejection) = match Arc::clone(&self.connections).try_acquire_owned() {
                Ok(permit) => (Ok(permit), None),
                Err(_) => (
                    Arc::clone(&self.rejections).try_acquire_owned(),
                    Some(Rejection::TooManyConnections),
                ),
            };
            let Ok(permit) = permit else {
                tracing::warn!("a connection was dropped: too many connections");
                continue;
            };
            let handler = Arc::clone(&self.handler);
            return (
                Connection::new(stream, peer.ip(), rejection, handler),
                permit,
            );
        }
    }
}

/// Waits before a retry, because the process may be out of file descriptors.
async fn pause_after(error: &io::Error) {
    tracing::warn!("cannot accept a connection: {error}");
    tokio::time::sleep(Duration::from_millis(100)).await;
}
