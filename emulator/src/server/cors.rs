//! CORS: web pages of configured origins may use KMS.
//!
//! Because of the headers of a KMS request, a browser sends a preflight request first. So pages of
//! other origins cannot send KMS requests. With DNS rebinding they can: the page's own host name then
//! resolves to 127.0.0.1, and the browser sends no preflight request. So a loopback address also
//! refuses requests whose `Origin` has the name of another machine.

use std::fmt;

use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderName, HeaderValue, ORIGIN, VARY,
};
use hyper::http::Uri;
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};

use super::body::ResponseBody;
use super::loopback::is_loopback;
use crate::error::ProtocolError;

/// Part of a preflight request from a public page to a private network.
const REQUEST_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-allow-private-network");

/// The response headers that a page can read. The SDK reads the request id.
const EXPOSED: HeaderValue = HeaderValue::from_static("x-amzn-RequestId,Date,X-Emulator-Reason");
/// How long a browser caches a preflight response, in seconds: the maximum of Chrome.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// The origins whose pages may use KMS. The default is none.
///
/// ```
/// use kms_emulator::server::{CorsOrigin, CorsOrigins};
///
/// let origin: CorsOrigin = "http://localhost:3000".parse()?;
/// let origins = CorsOrigins::from(vec![origin]);
/// # Ok::<(), kms_emulator::server::InvalidOrigin>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CorsOrigins(Vec<CorsOrigin>);

/// One origin, or all origins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CorsOrigin {
    /// All origins, `*`.
    Any,
    /// An origin as a browser writes it, such as `http://localhost:3000`.
    Named(String),
}

/// The error for a text that is not an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidOrigin;

impl fmt::Display for InvalidOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("expected an origin such as http://localhost:3000, or *")
    }
}

impl std::error::Error for InvalidOrigin {}

impl std::str::FromStr for CorsOrigin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let uri: Uri = text.parse().map_err(|_| InvalidOrigin)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(InvalidOrigin);
        };
        if uri.path() != "/" || uri.query().is_some() || authority.as_str().contains('@') {
            return Err(InvalidOrigin);
        }
        // A browser sends no path, no capitals and no default port.
        let origin = format!("{scheme}://{authority}").to_ascii_lowercase();
        let default_port = if scheme == "https" { ":443" } else { ":80" };
        let origin = origin.strip_suffix(default_port).unwrap_or(&origin);
        Ok(Self::Named(origin.to_owned()))
    }
}

impl From<Vec<CorsOrigin>> for CorsOrigins {
    fn from(origins: Vec<CorsOrigin>) -> Self {
        Self(origins)
    }
}

impl CorsOrigins {
    /// The origin of a request, if its page may use KMS. `to_loopback` is whether the client connected
    /// to a loopback address.
    ///
    /// # Errors
    ///
    /// The request came to a loopback address, from a page of another machine that may not use KMS.
    pub(super) fn check(
        &self,
        head: &Parts,
        to_loopback: bool,
    ) -> Result<Option<AllowedOrigin>, ProtocolError> {
        let Some(origin) = head.headers.get(ORIGIN) else {
            return Ok(None);
        };
        match self.allowed(origin) {
            Some(allowed) => Ok(Some(allowed).filter(|_| head.uri.path() == "/")),
            None if to_loopback && !is_of_this_machine(origin) => {
                Err(ProtocolError::OriginNotAllowed)
            }
            None => Ok(None),
        }
    }

    fn allowed(&self, origin: &HeaderValue) -> Option<AllowedOrigin> {
        self.0.iter().find_map(|allowed| match allowed {
            CorsOrigin::Any => Some(AllowedOrigin(HeaderValue::from_static("*"))),
            CorsOrigin::Named(name) => (name == origin).then(|| AllowedOrigin(origin.clone())),
        })
    }
}

/// Whether the host of an origin is a loopback name.
fn is_of_this_machine(origin: &HeaderValue) -> bool {
    let host = origin.to_str().ok().and_then(|text| text.split_once("://"));
    host.is_some_and(|(_, host)| is_loopback(host))
}

/// The value of `Access-Control-Allow-Origin`.
pub(super) struct AllowedOrigin(HeaderValue);

impl AllowedOrigin {
    /// The response to a preflight request; `None` for other requests.
    pub(super) fn preflight(&self, head: &Parts) -> Option<Response<ResponseBody>> {
        if head.method != Method::OPTIONS
            || !head.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
        {
            return None;
        }
        let mut response = Response::new(ResponseBody::complete(Vec::new()));
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(
            ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("POST"),
        );
        // SDKs add headers in new versions, so all are allowed.
        if let Some(requested) = head.headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, requested.clone());
        }
        if head.headers.contains_key(REQUEST_PRIVATE_NETWORK) {
            headers.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
        }
        headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        self.add_origin(headers);
        Some(response)
    }

    /// Allows the page to read a response.
    pub(super) fn add_headers(&self, headers: &mut HeaderMap) {
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        self.add_origin(headers);
    }

    fn add_origin(&self, headers: &mut HeaderMap) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, self.0.clone());
        if self.0 != "*" {
            headers.insert(VARY, HeaderValue::from_static("Origin"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_origins() {
        let named = |text: &str| Ok(CorsOrigin::Named(text.to_owned()));
        assert_eq!("*".parse(), Ok(CorsOrigin::Any));
        assert_eq!(
            "http://localhost:3000".parse(),
            named("http://localhost:3000")
        );
        for text in ["HTTPS://Shop.Example/", "https://shop.example:443"] {
            assert_eq!(text.parse(), named("https://shop.example"), "{text}");
        }
        assert_eq!("http://a:443".parse(), named("http://a:443"));
        for wrong in [
            "",
            "localhost",
            "http://a/b",
            "http://a?b",
            "null",
            "http://u@a",
            "https://",
        ] {
            assert!(wrong.parse::<CorsOrigin>().is_err(), "{wrong}");
        }
    }
}
