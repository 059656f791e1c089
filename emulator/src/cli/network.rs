//! Options for addresses, web pages and connections.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use clap::Args;

use super::local_kms;
use crate::server::{CorsOrigin, CorsOrigins, Limits};

#[derive(Args)]
#[command(next_help_heading = "Network")]
pub(super) struct Network {
    #[command(flatten)]
    address: Address,
    /// A second port to listen on
    #[arg(long, env = "KMS_ALSO_PORT", value_name = "PORT", value_parser = port)]
    also_port: Option<u16>,
    #[arg(
        long,
        env = "KMS_CORS_ORIGIN",
        value_name = "ORIGIN",
        help = "Origin of web pages that may call KMS, such as http://localhost:3000; * allows all \
                pages (repeatable)",
        value_delimiter = ','
    )]
    cors_origin: Vec<CorsOrigin>,
    /// Maximum number of open connections; further ones are refused with HTTP 503
    #[arg(long, env = "KMS_MAX_CONNECTIONS", default_value_t = 512, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=100_000))]
    max_connections: u32,
}

/// The address of an emulator. `serve` listens on it, and `health` connects to it.
#[derive(Args)]
#[command(next_help_heading = "Network")]
pub(super) struct Address {
    /// IP address to listen on, or localhost; 0.0.0.0 means all addresses of this machine
    #[arg(long, env = "KMS_HOST", default_value = "127.0.0.1", value_parser = host)]
    host: IpAddr,
    /// Port to listen on; 0 lets the system choose a free one [default: 4599]
    #[arg(long, env = "KMS_PORT", value_parser = port)]
    port: Option<u16>,
}

const DEFAULT_PORT: u16 = 4599;

impl Network {
    /// The addresses to listen on.
    pub(super) fn addresses(&self) -> Result<Vec<SocketAddr>, String> {
        let first = self.address.socket()?;
        let second = self.also_port.filter(|port| *port != first.port());
        let second = second.map(|port| SocketAddr::new(first.ip(), port));
        Ok(std::iter::once(first).chain(second).collect())
    }

    pub(super) fn limits(&self) -> Limits {
        Limits {
            connections: usize::try_from(self.max_connections).unwrap_or(usize::MAX),
            ..Limits::default()
        }
    }

    pub(super) fn cors(self) -> CorsOrigins {
        self.cors_origin.into()
    }
}

impl Address {
    pub(super) fn socket(&self) -> Result<SocketAddr, String> {
        let port = match self.port {
            None => local_kms::port()?,
            port => port,
        };
        Ok(SocketAddr::new(self.host, port.unwrap_or(DEFAULT_PORT)))
    }
}

fn host(text: &str) -> Result<IpAddr, &'static str> {
    if text.eq_ignore_ascii_case("localhost") {
        return Ok(Ipv4Addr::LOCALHOST.into());
    }
    text.parse()
        .map_err(|_| "expected an IP address, such as 127.0.0.1, or localhost")
}

fn port(text: &str) -> Result<u16, &'static str> {
    text.parse().map_err(|_| "expected a number up to 65535")
}
