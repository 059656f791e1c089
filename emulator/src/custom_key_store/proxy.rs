//! The client of external key store proxies.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use super::XksProxy;
use super::signature::Signer;
use super::wire::{Health, KeyMetadata, KeyStatus, Question, RequestMetadata};
use crate::api::XksError;
use crate::clock::Timestamp;
use crate::error::{Error, message};

/// How long a proxy may take, from the connection to the last byte. KMS itself waits 250 ms, which
/// a proxy on a laptop under load would miss.
const PATIENCE: Duration = Duration::from_secs(1);

/// The longest answer that is read. Decrypting 4300 bytes takes less than 6 kB.
const LONGEST: u64 = 64 * 1024;

/// All proxies: how they are found and believed.
pub(crate) struct Proxies {
    agent: Agent,
    /// By the name in an endpoint, where it is really found.
    elsewhere: BTreeMap<String, String>,
}

/// What a call to a proxy is made for.
#[derive(Clone, Copy)]
pub(crate) struct XksCall<'a> {
    pub(crate) proxies: &'a Proxies,
    pub(crate) region: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) request_id: &'a str,
    pub(crate) now: Timestamp,
}

impl Proxies {
    /// Believes the certificates that `ca` signs, in PEM, or Mozilla's; `None` if there is no
    /// certificate in it.
    pub(crate) fn new(ca: Option<&[u8]>, elsewhere: BTreeMap<String, String>) -> Option<Self> {
        let roots = match ca {
            None => RootCerts::WebPki,
            Some(pem) => roots(pem)?,
        };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(provider)
            .root_certs(roots)
            .build();
        // The environment's HTTP proxies are left out: a request goes where the key store says.
        let agent = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .tls_config(tls)
            .build()
            .into();
        Some(Self { agent, elsewhere })
    }
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

impl XksCall<'_> {
    /// Asks a proxy whether it is well.
    ///
    /// # Errors
    ///
    /// It is not, or does not say so.
    pub(crate) fn health(self, proxy: &XksProxy) -> Result<(), XksError> {
        let question = Question {
            request_metadata: self.metadata(None, None),
        };
        let health: Health = self.call(proxy, "/health", &question)?;
        if !health.is_valid() {
            Err(XksError::Malformed)
        } else if !health.can_serve() {
            // By analogy: a proxy would say `InternalException` to every other request.
            Err(XksError::Internal)
        } else {
            Ok(())
        }
    }

    /// Asks a proxy whether a key is fit to be a KMS key's.
    ///
    /// # Errors
    ///
    /// As `CreateKey` answers.
    pub(crate) fn require_fit(
        self,
        proxy: &XksProxy,
        principal: String,
        xks_key_id: &str,
    ) -> Result<(), Error> {
        let question = Question {
            request_metadata: self.metadata(Some(principal), None),
        };
        let path = format!("/keys/{xks_key_id}/metadata");
        let key: Result<KeyMetadata, XksError> = self.call(proxy, &path, &question);
        let key = key.map_err(XksError::of_new_key)?;
        if key.usage.len() > 10 {
            return Err(XksError::Malformed.of_new_key());
        }
        if key.spec != "AES_256" {
            return Err(message::xks_key_invalid_configuration().into());
        }
        if key.status != KeyStatus::Enabled {
            return Err(XksError::InvalidState.of_new_key());
        }
        let has = |usage: &str| key.usage.iter().any(|has| has == usage);
        if !has("ENCRYPT") || !has("DECRYPT") {
            return Err(XksError::InvalidKeyUsage.of_new_key());
        }
        Ok(())
    }

    /// What is told to the proxy of a request.
    pub(super) fn metadata(
        &self,
        principal: Option<String>,
        key: Option<String>,
    ) -> RequestMetadata<'_> {
        RequestMetadata {
            aws_principal_arn: principal,
            kms_key_arn: key,
            kms_operation: self.operation,
            kms_request_id: self.request_id,
        }
    }

    /// Calls an API of a proxy.
    pub(super) fn call<R: DeserializeOwned>(
        self,
        proxy: &XksProxy,
        api: &str,
        question: &impl Serialize,
    ) -> Result<R, XksError> {
        let answer = self.send(proxy, api, question);
        if let Err(fault) = &answer {
            tracing::warn!(
                endpoint = proxy.endpoint,
                api,
                "a key store proxy: {fault:?}"
            );
        }
        answer
    }

    fn send<R: DeserializeOwned>(
        self,
        proxy: &XksProxy,
        api: &str,
        question: &impl Serialize,
    ) -> Result<R, XksError> {
        let body = serde_json::to_vec(question).map_err(|_| XksError::Malformed)?;
        let endpoint = proxy.endpoint.as_str();
        let host = endpoint.strip_prefix("https://").unwrap_or(endpoint);
        let base = self.proxies.elsewhere.get(host);
        let base = base.map_or(endpoint, String::as_str);
        let path = format!("{}{api}", proxy.path);
        let signer = Signer {
            access_key_id: &proxy.credential.access_key_id,
            secret: &proxy.credential.raw_secret_access_key,
            region: self.region,
        };
        let headers = signer.sign(host, &path, &body, self.now);
        let mut response = self
            .proxies
            .agent
            .post(format!("{base}{path}"))
            .header("Host", host)
            .header("Content-Type", "application/json")
            .header("X-Amz-Date", headers.date)
            .header("Authorization", headers.authorization)
            .send(&body[..])
            .map_err(|error| fault(&error))?;
        let status = response.status();
        let answer = response.body_mut().with_config().limit(LONGEST);
        let answer = answer.read_to_vec().map_err(|error| fault(&error))?;
        if status != 200 {
            return Err(XksError::of(&answer));
        }
        serde_json::from_slice(&answer).map_err(|_| XksError::Malformed)
    }
}

/// What is wrong with the way to a proxy.
fn fault(error: &ureq::Error) -> XksError {
    tracing::debug!("a call to a key store proxy: {error}");
    match error {
        ureq::Error::Timeout(_) => XksError::Timeout,
        ureq::Error::Tls(_) | ureq::Error::Pem(_) | ureq::Error::Rustls(_) => XksError::Tls,
        ureq::Error::Io(error)
            if error
                .get_ref()
                .is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>) =>
        {
            XksError::Tls
        }
        ureq::Error::Io(_) | ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => {
            XksError::Unreachable
        }
        _ => XksError::Malformed,
    }
}
