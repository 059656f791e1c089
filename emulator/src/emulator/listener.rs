//! The server of an [`Emulator`](super::Emulator), in a thread and a runtime of its own.

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
    /// Serves on a port of 127.0.0.1 that the system chooses.
    pub(super) fn start(kms: Arc<Kms>) -> Result<Self, StartError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let server = {
            let _inside = runtime.enter();
            let limits = Limits {
                // No client waits for a response when the emulator is dropped.
                drain_timeout: Duration::ZERO,
                ..Limits::default()
            };
            Server::from_listener(listener, kms, limits)?
        };
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("kms-emulator".to_owned());
        let thread = thread.spawn(move || {
            runtime.block_on(server.run(async {
                // The sender is dropped without a message; that is the signal to stop.
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
            tracing::error!("the emulator's thread panicked");
        }
    }
}
