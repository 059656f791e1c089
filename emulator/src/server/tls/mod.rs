//! HTTPS, with certificates from the emulator's own authority or with a certificate of the user.
//!
//! The data folder contains the authority, so clients trust it after a restart too. It issues a
//! certificate for any host name that a client requests through SNI, and for the address that a client
//! without SNI connects to. So no name needs configuration: `kms` in a compose file and
//! `kms.us-east-1.amazonaws.com` in a hosts file both work.

mod authority;

use std::error::Error;
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

/// The maximum number of cached certificates: clients can request any name.
const MAX_CACHED: usize = 256;

/// The protocols that are negotiated through ALPN.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// The TLS configuration of a server.
///
/// ```
/// use kms_emulator::server::Tls;
///
/// let tls = Tls::temporary(&["kms.test"])?;
/// assert!(tls.authority().is_some_and(|pem| pem.starts_with("-----BEGIN CERTIFICATE-----")));
/// # Ok::<(), kms_emulator::server::TlsError>(())
/// ```
pub struct Tls {
    certificates: Certificates,
}

impl fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.certificates {
            Certificates::Provided(_) => "Tls(provided certificate)",
            Certificates::Issued { .. } => "Tls(issued certificates)",
        })
    }
}

enum Certificates {
    /// The certificate of the user.
    Provided(Arc<ServerConfig>),
    /// One certificate per host name, issued on request.
    Issued {
        authority: Box<Authority>,
        by_name: Cache<ServerName<'static>, Arc<ServerConfig>>,
    },
}

/// Why TLS cannot be configured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("{}: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// A file does not contain the expected PEM section, such as a private key.
    #[error("{} has no {section} in PEM", file.display())]
    NotPem {
        /// The file.
        file: PathBuf,
        /// The expected section.
        section: &'static str,
    },
    /// A name is neither a host name nor an IP address.
    #[error("invalid name {name:?}: expected a host name or an IP address")]
    Name {
        /// The invalid value.
        name: String,
    },
    /// The certificate and the private key do not match, or cannot be used for TLS.
    #[error("unusable certificate: {0}")]
    Unusable(#[source] Box<dyn Error + Send + Sync>),
}

fn server_names(names: &[impl AsRef<str>]) -> Result<Vec<ServerName<'static>>, TlsError> {
    let names = names.iter().map(AsRef::as_ref);
    names
        .map(|name| {
            ServerName::try_from(name.to_owned()).map_err(|_| TlsError::Name {
                name: name.to_owned(),
            })
        })
        .collect()
}

fn unusable(cause: impl Error + Send + Sync + 'static) -> TlsError {
    TlsError::Unusable(Box::new(cause))
}

impl Tls {
    /// Uses the authority in a folder, and creates it if necessary. Clients must trust `ca.pem`;
    /// `ca.key` is secret. `names` are added to each certificate.
    ///
    /// # Errors
    ///
    /// The folder cannot be read or written, a file in it is not PEM, or a name is invalid.
    pub fn in_folder(folder: &Path, names: &[impl AsRef<str>]) -> Result<Self, TlsError> {
        Authority::in_folder(folder, &server_names(names)?).map(Self::issued_by)
    }

    /// Uses a new authority in memory.
    ///
    /// # Errors
    ///
    /// The system has no randomness, or a name is invalid.
    pub fn temporary(names: &[impl AsRef<str>]) -> Result<Self, TlsError> {
        Authority::temporary(&server_names(names)?).map(Self::issued_by)
    }

    /// Uses a certificate chain and a private key from PEM files.
    ///
    /// # Errors
    ///
    /// A file cannot be read, or the certificate and the private key do not match.
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&read(certificate)?)
            .collect::<Result<_, _>>()
            .ok()
            .filter(|chain: &Vec<_>| !chain.is_empty())
            .ok_or_else(|| TlsError::NotPem {
                file: certificate.to_owned(),
                section: "certificate",
            })?;
        let key = PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|_| TlsError::NotPem {
            file: key.to_owned(),
            section: "private key",
        })?;
        let certificates = Certificates::Provided(Arc::new(config(chain, key)?));
        Ok(Self { certificates })
    }

    fn issued_by(authority: Authority) -> Self {
        Self {
            certificates: Certificates::Issued {
                authority: Box::new(authority),
                by_name: Cache::new(MAX_CACHED),
            },
        }
    }

    /// The certificate that clients must trust, in PEM. `None` with [`Self::from_files`].
    pub fn authority(&self) -> Option<&str> {
        match &self.certificates {
            Certificates::Provided(_) => None,
            Certificates::Issued { authority, .. } => Some(authority.pem()),
        }
    }

    /// Performs the handshake with a client that connected to an address.
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
            Certificates::Provided(config) => Ok(Arc::clone(config)),
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
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(unusable)?;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).into();
    Ok(config)
}

fn read(file: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(file).map_err(|source| TlsError::File {
        file: file.to_owned(),
        source,
    })
}
