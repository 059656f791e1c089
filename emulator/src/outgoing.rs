//! The HTTP client for what the emulator calls: proxies of external keys, and KMS endpoints.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

/// The longest idle time of a connection that is used again. Many servers close theirs after 5 seconds.
const MAX_IDLE: Duration = Duration::from_secs(2);

/// A client that trusts the certificate authorities in `ca` (PEM), or those of Mozilla. `None` if `ca`
/// contains no certificate. It follows no redirect, and variables such as `HTTPS_PROXY` do not apply, so
/// it connects only to the host that it is asked for. `timeout` is from connecting to the last byte.
pub(crate) fn agent(ca: Option<&[u8]>, timeout: Duration) -> Option<Agent> {
    let roots = match ca {
        None => RootCerts::WebPki,
        Some(pem) => roots(pem)?,
    };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(provider)
        .root_certs(roots)
        .build();
    let agent = Agent::config_builder()
        .timeout_global(Some(timeout))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_idle_age(MAX_IDLE)
        .allow_non_standard_methods(true)
        .proxy(None)
        .tls_config(tls);
    Some(agent.build().into())
}

fn roots(pem: &[u8]) -> Option<RootCerts> {
    let mut certificates = Vec::new();
    for item in parse_pem(pem) {
        if let PemItem::Certificate(certificate) = item.ok()? {
            certificates.push(certificate);
        }
    }
    (!certificates.is_empty()).then(|| RootCerts::from(certificates))
}

/// Why a call has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No connection was made.
    Connect,
    Tls,
    TimedOut,
    /// The connection ended before the answer did.
    Reset,
    /// The answer is longer than it may be.
    TooLarge,
    /// The answer is not HTTP.
    Malformed,
}

impl Failure {
    pub(crate) fn of(error: &ureq::Error) -> Self {
        match error {
            ureq::Error::Timeout(_) => Self::TimedOut,
            ureq::Error::Tls(_) | ureq::Error::Pem(_) | ureq::Error::Rustls(_) => Self::Tls,
            ureq::Error::Io(error)
                if error
                    .get_ref()
                    .is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>) =>
            {
                Self::Tls
            }
            ureq::Error::Io(error) => match error.kind() {
                ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof => Self::Reset,
                ErrorKind::TimedOut => Self::TimedOut,
                _ => Self::Connect,
            },
            ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => Self::Connect,
            ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..) => {
                Self::TooLarge
            }
            _ => Self::Malformed,
        }
    }
}
