//! The server of an [`Emulator`](super::Emulator), with its own thread and runtime.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::runtime;
use tokio::sync::oneshot;

use super::StartError;
use crate::Kms;
use crate::server::{Limits, Server};

/// A running server. Dropping it stops the server.
pub(super) struct Listener {
    endpoint_url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// Starts a server on a free port of 127.0.0.1.
    pub(super) fn start(kms: Arc<Kms>) -> Result<Self, StartError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let server = {
            let _guard = runtime.enter();
            let limits = Limits {
                // When the emulator is dropped, no client waits for a response.
                drain_timeout: Duration::ZERO,
                ..Limits::default()
            };
            Server::from_listener(listener, kms, limits)?
        };
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("kms-emulator".to_owned());
        let thread = thread.spawn(move || {
            runtime.block_on(server.run(async {
                // The signal to stop: the sender is dropped.
                let _ = stopped.await;
            }));
        })?;
        Ok(Self {
            endpoint_url: format!("http://{address}"),
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    pub(super) fn endpoint_url(&self) -> &str {
        &self.endpoint_url
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the emulator panicked");
        }
    }
}
