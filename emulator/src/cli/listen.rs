//! Serving until the process is asked to stop.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Kms;
use crate::server::{ControlAccess, Limits, Server};

/// Serves on all the addresses, until the process is asked to stop. It is the first that is told
/// to whoever waits.
pub(super) async fn serve(
    addresses: &[SocketAddr],
    kms: &Arc<Kms>,
    control: &ControlAccess,
    limits: Limits,
    place: &str,
) -> Result<(), String> {
    let stop = stop_signal().map_err(|error| format!("cannot listen for signals: {error}"))?;
    let mut servers = Vec::new();
    let mut told = Vec::new();
    for address in addresses {
        let server = Server::bind(*address, Arc::clone(kms), limits).await;
        let server = server.map_err(|error| {
            format!("cannot listen on {address}: {error}; choose another port with --port")
        })?;
        let server = server.control(control.clone());
        told.push(server.local_addr().map_err(|error| error.to_string())?);
        servers.push(server);
    }
    if let Some((first, others)) = told.split_first() {
        for address in others {
            tracing::info!("listening on http://{address} too");
        }
        say_ready(*first, place);
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

/// Whoever waits for this line may connect from now on.
fn say_ready(address: SocketAddr, place: &str) {
    let mut out = io::stdout().lock();
    let ready = writeln!(
        out,
        "Simulated KMS ready at http://{address} (data: {place})"
    );
    if let Err(error) = ready.and_then(|()| out.flush()) {
        tracing::warn!("cannot say that it is ready: {error}");
    }
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
