//! HTTPS, with certificates that the emulator issues itself or that it is given.
//!
//! The authority is kept in the data folder, so that what was told to trust it once still does after
//! a restart. It issues a certificate for whatever name a client asks for, and for the address that a
//! client without a name came to, so no name has to be foreseen: `kms` in a compose file and
//! `kms.us-east-1.amazonaws.com` in a hosts file both work.

mod authority;

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quick_cache::sync::Cache;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::Acceptor;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use authority::Authority;

/// Names that are remembered with their certificates. A client may ask for any, so there is a bound.
const NAMES: usize = 256;

/// The protocols that a client may choose from in the handshake (ALPN).
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// How a server's connections are encrypted.
pub struct Tls {
    certificates: Certificates,
}

enum Certificates {
    /// One that the user has.
    Given(Arc<ServerConfig>),
    /// One for each name, issued when it is asked for.
    Issued {
        authority: Box<Authority>,
        by_name: Cache<ServerName<'static>, Arc<ServerConfig>>,
    },
}

/// Why there is no HTTPS.
#[derive(Debug)]
pub enum TlsError {
    /// A file cannot be read or written.
    File(PathBuf, io::Error),
    /// A file does not hold what it should, such as a private key in PEM.
    NotPem(PathBuf, &'static str),
    /// A certificate and a key that do not go together, or are of no use for HTTPS.
    Unusable(String),
}

impl fmt::Display for TlsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file, cause) => write!(formatter, "{}: {cause}", file.display()),
            Self::NotPem(file, what) => {
                write!(formatter, "{} has no {what} in PEM", file.display())
            }
            Self::Unusable(why) => write!(formatter, "no HTTPS with this certificate: {why}"),
        }
    }
}

impl std::error::Error for TlsError {}

impl From<rustls::Error> for TlsError {
    fn from(error: rustls::Error) -> Self {
        Self::Unusable(error.to_string())
    }
}

impl From<rcgen::Error> for TlsError {
    fn from(error: rcgen::Error) -> Self {
        Self::Unusable(error.to_string())
    }
}

impl Tls {
    /// With an authority that is kept in a folder, and made if it is not there yet: `ca.pem` for
    /// clients, `ca.key` for nobody. Its certificates are good for `names` too.
    ///
    /// # Errors
    ///
    /// If the folder cannot be read or written, or its key is not one.
    pub fn in_folder(folder: &Path, names: &[ServerName<'static>]) -> Result<Self, TlsError> {
        Authority::in_folder(folder, names).map(Self::issued_by)
    }

    /// With an authority that nobody has seen before, and nobody will again.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub fn temporary(names: &[ServerName<'static>]) -> Result<Self, TlsError> {
        Authority::temporary(names).map(Self::issued_by)
    }

    /// With a certificate of one's own: a file with it and what leads to its authority, and one with
    /// its private key, both PEM.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, or the two do not go together.
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&read(certificate)?)
            .collect::<Result<_, _>>()
            .ok()
            .filter(|chain: &Vec<_>| !chain.is_empty())
            .ok_or_else(|| TlsError::NotPem(certificate.to_owned(), "certificate"))?;
        let key = PrivateKeyDer::from_pem_slice(&read(key)?)
            .map_err(|_| TlsError::NotPem(key.to_owned(), "private key"))?;
        let certificates = Certificates::Given(Arc::new(config(chain, key)?));
        Ok(Self { certificates })
    }

    fn issued_by(authority: Authority) -> Self {
        Self {
            certificates: Certificates::Issued {
                authority: Box::new(authority),
                by_name: Cache::new(NAMES),
            },
        }
    }

    /// The authority's certificate in PEM: what clients are to trust. `None` with a certificate of
    /// one's own.
    pub fn authority(&self) -> Option<&str> {
        match &self.certificates {
            Certificates::Given(_) => None,
            Certificates::Issued { authority, .. } => Some(authority.pem()),
        }
    }

    /// Shakes hands with a client that came to an address.
    pub(super) async fn accept<S>(&self, stream: S, address: IpAddr) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let hello = start.client_hello();
        let config = match hello.server_name().map(ServerName::try_from) {
            Some(Ok(name)) => self.config(&name.to_owned()),
            _ => self.config(&ServerName::from(address.to_canonical())),
        };
        start.into_stream(config.map_err(io::Error::other)?).await
    }

    fn config(&self, name: &ServerName<'static>) -> Result<Arc<ServerConfig>, TlsError> {
        match &self.certificates {
            Certificates::Given(config) => Ok(Arc::clone(config)),
            Certificates::Issued { authority, by_name } => by_name.get_or_insert_with(name, || {
                let (chain, key) = authority.issue(name)?;
                config(chain, key).map(Arc::new)
            }),
        }
    }
}

fn config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<ServerConfig, TlsError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).into();
    Ok(config)
}

fn read(file: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(file).map_err(|error| TlsError::File(file.to_owned(), error))
}
