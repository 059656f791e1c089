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
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    uptime_seconds: u64,
    keys: usize,
    /// Why writes are rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Status {
    pub(super) fn new(authority: Option<String>) -> Self {
        Self {
            started: Instant::now(),
            authority,
        }
    }

    /// `GET /health`: 503 if the data folder takes no more writes.
    pub(super) fn health(&self, kms: &Kms, method: &Method) -> Response<ResponseBody> {
        let failure = kms.write_failure();
        let health = Health {
            status: if failure.is_none() { "ok" } else { "failed" },
            version: env!("CARGO_PKG_VERSION"),
            uptime_seconds: self.started.elapsed().as_secs(),
            keys: kms.key_count(),
            error: failure.as_ref().map(ToString::to_string),
        };
        let mut body = serde_json::to_string(&health).unwrap_or_default();
        body.push('\n');
        let mut response = file(method, "application/json", body);
        if failure.is_some() && response.status() == StatusCode::OK {
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
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
    let mut response = Response::new(ResponseBody::complete(body));
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
