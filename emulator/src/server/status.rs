//! `GET /health` and `GET /ca.pem`, without access control.

use std::time::Instant;

use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, Response, StatusCode};
use serde::Serialize;

use super::body::ResponseBody;
use crate::Kms;

pub(super) struct Status {
    started: Instant,
    /// The certificate of the authority, in PEM.
    authority: Option<String>,
    /// Of a shadow.
    upstream: Option<String>,
}

#[derive(Serialize)]
struct Health<'s> {
    status: &'static str,
    version: &'static str,
    uptime_seconds: u64,
    keys: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream: Option<&'s str>,
    /// The failed write to the data folder, after which all writes are rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Status {
    pub(super) fn new(authority: Option<String>, upstream: Option<String>) -> Self {
        Self {
            started: Instant::now(),
            authority,
            upstream,
        }
    }

    /// `GET /health`. After a failed write, the status is 503.
    pub(super) fn health(&self, kms: &Kms, method: &Method) -> Response<ResponseBody> {
        let failure = kms.check().err();
        let health = Health {
            status: if failure.is_some() { "failed" } else { "ok" },
            version: env!("CARGO_PKG_VERSION"),
            uptime_seconds: self.started.elapsed().as_secs(),
            keys: kms.key_count(),
            upstream: self.upstream.as_deref(),
            error: failure.map(|error| error.to_string()),
        };
        let status = match health.error {
            Some(_) => StatusCode::SERVICE_UNAVAILABLE,
            None => StatusCode::OK,
        };
        let mut body = serde_json::to_string(&health).unwrap_or_default();
        body.push('\n');
        let mut response = file(method, "application/json", body);
        if response.status() == StatusCode::OK {
            *response.status_mut() = status;
        }
        response
    }

    /// `GET /ca.pem`: the certificate of the authority, unless the user provides a certificate.
    pub(super) fn authority(&self, method: &Method) -> Response<ResponseBody> {
        match &self.authority {
            Some(pem) => file(method, "application/x-pem-file", pem.clone()),
            None => empty(StatusCode::NOT_FOUND),
        }
    }
}

fn file(method: &Method, content_type: &'static str, body: String) -> Response<ResponseBody> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return empty(StatusCode::METHOD_NOT_ALLOWED);
    }
    let mut response = Response::new(ResponseBody::complete(body.into_bytes()));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn empty(status: StatusCode) -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::complete(Vec::new()));
    *response.status_mut() = status;
    response
}
