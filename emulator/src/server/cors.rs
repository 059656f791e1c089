//! Which web pages may use the AWS side: those of the origins that the user names, and no other.
//!
//! KMS's requests have headers that a browser sends to another origin only after it has asked, so a
//! page that is not named cannot make any.

use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderName, HeaderValue, ORIGIN, VARY,
};
use hyper::http::Uri;
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};

use super::body::AnswerBody;

/// A browser asks this before a page of the wide web reaches for this machine or its network.
const REQUEST_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-allow-private-network");

/// What a page may see of an answer beside its body: the SDK reads the request's id.
const EXPOSED: HeaderValue = HeaderValue::from_static("x-amzn-RequestId,Date");
/// Seconds that a browser need not ask again; none remembers for longer.
const REMEMBERED: HeaderValue = HeaderValue::from_static("7200");

/// The origins whose pages are let in.
#[derive(Clone, Debug, Default)]
pub struct CorsOrigins(Vec<CorsOrigin>);

/// An origin, or all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CorsOrigin {
    /// Pages from wherever, `*`.
    Any,
    /// As a browser writes it: `http://localhost:3000`.
    Named(HeaderValue),
}

impl std::str::FromStr for CorsOrigin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "it is to be an origin like http://localhost:3000, or *";
        if text == "*" {
            return Ok(Self::Any);
        }
        let uri: Uri = text.parse().map_err(|_| WRONG)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(WRONG);
        };
        // What a browser sends has no path, no capitals, and no port that goes without saying.
        let origin = format!("{scheme}://{authority}").to_ascii_lowercase();
        let usual = if scheme == "https" { ":443" } else { ":80" };
        let origin = origin.strip_suffix(usual).unwrap_or(&origin);
        if uri.path() != "/" || uri.query().is_some() || authority.as_str().contains('@') {
            return Err(WRONG);
        }
        HeaderValue::try_from(origin)
            .map(Self::Named)
            .map_err(|_| WRONG)
    }
}

impl From<Vec<CorsOrigin>> for CorsOrigins {
    fn from(origins: Vec<CorsOrigin>) -> Self {
        Self(origins)
    }
}

impl CorsOrigins {
    /// How a request's page is told that it may, if it may.
    pub(super) fn admit(&self, head: &Parts) -> Option<Admitted> {
        let origin = head.headers.get(ORIGIN)?;
        if head.uri.path() != "/" {
            return None;
        }
        self.0.iter().find_map(|allowed| match allowed {
            CorsOrigin::Any => Some(Admitted(HeaderValue::from_static("*"))),
            CorsOrigin::Named(name) => (name == origin).then(|| Admitted(name.clone())),
        })
    }
}

/// A page that may, by the name that it is told.
pub(super) struct Admitted(HeaderValue);

impl Admitted {
    /// The answer to a browser that asks before it sends the real request.
    pub(super) fn preflight(&self, head: &Parts) -> Option<Response<AnswerBody>> {
        if head.method != Method::OPTIONS
            || !head.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
        {
            return None;
        }
        let mut response = Response::new(AnswerBody::whole(Vec::new()));
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(
            ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("POST"),
        );
        // Whatever an SDK sends: its headers change from version to version.
        if let Some(asked) = head.headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
        }
        if head.headers.contains_key(REQUEST_PRIVATE_NETWORK) {
            headers.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
        }
        headers.insert(ACCESS_CONTROL_MAX_AGE, REMEMBERED);
        self.name(headers);
        Some(response)
    }

    /// Lets the page read an answer.
    pub(super) fn open(&self, headers: &mut HeaderMap) {
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        self.name(headers);
    }

    fn name(&self, headers: &mut HeaderMap) {
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
    fn an_origin_is_a_scheme_and_a_host() {
        let named = |text: &str| Ok(CorsOrigin::Named(text.parse().unwrap()));
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
