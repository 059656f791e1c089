//! Conversions between HTTP and the protocol of KMS.

use std::cell::RefCell;
use std::net::IpAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use hyper::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, EXPIRES,
    HOST, HeaderMap, HeaderName, HeaderValue, PRAGMA, USER_AGENT,
};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};

use super::body::ResponseBody;
use crate::fault::ConnectionFault;
use crate::protocol::{self, Reply, Sender, reply};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
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
    let mut headers = match &reply.passed_headers {
        Some(passed) => passed_headers(passed),
        None => own_headers(&reply),
    };
    headers.insert(CONTENT_LENGTH, HeaderValue::from(reply.body.len()));
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
    Some(response)
}

fn own_headers(reply: &Reply) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8);
    // A UUID is a valid value.
    if let Ok(id) = HeaderValue::try_from(&reply.request_id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static(reply::CACHE_CONTROL),
    );
    headers.insert(EXPIRES, HeaderValue::from_static(reply::EXPIRES));
    headers.insert(PRAGMA, HeaderValue::from_static(reply::PRAGMA));
    headers.insert(DATE, date());
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    headers
}

/// The headers of an upstream's answer.
fn passed_headers(passed: &[(String, String)]) -> HeaderMap {
    let headers = passed.iter().filter_map(|(name, value)| {
        let name = HeaderName::try_from(name).ok()?;
        Some((name, HeaderValue::try_from(value).ok()?))
    });
    let mut all = HeaderMap::new();
    for (name, value) in headers {
        all.append(name, value);
    }
    all
}

/// The header `Date`. It has the system time, not that of the emulator, because SDKs correct for the
/// difference from their own clock. Its text changes once a second.
fn date() -> HeaderValue {
    thread_local! {
        static LATEST: RefCell<(u64, HeaderValue)> =
            const { RefCell::new((0, HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT"))) };
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "an HTTP header does not follow the clock of the emulator"
    )]
    let now = SystemTime::now();
    let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    LATEST.with_borrow_mut(|(second, text)| {
        if *second != seconds
            && let Ok(new) = HeaderValue::try_from(httpdate::fmt_http_date(now))
        {
            (*second, *text) = (seconds, new);
        }
        text.clone()
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kms;
    use crate::protocol::Request;

    /// The headers on the wire are those that callers without a socket see, and `Date`.
    #[test]
    fn headers_are_those_of_the_reply() {
        let kms = Kms::builder().build_temporary().unwrap();
        let reply = kms.handle(&Request::new("TrentService.ListKeys", b"{}"));
        let expected = reply
            .headers()
            .map(|(name, value)| (name.to_ascii_lowercase(), value));
        let response = response(reply.clone(), false).unwrap();
        let headers = response.headers().iter();
        let found: Vec<_> = headers
            .filter(|(name, _)| **name != DATE)
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        assert_eq!(found, expected);
        let date = response.headers()[DATE].to_str().unwrap();
        assert!(httpdate::parse_http_date(date).is_ok(), "{date}");
    }
}
