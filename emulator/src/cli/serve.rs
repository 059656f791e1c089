//! `kms-emulator serve`: what it can be told, and how that becomes a KMS on a socket.

use std::fs::File;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use tokio::runtime::Runtime;

use super::https::Https;
use super::listen::Service;
use super::{default_folder, local_kms, log, seed};
use crate::attestation::Trust;
use crate::seed::Seed;
use crate::server::{CorsOrigin, Limits};
use crate::{Kms, KmsBuilder, Quotas};

/// Where to listen, what to keep, whom to be.
#[derive(Args)]
pub(super) struct Serve {
    /// The address to listen on; 0.0.0.0 for all
    #[arg(long, env = "KMS_HOST", default_value = "127.0.0.1")]
    host: IpAddr,
    /// The port to listen on; 0 lets the system choose [default: 4599]
    #[arg(long, env = "KMS_PORT")]
    port: Option<u16>,
    /// Another port to listen on, beside the first
    #[arg(long, env = "KMS_ALSO_PORT", value_name = "PORT")]
    also_port: Option<u16>,
    #[command(flatten)]
    https: Https,
    /// Keys, aliases and identities that are there from the start: a seed file, or a folder of them
    /// (repeatable; in the environment, with commas)
    #[arg(
        long,
        env = "KMS_SEED",
        value_name = "FILE_OR_FOLDER",
        value_delimiter = ','
    )]
    seed: Vec<PathBuf>,
    /// The folder in which keys are kept [default: the platform's data folder]
    #[arg(long, env = "KMS_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Keep nothing, whatever --data-dir says: keys are gone when the emulator stops
    #[arg(long, env = "KMS_TEMPORARY")]
    temporary: bool,
    /// The Region of requests that are not signed for one [default: us-east-1]
    #[arg(long, env = "KMS_REGION")]
    region: Option<String>,
    /// The account of requests, unless their access key id is 12 digits and so an account itself, or
    /// that of an identity [default: 000000000000]
    #[arg(long, env = "KMS_ACCOUNT", value_name = "ID")]
    account: Option<String>,
    /// Believe every attestation document that is well formed, whoever signed it; without this, only
    /// those of `kms-emulator attest`
    #[arg(long, env = "KMS_TRUST_ANY_ATTESTATION")]
    trust_any_attestation: bool,
    /// Which quotas to keep: those of a new AWS account, throttling included, or none
    #[arg(long, env = "KMS_QUOTAS", default_value = "none")]
    quotas: QuotaSet,
    /// How long a change takes that AWS does in the background, as 90s or 2m: a replica that is
    /// made, a primary that is changed, a rotation on demand
    #[arg(long, env = "KMS_TRANSITION_TIME", default_value = "0s", value_name = "TIME",
          value_parser = humantime::parse_duration)]
    transition_time: Duration,
    /// Where the proxy of an external key store is really found, by the name in its endpoint:
    /// proxy.example=http://127.0.0.1:8443 (repeatable; in the environment, with commas)
    #[arg(
        long,
        env = "KMS_XKS_CONNECT_TO",
        value_name = "HOST=URL",
        value_delimiter = ','
    )]
    xks_connect_to: Vec<String>,
    /// The certificates that vouch for proxies of external key stores, in PEM [default: Mozilla's]
    #[arg(long, env = "KMS_XKS_CA", value_name = "FILE")]
    xks_ca: Option<PathBuf>,
    /// Draw all randomness from a generator that a text starts: the same calls give the same bytes
    /// again
    #[arg(long, env = "KMS_DETERMINISTIC", value_name = "TEXT")]
    deterministic: Option<String>,
    /// How long new keys, aliases, grants, tags and policies take to be seen, as 3s: on AWS, seconds
    #[arg(long, env = "KMS_CONSISTENCY_DELAY", default_value = "0s", value_name = "TIME",
          value_parser = humantime::parse_duration)]
    consistency_delay: Duration,
    /// What the header X-Emulator-Token must be for the control plane, /_emulator/…; without this,
    /// it is for programs on this machine, and off if --host is more than the loopback
    #[arg(
        long,
        env = "KMS_CONTROL_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    control_token: Option<String>,
    /// A web page's origin, as `http://localhost:3000`, whose scripts may use KMS; * for all
    /// (repeatable; in the environment, with commas)
    #[arg(
        long,
        env = "KMS_CORS_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ','
    )]
    cors_origin: Vec<CorsOrigin>,
    /// How many events to remember for the control plane; 0 for none
    #[arg(long, env = "KMS_EVENTS", default_value_t = 10_000, value_name = "N",
          value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    events: u32,
    /// Append each event to a file, as a line of JSON in the shape of CloudTrail
    #[arg(long, env = "KMS_EVENT_LOG", value_name = "FILE")]
    event_log: Option<PathBuf>,
    /// Connections open at once; those beyond are refused with HTTP 503
    #[arg(long, env = "KMS_MAX_CONNECTIONS", default_value_t = 1024, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=100_000))]
    max_connections: u32,
    /// How much to log, on standard error
    #[arg(long, env = "KMS_LOG_LEVEL", default_value = "info")]
    log_level: LogLevel,
    /// How to log
    #[arg(long, env = "KMS_LOG_FORMAT", default_value = "text")]
    log_format: LogFormat,
}

/// The port where nothing else says one.
const DEFAULT_PORT: u16 = 4599;

#[derive(Clone, Copy, ValueEnum)]
enum QuotaSet {
    None,
    Aws,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum LogLevel {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum LogFormat {
    Text,
    Json,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), String> {
        let _log = log::start(self.log_level, self.log_format);
        let kms = location(self.account, self.region)
            .seed(seeds(&self.seed)?)
            .transition_time(self.transition_time)
            .quotas(match self.quotas {
                QuotaSet::None => Quotas::None,
                QuotaSet::Aws => Quotas::Aws,
            });
        let kms = if self.trust_any_attestation {
            kms.trust(Trust::Anybody)
        } else {
            kms
        };
        let kms = proxies(kms, &self.xks_connect_to, self.xks_ca.as_deref())?
            .consistency_delay(self.consistency_delay)
            .events(usize::try_from(self.events).unwrap_or(usize::MAX));
        let kms = match &self.deterministic {
            Some(text) => kms.deterministic(text),
            None => kms,
        };
        let kms = match &self.event_log {
            Some(file) => kms.event_log(append_to(file)?),
            None => kms,
        };
        let data = if self.temporary {
            None
        } else {
            let named = self.data_dir.or_else(local_kms::data_dir);
            Some(named.map_or_else(default_folder, Ok)?)
        };
        let kms = match &data {
            Some(folder) => kms.open(folder),
            None => kms.build_temporary(),
        };
        let kms = Arc::new(kms.map_err(|error| error.to_string())?);
        // Only now, when the folder is this process's own.
        let tls = self.https.open(data.as_deref())?;
        let port = port(self.port)?;
        let also = self.also_port.filter(|also| *also != port);
        let ports = std::iter::once(port).chain(also);
        if self.control_token.as_deref() == Some("") {
            return Err("--control-token is empty".to_owned());
        }
        let service = Service {
            kms: Arc::clone(&kms),
            addresses: ports.map(|port| SocketAddr::new(self.host, port)).collect(),
            tls,
            cors: self.cors_origin.into(),
            control_token: self.control_token,
            limits: Limits {
                connections: usize::try_from(self.max_connections).unwrap_or(usize::MAX),
                ..Limits::default()
            },
            place: data.map_or_else(
                || "temporary".to_owned(),
                |folder| folder.display().to_string(),
            ),
        };
        let runtime = Runtime::new().map_err(|error| format!("cannot start: {error}"))?;
        runtime.block_on(service.run())?;
        // Requests that outlived the drain end here, before the data folder is closed.
        drop(runtime);
        drop(kms);
        tracing::info!("stopped");
        Ok(())
    }
}

/// The port to listen on, or to ask.
pub(super) fn port(port: Option<u16>) -> Result<u16, String> {
    let port = port.map_or_else(local_kms::port, |port| Ok(Some(port)))?;
    Ok(port.unwrap_or(DEFAULT_PORT))
}

/// A KMS of that account and Region.
fn location(account: Option<String>, region: Option<String>) -> KmsBuilder {
    let mut kms = Kms::builder();
    if let Some(account) = account.or_else(local_kms::account) {
        kms = kms.account(account);
    }
    if let Some(region) = region {
        kms = kms.region(region);
    }
    kms
}

/// The seed files that are named, or local-kms's.
fn seeds(named: &[PathBuf]) -> Result<Seed, String> {
    match named {
        [] => seed::read(local_kms::seed().as_slice()),
        named => seed::read(named),
    }
}

/// Tells how proxies of external key stores are found and believed.
fn proxies(
    mut kms: KmsBuilder,
    connect_to: &[String],
    ca: Option<&Path>,
) -> Result<KmsBuilder, String> {
    for pair in connect_to {
        let (host, url) = pair.split_once('=').ok_or_else(|| {
            format!("--xks-connect-to {pair} is not like proxy.example=http://127.0.0.1:8443")
        })?;
        kms = kms.xks_connect_to(host, url);
    }
    let Some(file) = ca else {
        return Ok(kms);
    };
    let pem = std::fs::read(file)
        .map_err(|error| format!("cannot read --xks-ca {}: {error}", file.display()))?;
    Ok(kms.xks_ca(pem))
}

/// Opens a file to append to, which its owner alone can read: policies and names are in it.
fn append_to(file: &Path) -> Result<File, String> {
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(file)
        .map_err(|error| format!("cannot write --event-log {}: {error}", file.display()))
}
