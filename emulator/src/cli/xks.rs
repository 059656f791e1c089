//! Options for proxies of external key stores (XKS).

use std::path::PathBuf;

use clap::Args;

use crate::KmsBuilder;
use crate::custom_key_store::proxy_address;

#[derive(Args)]
#[command(next_help_heading = "External key stores")]
pub(super) struct Xks {
    /// URL to connect to instead of the endpoint of an XKS proxy, by the host name of the endpoint, such
    /// as proxy.example=http://127.0.0.1:8443 (repeatable)
    #[arg(long, env = "KMS_XKS_CONNECT_TO", value_name = "HOST=URL", value_delimiter = ',',
          value_parser = connect_to)]
    xks_connect_to: Vec<ConnectTo>,
    /// PEM file with the certificate authorities to trust for XKS proxies [default: Mozilla's list]
    #[arg(long, env = "KMS_XKS_CA", value_name = "FILE")]
    xks_ca: Option<PathBuf>,
}

#[derive(Clone)]
struct ConnectTo {
    host: String,
    url: String,
}

impl Xks {
    pub(super) fn apply(&self, mut kms: KmsBuilder) -> Result<KmsBuilder, String> {
        for ConnectTo { host, url } in &self.xks_connect_to {
            kms = kms.xks_connect_to(host, url);
        }
        let Some(file) = &self.xks_ca else {
            return Ok(kms);
        };
        let path = file.display();
        let pem = std::fs::read(file).map_err(|error| format!("cannot read {path}: {error}"))?;
        Ok(kms.xks_ca(pem))
    }
}

const EXPECTED_PAIR: &str = "expected HOST=URL, such as proxy.example=http://127.0.0.1:8443";

fn connect_to(text: &str) -> Result<ConnectTo, &'static str> {
    let (host, url) = text.split_once('=').ok_or(EXPECTED_PAIR)?;
    let is_valid = proxy_address(host, url).is_some();
    let pair = is_valid.then(|| ConnectTo {
        host: host.to_owned(),
        url: url.to_owned(),
    });
    pair.ok_or(EXPECTED_PAIR)
}
