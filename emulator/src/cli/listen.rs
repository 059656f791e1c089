//! Serving until the process is asked to stop.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;

use listenfd::ListenFd;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Kms;
use crate::server::{ControlAccess, CorsOrigins, Limits, Server, Tls};

/// What is served, and how.
pub(super) struct Service {
    pub(super) kms: Arc<Kms>,
    /// Where, unless the process was started with sockets that listen already.
    pub(super) addresses: Vec<SocketAddr>,
    pub(super) tls: Option<Arc<Tls>>,
    pub(super) cors: CorsOrigins,
    pub(super) control_token: Option<String>,
    pub(super) limits: Limits,
    /// Where the keys are, for the ready line.
    pub(super) place: String,
}

impl Service {
    /// Serves at all addresses, until the process is asked to stop. It is the first that is told to
    /// whoever waits.
    pub(super) async fn run(self) -> Result<(), String> {
        let stop = stop_signal().map_err(|error| format!("cannot listen for signals: {error}"))?;
        let servers = self.servers().await?;
        let urls: io::Result<Vec<_>> = servers.iter().map(Server::url).collect();
        let urls = urls.map_err(|error| error.to_string())?;
        if servers.iter().any(|server| !server.is_controlled()) {
            tracing::info!(
                "the control plane is off, because others than this machine can connect; --control-token turns it on"
            );
        }
        if let Some((first, others)) = urls.split_first() {
            for url in others {
                tracing::info!("listening on {url} too");
            }
            self.say_ready(first);
        }
        let (stopping, stopped) = watch::channel(());
        let mut running = JoinSet::new();
        for server in servers {
            let mut stopped = stopped.clone();
            // Nothing is ever sent: the channel ends.
            running.spawn(server.run(async move { drop(stopped.changed().await) }));
        }
        stop.await;
        drop(stopping);
        while running.join_next().await.is_some() {}
        Ok(())
    }

    async fn servers(&self) -> Result<Vec<Server>, String> {
        let mut servers = Vec::new();
        for listener in handed_over()? {
            let server = Server::from_listener(listener, Arc::clone(&self.kms), self.limits);
            servers.push(server.map_err(|error| format!("cannot use a socket: {error}"))?);
        }
        if servers.is_empty() {
            for address in &self.addresses {
                let server = Server::bind(*address, Arc::clone(&self.kms), self.limits).await;
                servers.push(server.map_err(|error| {
                    format!("cannot listen on {address}: {error}; choose another port with --port")
                })?);
            }
        }
        Ok(servers
            .into_iter()
            .map(|server| self.set_up(server))
            .collect())
    }

    fn set_up(&self, server: Server) -> Server {
        let mut server = server.cors(self.cors.clone());
        if let Some(tls) = &self.tls {
            server = server.tls(Arc::clone(tls));
        }
        match &self.control_token {
            Some(token) => server.control(ControlAccess::Token(token.clone())),
            None => server,
        }
    }

    /// Whoever waits for this line may connect from now on.
    fn say_ready(&self, url: &str) {
        let mut out = io::stdout().lock();
        let ready = writeln!(out, "Simulated KMS ready at {url} (data: {})", self.place);
        if let Err(error) = ready.and_then(|()| out.flush()) {
            tracing::warn!("cannot say that it is ready: {error}");
        }
    }
}

/// The sockets that whoever started the process listens on for it: systemd, by its protocol.
fn handed_over() -> Result<Vec<std::net::TcpListener>, String> {
    let mut sockets = ListenFd::from_env();
    let mut listeners = Vec::new();
    for number in 0..sockets.len() {
        let listener = sockets.take_tcp_listener(number);
        listeners.extend(listener.map_err(|error| format!("cannot use socket {number}: {error}"))?);
    }
    Ok(listeners)
}

/// Ready when the process is asked to stop, by SIGINT or SIGTERM. The signals are caught from the
/// moment this returns.
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

/// Ready when the process is asked to stop, by Ctrl-C.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on Unix")]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
