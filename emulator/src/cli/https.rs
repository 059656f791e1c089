//! Options for HTTPS.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use clap::builder::BoolishValueParser;
use rustls::pki_types::ServerName;

use crate::server::Tls;

#[derive(Args)]
#[command(next_help_heading = "HTTPS")]
pub(super) struct Https {
    /// Serve HTTPS. Clients must trust the emulator's certificate authority, which is tls/ca.pem in
    /// the data folder and /ca.pem over plain HTTP
    #[arg(long, env = "KMS_TLS", value_parser = BoolishValueParser::new())]
    tls: bool,
    /// Host name or IP address to add to the certificate (repeatable). Loopback addresses, the
    /// addresses of this machine and the names that clients request are included already
    #[arg(long, env = "KMS_TLS_NAME", value_name = "NAME", value_delimiter = ',',
          value_parser = name)]
    tls_name: Vec<String>,
    /// Serve HTTPS with this certificate chain, a PEM file
    #[arg(long, env = "KMS_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key of --tls-cert, a PEM file
    #[arg(long, env = "KMS_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

fn name(text: &str) -> Result<String, &'static str> {
    match ServerName::try_from(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err("expected a host name or an IP address"),
    }
}

impl Https {
    /// The TLS configuration, if HTTPS is on. The data folder contains the certificate authority.
    pub(super) fn open(&self, data: Option<&Path>) -> Result<Option<Arc<Tls>>, String> {
        let tls = match (&self.tls_cert, &self.tls_key, data) {
            (Some(certificate), Some(key), _) => Tls::from_files(certificate, key),
            _ if !self.tls => return Ok(None),
            (_, _, Some(data)) => Tls::in_folder(&data.join("tls"), &self.tls_name),
            (_, _, None) => Tls::temporary(&self.tls_name),
        };
        match tls {
            Ok(tls) => Ok(Some(Arc::new(tls))),
            Err(error) => Err(format!("cannot serve HTTPS: {error}")),
        }
    }
}
