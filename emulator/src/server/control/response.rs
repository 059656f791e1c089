//! Responses of the control plane.

use std::error::Error;
use std::pin::Pin;
use std::{fmt, io};

use hyper::body::Bytes;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::server::body::ResponseBody;

/// A success, with a JSON body.
pub(super) struct JsonResponse {
    status: StatusCode,
    body: ResponseBody,
}

/// An error, with a message.
#[derive(Debug)]
pub(super) struct ErrorResponse {
    status: StatusCode,
    pub(super) message: String,
    /// The value of the header `Allow`.
    allow: Option<String>,
}

pub(super) type Outcome = Result<JsonResponse, ErrorResponse>;

/// The outcome of a request that waits for others.
pub(super) type OutcomeFuture<'c> = Pin<Box<dyn Future<Output = Outcome> + Send + 'c>>;

impl JsonResponse {
    /// A success with a body.
    pub(super) fn ok(body: &impl Serialize) -> Outcome {
        Self::with_status(StatusCode::OK, body)
    }

    /// The response to a request that created something.
    pub(super) fn created(body: &impl Serialize) -> Outcome {
        Self::with_status(StatusCode::CREATED, body)
    }

    /// A success with a body that is JSON already.
    pub(super) fn text(json: String) -> Self {
        Self {
            status: StatusCode::OK,
            body: ResponseBody::complete((json + "\n").into_bytes()),
        }
    }

    /// A success with a body that is JSON already. If a piece fails, the connection breaks.
    pub(super) fn pieces<E: Into<Box<dyn Error + Send + Sync>>>(
        pieces: impl Iterator<Item = Result<String, E>> + Send + Sync + 'static,
    ) -> Self {
        let pieces = pieces.map(|piece| piece.map(Bytes::from).map_err(io::Error::other));
        Self {
            status: StatusCode::OK,
            body: ResponseBody::pieces(pieces),
        }
    }

    fn with_status(status: StatusCode, body: &impl Serialize) -> Outcome {
        let body = serde_json::to_string(body).map_err(failed)?;
        let body = ResponseBody::complete((body + "\n").into_bytes());
        Ok(Self { status, body })
    }
}

impl ErrorResponse {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            allow: None,
        }
    }

    /// `allow` lists the methods of the path.
    pub(super) fn method_not_allowed(message: String, allow: String) -> Self {
        Self {
            allow: Some(allow),
            ..Self::new(StatusCode::METHOD_NOT_ALLOWED, message)
        }
    }
}

/// The request is invalid.
pub(super) fn invalid(message: impl Into<String>) -> ErrorResponse {
    ErrorResponse::new(StatusCode::BAD_REQUEST, message)
}

pub(super) fn not_found(message: impl Into<String>) -> ErrorResponse {
    ErrorResponse::new(StatusCode::NOT_FOUND, message)
}

/// The emulator failed, for example to write to the disk.
pub(super) fn failed(error: impl fmt::Display) -> ErrorResponse {
    ErrorResponse::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}

/// Parses a JSON body.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ErrorResponse> {
    serde_json::from_slice(body).map_err(|error| invalid(error.to_string()))
}

/// The HTTP response. Its body ends with a newline, for terminals.
pub(super) fn http_response(outcome: Outcome) -> Response<ResponseBody> {
    #[derive(Serialize)]
    struct ErrorBody {
        error: String,
    }

    let (status, body, allow) = match outcome {
        Ok(success) => (success.status, success.body, None),
        Err(error) => {
            let body = ErrorBody {
                error: error.message,
            };
            let body = serde_json::to_string(&body).unwrap_or_default();
            (
                error.status,
                ResponseBody::complete((body + "\n").into_bytes()),
                error.allow,
            )
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(Ok(allow)) = allow.map(HeaderValue::try_from) {
        headers.insert(ALLOW, allow);
    }
    response
}
