//! `kms-emulator health`: for containers, which have neither a shell nor `curl`.

use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::header::HOST;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::complain;
use super::serve::port;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Where to ask.
#[derive(Args)]
pub(super) struct Health {
    /// The address that the emulator listens on; 0.0.0.0 is asked on 127.0.0.1
    #[arg(long, env = "KMS_HOST", default_value = "127.0.0.1")]
    host: IpAddr,
    /// The port that the emulator listens on [default: 4599]
    #[arg(long, env = "KMS_PORT")]
    port: Option<u16>,
}

const PATIENCE: Duration = Duration::from_secs(5);
const MOST: usize = 64 * 1024;

impl Health {
    pub(super) fn run(self) -> ExitCode {
        let host = match self.host {
            host if host.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            host => host,
        };
        let port = match port(self.port) {
            Ok(port) => port,
            Err(sentence) => {
                complain(&sentence);
                return ExitCode::FAILURE;
            }
        };
        let address = SocketAddr::new(host, port);
        match asked(address) {
            Ok(answer) => {
                // The exit code says the same; nobody need be there to read.
                let _ = writeln!(io::stdout(), "{answer}");
                ExitCode::SUCCESS
            }
            Err(error) => {
                complain(&format!("no healthy emulator at http://{address}: {error}"));
                ExitCode::FAILURE
            }
        }
    }
}

fn asked(address: SocketAddr) -> Result<String, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        timeout(PATIENCE, ask(address))
            .await
            .map_err(|_| "it does not answer in time")?
    })
}

async fn ask(address: SocketAddr) -> Result<String, Failure> {
    let stream = TokioIo::new(TcpStream::connect(address).await?);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await?;
    let connection = tokio::spawn(connection);
    let request = hyper::Request::get("/health")
        .header(HOST, address.to_string())
        .body(Empty::<Bytes>::new())?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    let body = Limited::new(response.into_body(), MOST)
        .collect()
        .await?
        .to_bytes();
    drop(sender);
    connection.abort();
    if status.is_success() {
        Ok(String::from_utf8_lossy(&body).into_owned())
    } else {
        Err(format!("it answers HTTP {status}").into())
    }
}
