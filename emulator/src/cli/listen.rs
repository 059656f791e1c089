//! Serves until the process receives a signal to stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use listenfd::ListenFd;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::ready::Ready;
use crate::Kms;
use crate::server::{ControlAccess, CorsOrigins, Limits, Server, Tls};
use crate::shadow::Shadow;

/// A KMS and how to serve it.
pub(super) struct Service {
    pub(super) kms: Arc<Kms>,
    pub(super) shadow: Option<Arc<Shadow>>,
    /// Ignored if the process inherits listening sockets.
    pub(super) addresses: Vec<SocketAddr>,
    pub(super) tls: Option<Arc<Tls>>,
    pub(super) cors: CorsOrigins,
    pub(super) reason_header: bool,
    pub(super) control_token: Option<String>,
    pub(super) limits: Limits,
    /// The data folder in the ready line.
    pub(super) data_location: String,
}

impl Service {
    /// Serves at all addresses until the process receives a signal to stop. The ready line names the
    /// first address.
    pub(super) async fn run(self) -> Result<(), String> {
        let stop = stop_signal().map_err(|error| format!("cannot listen for signals: {error}"))?;
        let servers = self.servers().await?;
        let urls: io::Result<Vec<_>> = servers.iter().map(Server::url).collect();
        let urls = urls.map_err(|error| error.to_string())?;
        if servers.iter().any(|server| !server.has_control_plane()) {
            tracing::info!(
                "the control plane is off, because other machines can connect; --control-token turns it on"
            );
        }
        if let Some((first, others)) = urls.split_first() {
            for url in others {
                tracing::info!("also listening on {url}");
            }
            self.ready(first).print();
        }
        let (stopping, stopped) = watch::channel(());
        let mut running = JoinSet::new();
        for server in servers {
            let mut stopped = stopped.clone();
            // Dropping the sender completes this; nothing is sent.
            running.spawn(server.run(async move { drop(stopped.changed().await) }));
        }
        stop.await;
        drop(stopping);
        while running.join_next().await.is_some() {}
        Ok(())
    }

    async fn servers(&self) -> Result<Vec<Server>, String> {
        let mut servers = Vec::new();
        for listener in inherited_sockets()? {
            let server = Server::from_listener(listener, Arc::clone(&self.kms), self.limits);
            servers.push(server.map_err(|error| format!("cannot use a socket: {error}"))?);
        }
        if servers.is_empty() {
            for address in &self.addresses {
                let server = Server::bind(*address, Arc::clone(&self.kms), self.limits).await;
                servers.push(server.map_err(|error| {
                    let advice = advice(&error);
                    format!("cannot listen on {address}: {error}; {advice}")
                })?);
            }
        }
        Ok(servers
            .into_iter()
            .map(|server| self.configure(server))
            .collect())
    }

    fn configure(&self, server: Server) -> Server {
        let mut server = server
            .cors(self.cors.clone())
            .reason_header(self.reason_header);
        if let Some(shadow) = &self.shadow {
            server = server.shadow(Arc::clone(shadow));
        }
        if let Some(tls) = &self.tls {
            server = server.tls(Arc::clone(tls));
        }
        match &self.control_token {
            Some(token) => server.control(ControlAccess::Token(token.clone())),
            None => server,
        }
    }

    fn ready<'a>(&'a self, url: &'a str) -> Ready<'a> {
        Ready {
            url,
            data_location: &self.data_location,
            upstream: self.shadow.as_deref().map(Shadow::upstream),
            auth: self.kms.auth(),
            has_own_authority: self
                .tls
                .as_ref()
                .is_some_and(|tls| tls.authority().is_some()),
        }
    }
}

/// Advice for an address that cannot be used.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "stop the program that uses it, or choose another port with --port"
        }
        io::ErrorKind::PermissionDenied => "choose a port from 1024 on with --port",
        _ => "choose an address of this machine with --host",
    }
}

/// The listening sockets from the parent process, such as systemd.
fn inherited_sockets() -> Result<Vec<std::net::TcpListener>, String> {
    let mut sockets = ListenFd::from_env();
    let mut listeners = Vec::new();
    for number in 0..sockets.len() {
        let listener = sockets.take_tcp_listener(number);
        listeners.extend(listener.map_err(|error| format!("cannot use socket {number}: {error}"))?);
    }
    Ok(listeners)
}

/// Completes when the process receives SIGINT or SIGTERM. The handlers are installed before this
/// function returns.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        let name = tokio::select! {
            _ = interrupt.recv() => "SIGINT",
            _ = terminate.recv() => "SIGTERM",
        };
        tracing::info!("{name}: stopping");
    })
}

/// Completes when the user presses Ctrl-C.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
