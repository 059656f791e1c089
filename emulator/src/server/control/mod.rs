//! The control plane, `/_emulator/…`, through which tests control the emulator.

mod access;
mod authorize;
mod clock;
mod events;
mod faults;
mod reset;
mod response;
mod routes;
mod seed;
mod snapshots;
mod state;

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use tokio::sync::Semaphore;
use tokio::time::timeout;

pub use access::ControlAccess;
use response::{ErrorResponse, Outcome, invalid};

use super::body::ResponseBody;
use crate::Kms;
use crate::protocol::printable;

const PREFIX: &str = "/_emulator";

/// The maximum size of a body, in MiB: an exported state.
const MAX_BODY_MIB: usize = 64;
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// The maximum number of requests in flight, including those that wait for events.
const MAX_IN_FLIGHT: usize = 64;
/// The maximum length of an error message in the log.
const MAX_LOGGED: usize = 300;

/// The control plane of a server.
pub(super) struct Control {
    access: ControlAccess,
    permits: Semaphore,
}

/// A request to the control plane.
struct Call {
    kms: Arc<Kms>,
    /// The variable part of the path, such as the id of a fault.
    parameter: String,
    query: String,
    body: Bytes,
}

impl Control {
    pub(super) fn new(access: ControlAccess) -> Self {
        Self {
            access,
            permits: Semaphore::new(MAX_IN_FLIGHT),
        }
    }

    pub(super) fn access(&self) -> &ControlAccess {
        &self.access
    }

    /// Whether a request is for the control plane.
    pub(super) fn is_for(head: &Parts) -> bool {
        let rest = head.uri.path().strip_prefix(PREFIX);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    pub(super) async fn handle(
        &self,
        kms: &Arc<Kms>,
        head: &Parts,
        body: Incoming,
    ) -> Response<ResponseBody> {
        let outcome = self.call(kms, head, body).await;
        let error = outcome.as_ref().err();
        let error: Option<String> =
            error.map(|error| error.message.chars().take(MAX_LOGGED).collect());
        let response = response::http_response(outcome);
        tracing::info!(
            method = head.method.as_str(),
            path = printable(head.uri.path()),
            status = response.status().as_u16(),
            error,
            "control plane"
        );
        response
    }

    async fn call(&self, kms: &Arc<Kms>, head: &Parts, body: Incoming) -> Outcome {
        self.access.check(head)?;
        let Ok(_permit) = self.permits.try_acquire() else {
            return Err(ErrorResponse::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "too many concurrent requests to the control plane",
            ));
        };
        let path = head.uri.path().strip_prefix(PREFIX).unwrap_or_default();
        let (handler, parameter) = routes::find(&head.method, path)?;
        let call = Call {
            kms: Arc::clone(kms),
            parameter,
            query: head.uri.query().unwrap_or_default().to_owned(),
            body: read(body).await?,
        };
        handler.run(call).await
    }
}

async fn read(body: Incoming) -> Result<Bytes, ErrorResponse> {
    let body = Limited::new(body, MAX_BODY_MIB << 20).collect();
    match timeout(BODY_TIMEOUT, body).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(ErrorResponse::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body is larger than {MAX_BODY_MIB} MiB"),
        )),
        Ok(Err(_)) => Err(invalid("the body is incomplete")),
        Err(_) => Err(ErrorResponse::new(
            StatusCode::REQUEST_TIMEOUT,
            "the body did not arrive in time",
        )),
    }
}

impl Call {
    /// The body as text.
    fn text(&self) -> Result<&str, ErrorResponse> {
        str::from_utf8(&self.body).map_err(|_| invalid("the body is not UTF-8"))
    }
}
