//! The address of an endpoint.

use std::fmt;

use ureq::http::Uri;

/// Where requests go: a scheme, a host and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    base: String,
    authority: String,
    host: String,
}

/// The ends of AWS's host names, of all partitions.
const AWS: [&str; 10] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "api.amazonwebservices.com.cn",
    "api.amazonwebservices.eu",
    "api.aws",
    "c2s.ic.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
    "sc2s.sgov.gov",
];

impl Address {
    /// Reads `http://127.0.0.1:8080` or `https://kms.us-east-1.amazonaws.com`.
    ///
    /// # Errors
    ///
    /// The URL has another scheme, a user, a path or a query, or would send requests to AWS unencrypted.
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let error = |why: &str| format!("the endpoint {url:?} {why}");
        let uri: Uri = url
            .parse()
            .map_err(|why| error(&format!("is not a URL: {why}")))?;
        let scheme = uri.scheme_str().unwrap_or_default();
        let is_tls = scheme.eq_ignore_ascii_case("https");
        if !is_tls && !scheme.eq_ignore_ascii_case("http") {
            return Err(error("must start with http:// or https://"));
        }
        let authority = uri.authority().ok_or_else(|| error("has no host"))?;
        if authority.as_str().contains('@') {
            return Err(error("must not contain a user"));
        }
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(error("must not have a path or a query"));
        }
        let authority = authority.as_str().to_ascii_lowercase();
        let default_port = if is_tls { ":443" } else { ":80" };
        let authority = authority.strip_suffix(default_port).unwrap_or(&authority);
        let scheme = if is_tls { "https" } else { "http" };
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        let address = Self {
            base: format!("{scheme}://{authority}"),
            authority: authority.to_owned(),
            host: host.trim_end_matches('.').to_owned(),
        };
        if address.is_aws() && !is_tls {
            return Err(error("must start with https://, because it is one of AWS"));
        }
        Ok(address)
    }

    /// The host, and the port if it is not the default, as in the header `Host`.
    pub(super) fn authority(&self) -> &str {
        &self.authority
    }

    /// The name or address of the host.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Whether the host is one of AWS.
    pub(crate) fn is_aws(&self) -> bool {
        AWS.iter().any(|suffix| {
            let rest = self.host.strip_suffix(suffix);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    }

    /// The Region in a host name of AWS: `kms.us-east-1.amazonaws.com`, `kms-fips.…`, `vpce-1.kms.…`.
    pub(crate) fn region(&self) -> Option<&str> {
        if !self.is_aws() {
            return None;
        }
        let mut labels = self.host.split('.');
        labels.find(|label| matches!(*label, "kms" | "kms-fips"))?;
        labels.next().filter(|label| label.contains('-'))
    }
}

/// The URL without a slash at its end.
impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.base)
    }
}
