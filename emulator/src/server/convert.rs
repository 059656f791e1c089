//! Conversions between HTTP and the protocol of KMS.

use std::net::IpAddr;
use std::time::SystemTime;

use hyper::header::{
    ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HOST, HeaderMap,
    HeaderName, HeaderValue, USER_AGENT,
};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};

use super::body::ResponseBody;
use crate::fault::ConnectionFault;
use crate::protocol::{self, Reply, Sender};

const TARGET: HeaderName = HeaderName::from_static("x-amz-target");
const VIA_SERVICE: HeaderName = HeaderName::from_static("x-emulator-via-service");

/// The parts of an HTTP request that KMS reads.
pub(super) fn kms_request<'r>(
    head: &'r Parts,
    headers: &'r [(&'r str, &'r str)],
    peer: IpAddr,
    body: &'r [u8],
) -> protocol::Request<'r> {
    protocol::Request {
        method: head.method.as_str(),
        path: head.uri.path(),
        query: head.uri.query(),
        target: only_text(&head.headers, &TARGET),
        authorization: text(&head.headers, &AUTHORIZATION),
        accept: text(&head.headers, &ACCEPT),
        headers,
        body,
        sender: Sender {
            address: Some(peer),
            user_agent: text(&head.headers, &USER_AGENT),
            via_service: text(&head.headers, &VIA_SERVICE),
        },
    }
}

/// All headers that are text. In HTTP/2, the authority of the request is the header `host`.
pub(super) fn all_headers(head: &Parts) -> Vec<(&str, &str)> {
    let headers = head.headers.iter();
    let headers = headers
        .filter_map(|(name, value)| Some((name.as_str(), str::from_utf8(value.as_bytes()).ok()?)));
    let authority = head
        .uri
        .authority()
        .map(|authority| ("host", authority.as_str()));
    let authority = authority.filter(|_| !head.headers.contains_key(HOST));
    headers.chain(authority).collect()
}

/// The HTTP response, with its headers in the recorded order of KMS. `None` if a fault closes the
/// connection instead.
pub(super) fn response(reply: Reply, close: bool) -> Option<Response<ResponseBody>> {
    let mut headers = HeaderMap::with_capacity(8);
    for (name, value) in reply.headers() {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            if name == CONTENT_TYPE {
                headers.insert(DATE, date());
            }
            headers.insert(name, value);
        }
    }
    if close {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    let body = match reply.disruption.connection {
        Some(ConnectionFault::DropBefore | ConnectionFault::LoseAnswer) => return None,
        Some(ConnectionFault::DropAmid) => ResponseBody::broken(reply.body),
        Some(ConnectionFault::Truncate) | None => ResponseBody::complete(reply.body),
    };
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers;
    debug_assert!(response.headers().contains_key(CONTENT_LENGTH));
    Some(response)
}

/// The header `Date`. It has the system time, not that of the emulator, because SDKs correct for the
/// difference from their own clock.
fn date() -> HeaderValue {
    #[expect(
        clippy::disallowed_methods,
        reason = "an HTTP header does not follow the clock of the emulator"
    )]
    let now = SystemTime::now();
    HeaderValue::try_from(httpdate::fmt_http_date(now))
        .unwrap_or_else(|_| HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT"))
}

/// The value of a header, if it is text and the request has the header once. Of two values, a proxy
/// and the emulator could read different ones.
fn only_text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let is_only = headers.get_all(name).iter().nth(1).is_none();
    text(headers, name).filter(|_| is_only)
}

/// The value of a header, if it is text.
pub(super) fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
