//! The client of external key store proxies.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::Agent;

use super::XksProxy;
use super::wire::{Health, KeyMetadata, KeyStatus, MetadataRequest, RequestMetadata};
use crate::api::XksError;
use crate::clock::Timestamp;
use crate::error::{Error, message};
use crate::outgoing::{self, Failure};
use crate::sigv4::Signer;

/// The timeout of a call, from connecting to the last byte. KMS's own 250 ms would be too short for a
/// proxy on a busy laptop.
const CALL_TIMEOUT: Duration = Duration::from_secs(1);

/// The maximum length of a response. Decrypting 4300 bytes returns less than 6 kB.
const MAX_RESPONSE_LENGTH: u64 = 64 * 1024;

/// The service in the scope of signatures.
const SERVICE: &str = "kms-xks-proxy";

/// The HTTP client of all proxies.
pub(crate) struct Proxies {
    agent: Agent,
    /// Base URLs that replace endpoints, by host name.
    overrides: BTreeMap<String, String>,
}

/// The context of a call to a proxy.
#[derive(Clone, Copy)]
pub(crate) struct XksCall<'a> {
    pub(crate) proxies: &'a Proxies,
    pub(crate) region: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) request_id: &'a str,
    pub(crate) now: Timestamp,
}

/// The address of a proxy without a trailing slash. `None` if the host is empty, or if the URL is not
/// `http://` or `https://` followed by a host only.
pub(crate) fn proxy_address<'u>(host: &str, url: &'u str) -> Option<&'u str> {
    let address = url.strip_suffix('/').unwrap_or(url);
    let authority = address
        .strip_prefix("http://")
        .or_else(|| address.strip_prefix("https://"))?;
    let is_valid = !host.is_empty() && !authority.is_empty();
    (is_valid && !authority.contains(['/', '?', '#', '@'])).then_some(address)
}

impl Proxies {
    /// A client that trusts the certificate authorities in `ca` (PEM), or those of Mozilla. `None` if
    /// `ca` contains no certificate.
    pub(crate) fn new(ca: Option<&[u8]>, overrides: BTreeMap<String, String>) -> Option<Self> {
        let agent = outgoing::agent(ca, CALL_TIMEOUT)?;
        Some(Self { agent, overrides })
    }
}

impl XksCall<'_> {
    /// Calls the health API of a proxy.
    ///
    /// # Errors
    ///
    /// The call fails, or the proxy is unhealthy.
    pub(crate) fn health(self, proxy: &XksProxy) -> Result<(), XksError> {
        let request = MetadataRequest {
            request_metadata: self.metadata(None, None),
        };
        let health: Health = self.send(proxy, "/health", &request)?;
        if !health.is_valid() {
            Err(XksError::Malformed)
        } else if !health.is_available() {
            // By analogy: such a proxy would return `InternalException` for every other request.
            Err(XksError::Internal)
        } else {
            Ok(())
        }
    }

    /// Checks that a KMS key can use an external key.
    ///
    /// # Errors
    ///
    /// The errors of `CreateKey`.
    pub(crate) fn check_key(
        self,
        proxy: &XksProxy,
        principal: String,
        xks_key_id: &str,
    ) -> Result<(), Error> {
        let request = MetadataRequest {
            request_metadata: self.metadata(Some(principal), None),
        };
        let path = format!("/keys/{xks_key_id}/metadata");
        let key: Result<KeyMetadata, XksError> = self.send(proxy, &path, &request);
        let key = key.map_err(XksError::into_create_key_error)?;
        if key.usage.len() > 10 {
            return Err(XksError::Malformed.into_create_key_error());
        }
        if key.spec != "AES_256" {
            return Err(message::xks_key_invalid_configuration(&key.spec).into());
        }
        if key.status != KeyStatus::Enabled {
            return Err(XksError::InvalidState.into_create_key_error());
        }
        let allows = |usage: &str| key.usage.iter().any(|allowed| allowed == usage);
        if !allows("ENCRYPT") || !allows("DECRYPT") {
            return Err(XksError::InvalidKeyUsage.into_create_key_error());
        }
        Ok(())
    }

    /// `requestMetadata` of a request to the proxy.
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
    pub(super) fn send<R: DeserializeOwned>(
        self,
        proxy: &XksProxy,
        api: &str,
        request: &impl Serialize,
    ) -> Result<R, XksError> {
        let result = self.post(proxy, api, request);
        if let Err(error) = &result {
            tracing::warn!(
                endpoint = proxy.endpoint,
                api,
                "call to an external key store proxy failed: {error:?}"
            );
        }
        result
    }

    fn post<R: DeserializeOwned>(
        self,
        proxy: &XksProxy,
        api: &str,
        request: &impl Serialize,
    ) -> Result<R, XksError> {
        let body = serde_json::to_vec(request).map_err(|_| XksError::Malformed)?;
        let endpoint = proxy.endpoint.as_str();
        let host = endpoint.strip_prefix("https://").unwrap_or(endpoint);
        let base = self.proxies.overrides.get(host);
        let base = base.map_or(endpoint, String::as_str);
        let path = format!("{}{api}", proxy.path);
        let signer = Signer {
            access_key_id: &proxy.credential.access_key_id,
            secret: &proxy.credential.raw_secret_access_key,
            region: self.region,
            service: SERVICE,
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
            .map_err(|error| transport_error(&error))?;
        let status = response.status();
        let body = response.body_mut().with_config().limit(MAX_RESPONSE_LENGTH);
        let body = body
            .read_to_vec()
            .map_err(|error| transport_error(&error))?;
        if status != 200 {
            return Err(XksError::of(&body));
        }
        serde_json::from_slice(&body).map_err(|_| XksError::Malformed)
    }
}

/// Maps an error of the connection.
fn transport_error(error: &ureq::Error) -> XksError {
    tracing::debug!("call to an external key store proxy: {error}");
    match Failure::of(error) {
        Failure::TimedOut => XksError::Timeout,
        Failure::Tls => XksError::Tls,
        Failure::Connect | Failure::Reset => XksError::Unreachable,
        Failure::TooLarge | Failure::Malformed => XksError::Malformed,
    }
}
