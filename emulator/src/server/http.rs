//! Between HTTP and the KMS: one request read under limits, one answer written, one line logged.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, HeaderName,
    HeaderValue, USER_AGENT,
};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode, Version};
use serde::Serialize;
use tokio::sync::{Notify, Semaphore};
use tokio::time::timeout;

use super::Limits;
use super::body::AnswerBody;
use super::control::Control;
use super::cors::CorsOrigins;
use crate::error::ProtocolError;
use crate::fault::Cut;
use crate::protocol::{self, Reply, Sender};
use crate::{Cost, Kms};

/// A connection, to those who answer what comes by it.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) peer: IpAddr,
    /// Why nothing is done for whoever asks by it: it is one too many, or not encrypted.
    pub(super) refused: Option<ProtocolError>,
    /// Has it closed at once, with all that comes by it.
    pub(super) cut: Arc<Notify>,
}

/// What answers the requests of all connections.
pub(super) struct Answers {
    kms: Arc<Kms>,
    control: Control,
    cors: CorsOrigins,
    /// The certificate that clients are to trust, in PEM.
    authority: Option<String>,
    limits: Limits,
    under_way: Semaphore,
    heavy: Semaphore,
    key_pairs: Semaphore,
    outside: Semaphore,
    started: Instant,
}

impl Answers {
    pub(super) fn new(
        kms: Arc<Kms>,
        control: Control,
        cors: CorsOrigins,
        authority: Option<String>,
        limits: Limits,
    ) -> Self {
        Self {
            kms,
            control,
            cors,
            authority,
            limits,
            under_way: Semaphore::new(limits.requests),
            heavy: Semaphore::new(limits.heavy),
            key_pairs: Semaphore::new(limits.key_pairs),
            outside: Semaphore::new(limits.outside),
            started: Instant::now(),
        }
    }

    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
        line: Line,
    ) -> Response<AnswerBody> {
        let started = Instant::now();
        let (head, body) = request.into_parts();
        match head.uri.path() {
            "/health" => return self.health(&head.method),
            "/ca.pem" => return self.authority(&head.method),
            _ if line.refused.is_none() && Control::is_for(&head) => {
                return self.control.answer(&self.kms, &head, body).await;
            }
            _ => {}
        }
        let page = self.cors.admit(&head);
        if let Some(answer) = page.as_ref().and_then(|page| page.preflight(&head)) {
            return answer;
        }
        let refused = line.refused.is_some();
        let reply = match (line.refused, self.under_way.try_acquire()) {
            (None, Ok(_permit)) => self.reply(&head, line.peer, body).await,
            (refused, _) => Kms::refuse(refused.unwrap_or(ProtocolError::Busy)),
        };
        log(&reply, started.elapsed());
        // The rest of a body that was not read would be taken for the next request.
        let close = refused || matches!(reply.status, 408 | 413);
        let Some(mut response) = response(reply, close && head.version < Version::HTTP_2) else {
            // Over HTTP/2 an error would end the request alone, with a word about it.
            line.cut.notify_one();
            return std::future::pending().await;
        };
        if let Some(page) = page {
            page.open(response.headers_mut());
        }
        response
    }

    async fn reply(&self, head: &Parts, peer: IpAddr, body: Incoming) -> Reply {
        let body = match self.read(body).await {
            Ok(body) => body,
            Err(error) => return Kms::refuse(error),
        };
        let reply = self.done(head, peer, body).await;
        if !reply.disruption.delay.is_zero() {
            tokio::time::sleep(reply.disruption.delay).await;
        }
        reply
    }

    async fn done(&self, head: &Parts, peer: IpAddr, body: Bytes) -> Reply {
        let prepared = self.kms.prepare(&request(head, peer, &body));
        let turns = match prepared.cost() {
            // At once, on the thread that read it.
            Cost::Inline => return prepared.submit(&self.kms).durable().await,
            Cost::Cpu => &self.heavy,
            Cost::RsaKeygen => &self.key_pairs,
            Cost::Network => &self.outside,
        };
        // On a thread of its own, so that the others are served meanwhile.
        let turn = turns.acquire().await;
        let kms = Arc::clone(&self.kms);
        let started = tokio::task::spawn_blocking(move || prepared.submit(&kms)).await;
        drop(turn);
        match started {
            Ok(pending) => pending.durable().await,
            // It does not panic, and is cancelled only when the runtime ends.
            Err(_) => Kms::refuse(ProtocolError::Busy),
        }
    }

    async fn read(&self, body: Incoming) -> Result<Bytes, ProtocolError> {
        // A length that is announced need not be read to be too large.
        if body.size_hint().lower() > self.limits.body as u64 {
            return Err(ProtocolError::TooLarge);
        }
        let body = Limited::new(body, self.limits.body).collect();
        match timeout(self.limits.body_time, body).await {
            Ok(Ok(body)) => Ok(body.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(ProtocolError::TooLarge),
            // The client went away, or broke the framing; most likely nobody hears this.
            Ok(Err(_)) => Err(ProtocolError::serialization()),
            Err(_) => Err(ProtocolError::Timeout),
        }
    }

    /// `GET /health`: 200 as long as requests are answered.
    fn health(&self, method: &Method) -> Response<AnswerBody> {
        #[derive(Serialize)]
        struct Health {
            status: &'static str,
            version: &'static str,
            uptime_seconds: u64,
            keys: usize,
        }

        let health = Health {
            status: "ok",
            version: env!("CARGO_PKG_VERSION"),
            uptime_seconds: self.started.elapsed().as_secs(),
            keys: self.kms.key_count(),
        };
        let body = serde_json::to_vec(&health).unwrap_or_default();
        page(method, "application/json", body)
    }

    /// `GET /ca.pem`: the authority that clients are to trust, if it is the emulator's own.
    fn authority(&self, method: &Method) -> Response<AnswerBody> {
        match &self.authority {
            Some(pem) => page(method, "application/x-pem-file", pem.clone().into_bytes()),
            None => status(StatusCode::NOT_FOUND),
        }
    }
}

/// What anybody may read.
fn page(method: &Method, content_type: &'static str, body: Vec<u8>) -> Response<AnswerBody> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return status(StatusCode::METHOD_NOT_ALLOWED);
    }
    let mut response = Response::new(AnswerBody::whole(body));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn status(status: StatusCode) -> Response<AnswerBody> {
    let mut response = Response::new(AnswerBody::whole(Vec::new()));
    *response.status_mut() = status;
    response
}

/// A request in the protocol's terms.
fn request<'r>(head: &'r Parts, peer: IpAddr, body: &'r [u8]) -> protocol::Request<'r> {
    protocol::Request {
        method: head.method.as_str(),
        path: head.uri.path(),
        target: text(&head.headers, &HeaderName::from_static("x-amz-target")),
        authorization: text(&head.headers, &AUTHORIZATION),
        body,
        sender: Sender {
            address: Some(peer),
            user_agent: text(&head.headers, &USER_AGENT),
        },
    }
}

/// An answer in HTTP, its headers in the order recorded of KMS. `None` if a fault has the connection
/// closed instead.
fn response(reply: Reply, close: bool) -> Option<Response<AnswerBody>> {
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
    let body = match reply.disruption.cut {
        Some(Cut::DropBefore | Cut::LoseAnswer) => return None,
        Some(Cut::DropAmid) => AnswerBody::broken(reply.body),
        Some(Cut::Truncate) | None => AnswerBody::whole(reply.body),
    };
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers;
    debug_assert!(response.headers().contains_key(CONTENT_LENGTH));
    Some(response)
}

/// The real date: clients compare it with theirs, and a test's moved clock must not make them
/// believe that their own is wrong.
fn date() -> HeaderValue {
    #[expect(
        clippy::disallowed_methods,
        reason = "a header of HTTP, not a time of KMS"
    )]
    let now = SystemTime::now();
    HeaderValue::try_from(httpdate::fmt_http_date(now))
        .unwrap_or_else(|_| HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT"))
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// One line a request: names and numbers, nothing that was sent or answered.
fn log(reply: &Reply, duration: Duration) {
    let trace = &reply.trace;
    tracing::info!(
        operation = trace.operation,
        location = trace.location,
        key = trace.key,
        status = reply.status,
        error = trace.error.as_deref(),
        duration_us = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX),
        request_id = reply.request_id,
        "request"
    );
}
