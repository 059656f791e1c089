//! The access log: one line per request, without plaintexts, ciphertexts or secrets.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hyper::header::{AUTHORIZATION, HeaderName, USER_AGENT};
use hyper::http::request::Parts;

use super::convert::text;
use crate::protocol::{Reply, printable, signed_service};

/// The maximum number of other services to warn about.
const MAX_SERVICES: usize = 50;
/// The minimum time between two warnings about the same mistake.
const WARNING_INTERVAL: Duration = Duration::from_secs(60);

/// Writes the access log and limits repeated warnings.
#[derive(Default)]
pub(super) struct AccessLog {
    /// The other services that a warning was logged for.
    services: Mutex<BTreeSet<String>>,
    tls_on_plain_port: Occasional,
    http_on_tls_port: Occasional,
}

/// A warning that is logged at most once per minute.
#[derive(Default)]
struct Occasional {
    last: Mutex<Option<Instant>>,
}

impl Occasional {
    fn is_due(&self) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = last.is_none_or(|last| last.elapsed() >= WARNING_INTERVAL);
        if is_due {
            *last = Some(Instant::now());
        }
        is_due
    }
}

/// Details of a request without an operation of KMS.
#[derive(Default)]
struct Unknown<'r> {
    method: Option<&'r str>,
    path: Option<String>,
    target: Option<String>,
    service: Option<String>,
    user_agent: Option<String>,
}

impl<'r> Unknown<'r> {
    fn new(head: &'r Parts) -> Self {
        let header = |name| text(&head.headers, name);
        Self {
            method: Some(head.method.as_str()),
            path: Some(printable(head.uri.path())),
            target: header(&HeaderName::from_static("x-amz-target")).map(printable),
            service: header(&AUTHORIZATION)
                .and_then(signed_service)
                .map(printable),
            user_agent: header(&USER_AGENT).map(printable),
        }
    }
}

impl AccessLog {
    pub(super) fn request(&self, head: &Parts, reply: &Reply, duration: Duration) {
        let trace = &reply.trace;
        let unknown = match trace.operation {
            Some(_) => Unknown::default(),
            None => Unknown::new(head),
        };
        // A reference by key id would repeat the key.
        let reference = trace.reference.as_deref();
        let reference = reference.filter(|reference| Some(*reference) != trace.key.as_deref());
        tracing::info!(
            operation = trace.operation,
            location = trace.location,
            reference,
            key = trace.key,
            method = unknown.method,
            path = unknown.path,
            target = unknown.target,
            service = unknown.service,
            user_agent = unknown.user_agent,
            fault = trace.fault,
            status = reply.status,
            error = trace.error,
            error_message = trace.error_message,
            reason = trace.reason,
            duration_us = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX),
            request_id = reply.request_id,
            "request"
        );
        if let Some(service) = &trace.other_service {
            self.other_service(service);
        }
    }

    /// Warns once per service.
    fn other_service(&self, service: &str) {
        let mut services = self.services.lock().unwrap_or_else(PoisonError::into_inner);
        if services.len() < MAX_SERVICES && services.insert(service.to_owned()) {
            tracing::warn!(
                service,
                "a client sends requests for another service; set AWS_ENDPOINT_URL_KMS instead of \
                 AWS_ENDPOINT_URL"
            );
        }
    }

    /// Warns that a client starts TLS on a plain HTTP port.
    pub(super) fn tls_on_plain_port(&self, peer: IpAddr) {
        if self.tls_on_plain_port.is_due() {
            tracing::warn!(
                %peer,
                "a client speaks HTTPS on this HTTP port; start with --tls or use http://"
            );
        }
    }

    /// Warns that a client sends plain HTTP to an HTTPS port.
    pub(super) fn http_on_tls_port(&self, peer: IpAddr) {
        if self.http_on_tls_port.is_due() {
            tracing::warn!(
                %peer,
                "a client speaks plain HTTP on this HTTPS port; use https:// or start without --tls"
            );
        }
    }
}
