//! Emulators and servers in this process.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use kms_emulator::server::{Limits, Server};
use kms_emulator::{Emulator, Kms, KmsBuilder};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// An emulator with a port, and its address.
pub(crate) fn local() -> (Emulator, SocketAddr) {
    let runtime = Builder::new_current_thread().build().unwrap();
    let kms = runtime.block_on(Emulator::start()).unwrap();
    let address = kms.endpoint_url().strip_prefix("http://").unwrap();
    let address = address.parse().unwrap();
    (kms, address)
}

/// A server in this process.
pub(crate) struct Local {
    pub(crate) runtime: Runtime,
    pub(crate) kms: Arc<Kms>,
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    stopped: JoinHandle<()>,
}

/// Serves with the default limits.
pub(crate) fn serve() -> Local {
    serve_with(|_| {})
}

/// Serves with limits that differ from the defaults.
pub(crate) fn serve_with(set: impl FnOnce(&mut Limits)) -> Local {
    let mut limits = Limits::default();
    set(&mut limits);
    serve_kms(Kms::builder(), limits)
}

/// Serves a KMS.
pub(crate) fn serve_kms(kms: KmsBuilder, limits: Limits) -> Local {
    let runtime = Runtime::new().unwrap();
    let kms = Arc::new(kms.build_temporary().unwrap());
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = Server::bind(loopback, Arc::clone(&kms), limits);
    let server = runtime.block_on(server).unwrap();
    let address = server.local_addr().unwrap();
    let (stop, stopping) = oneshot::channel();
    let stopped = runtime.spawn(server.run(async {
        let _ = stopping.await;
    }));
    Local {
        runtime,
        kms,
        address,
        stop,
        stopped,
    }
}

impl Local {
    pub(crate) fn stop(self) {
        self.stop.send(()).unwrap();
        self.runtime.block_on(self.stopped).unwrap();
    }
}
