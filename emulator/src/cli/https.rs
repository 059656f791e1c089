//! What the command line says of HTTPS.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use rustls::pki_types::ServerName;

use crate::server::Tls;

/// Whether to encrypt, and how clients know whom they talk to.
#[derive(Args)]
pub(super) struct Https {
    /// Speak HTTPS. Clients are to trust the emulator's own authority: DIR/tls/ca.pem in the data
    /// folder, or what `GET /ca.pem` answers in clear
    #[arg(long, env = "KMS_TLS")]
    tls: bool,
    /// An address, or a name, by which clients reach it, beside those it sees itself: names that
    /// they ask for, its own addresses and the loopback (repeatable; in the environment, with
    /// commas)
    #[arg(long, env = "KMS_TLS_NAME", value_name = "NAME", value_delimiter = ',',
          value_parser = name)]
    tls_name: Vec<ServerName<'static>>,
    /// Speak HTTPS with this certificate and those that lead to its authority, in PEM
    #[arg(long, env = "KMS_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The private key of --tls-cert, in PEM
    #[arg(long, env = "KMS_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

fn name(text: &str) -> Result<ServerName<'static>, &'static str> {
    ServerName::try_from(text.to_owned()).map_err(|_| "it is neither a host's name nor an address")
}

impl Https {
    /// What to encrypt with, if at all. The authority is kept in the data folder, if there is one.
    pub(super) fn open(&self, data: Option<&Path>) -> Result<Option<Arc<Tls>>, String> {
        let tls = match (&self.tls_cert, &self.tls_key, data) {
            (Some(certificate), Some(key), _) => Tls::from_files(certificate, key),
            _ if !self.tls => return Ok(None),
            (_, _, Some(data)) => Tls::in_folder(&data.join("tls"), &self.tls_name),
            (_, _, None) => Tls::temporary(&self.tls_name),
        };
        match tls {
            Ok(tls) => Ok(Some(Arc::new(tls))),
            Err(error) => Err(format!("cannot speak HTTPS: {error}")),
        }
    }
}
