//! Conversions between HTTP and the protocol of KMS.

use std::cell::RefCell;
use std::net::IpAddr;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use hyper::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, EXPIRES, HOST, HeaderMap,
    HeaderName, HeaderValue, PRAGMA,
};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};

use super::body::ResponseBody;
use crate::fault::ConnectionFault;
use crate::protocol::{self, Reply, Sender, reply};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// The parts of an HTTP request that KMS reads.
pub(super) fn kms_request<'r>(
    head: &'r Parts,
    headers: &'r [(&'r str, &'r str)],
    peer: IpAddr,
    body: &'r [u8],
) -> protocol::Request<'r> {
    let mut request = protocol::Request {
        method: head.method.as_str(),
        path: head.uri.path(),
        query: head.uri.query(),
        headers,
        body,
        sender: Sender {
            address: Some(peer),
            ..Sender::default()
        },
        ..protocol::Request::default()
    };
    let mut targets = 0;
    // The values of a header come one after the other. Only the first counts, if it is text.
    let mut last = None;
    for (name, value) in &head.headers {
        let read = match name.as_str() {
            "authorization" => &mut request.authorization,
            "user-agent" => &mut request.sender.user_agent,
            "x-amz-target" => {
                targets = (targets + 1).min(2);
                &mut request.target
            }
            "accept" => &mut request.accept,
            "x-emulator-via-service" => &mut request.sender.via_service,
            _ => continue,
        };
        if last.replace(name) != Some(name) {
            *read = value.to_str().ok();
        }
    }
    // Of two targets, a proxy and the emulator could read different ones.
    request.target = request.target.filter(|_| targets == 1);
    request
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
pub(super) fn response(mut reply: Reply, close: bool) -> Option<Response<ResponseBody>> {
    let mut headers = match &reply.passed_headers {
        Some(passed) => passed_headers(passed, reply.body.len()),
        None => own_headers(&mut reply),
    };
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

/// The headers of all replies. A copy takes less time than their insertion into a map.
static HEADERS: LazyLock<HeaderMap> = LazyLock::new(|| {
    let differs = HeaderValue::from_static("");
    let headers = [
        (REQUEST_ID, differs.clone()),
        (
            CACHE_CONTROL,
            HeaderValue::from_static(reply::CACHE_CONTROL),
        ),
        (EXPIRES, HeaderValue::from_static(reply::EXPIRES)),
        (PRAGMA, HeaderValue::from_static(reply::PRAGMA)),
        (DATE, differs.clone()),
        (CONTENT_TYPE, differs.clone()),
        (CONTENT_LENGTH, differs),
    ];
    headers.into_iter().collect()
});

fn own_headers(reply: &mut Reply) -> HeaderMap {
    let mut headers = HEADERS.clone();
    for (name, value) in &mut headers {
        *value = if *name == REQUEST_ID {
            // A UUID is a valid value.
            let id = HeaderValue::try_from(std::mem::take(&mut reply.request_id));
            id.unwrap_or(HeaderValue::from_static(""))
        } else if *name == DATE {
            date()
        } else if *name == CONTENT_TYPE {
            HeaderValue::from_static(reply.content_type)
        } else if *name == CONTENT_LENGTH {
            HeaderValue::from(reply.body.len())
        } else {
            continue;
        };
    }
    headers
}

/// The headers of an upstream's answer.
fn passed_headers(passed: &[(String, String)], length: usize) -> HeaderMap {
    let headers = passed.iter().filter_map(|(name, value)| {
        let name = HeaderName::try_from(name).ok()?;
        Some((name, HeaderValue::try_from(value).ok()?))
    });
    let mut all = HeaderMap::new();
    for (name, value) in headers {
        all.append(name, value);
    }
    all.insert(CONTENT_LENGTH, HeaderValue::from(length));
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
