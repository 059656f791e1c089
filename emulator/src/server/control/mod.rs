//! The control plane, `/_emulator/…`, through which tests control the emulator.

mod access;
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
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

pub use access::ControlAccess;
use response::{ErrorResponse, Outcome, invalid};

use super::body::ResponseBody;
use crate::Kms;
use crate::protocol::printable;

const PREFIX: &str = "/_emulator";

/// The maximum size of a body, in MiB.
const MAX_BODY_MIB: usize = 64;
/// The maximum size of an imported state, in MiB, and of all bodies that are in memory at one time:
/// about 1.5 million keys.
const MAX_BODIES_MIB: usize = 1024;
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// The maximum number of requests in flight, including those that wait for events.
const MAX_IN_FLIGHT: usize = 64;
/// The maximum length of an error message in the log.
const MAX_LOGGED: usize = 300;

/// The control plane of a server.
pub(super) struct Control {
    access: ControlAccess,
    permits: Semaphore,
    /// The bytes of bodies that may still be read.
    body_bytes: Semaphore,
}

/// A request to the control plane.
struct Call {
    kms: Arc<Kms>,
    /// The variable part of the path, such as the id of a fault.
    parameter: String,
    query: String,
    body: Vec<u8>,
}

impl Control {
    pub(super) fn new(access: ControlAccess) -> Self {
        Self {
            access,
            permits: Semaphore::new(MAX_IN_FLIGHT),
            body_bytes: Semaphore::new(MAX_BODIES_MIB << 20),
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
            return Err(busy());
        };
        let path = head.uri.path().strip_prefix(PREFIX).unwrap_or_default();
        let (handler, parameter) = routes::find(&head.method, path)?;
        let max_mib = match path.trim_matches('/') {
            "state" => MAX_BODIES_MIB,
            _ => MAX_BODY_MIB,
        };
        let (body, _body_bytes) = self.read(body, max_mib).await?;
        let call = Call {
            kms: Arc::clone(kms),
            parameter,
            query: head.uri.query().unwrap_or_default().to_owned(),
            body,
        };
        handler.run(call).await
    }

    /// Reads a body. The permit counts its bytes as long as the body is in memory.
    async fn read(
        &self,
        body: Incoming,
        max_mib: usize,
    ) -> Result<(Vec<u8>, Option<SemaphorePermit<'_>>), ErrorResponse> {
        let mut body = Limited::new(body, max_mib << 20);
        let mut bytes = Vec::new();
        let mut permit: Option<SemaphorePermit<'_>> = None;
        let deadline = Instant::now() + BODY_TIMEOUT;
        loop {
            let frame = match timeout_at(deadline, body.frame()).await {
                Ok(None) => return Ok((bytes, permit)),
                Ok(Some(Ok(frame))) => frame,
                Ok(Some(Err(error))) if error.is::<LengthLimitError>() => {
                    return Err(ErrorResponse::new(
                        StatusCode::PAYLOAD_TOO_LARGE,
                        format!("the body is larger than {max_mib} MiB"),
                    ));
                }
                Ok(Some(Err(_))) => return Err(invalid("the body is incomplete")),
                Err(_) => {
                    return Err(ErrorResponse::new(
                        StatusCode::REQUEST_TIMEOUT,
                        "the body did not arrive in time",
                    ));
                }
            };
            let data = frame.data_ref().map(Bytes::as_ref).unwrap_or_default();
            let count = u32::try_from(data.len()).map_err(|_| busy())?;
            let more = self
                .body_bytes
                .try_acquire_many(count)
                .map_err(|_| busy())?;
            match &mut permit {
                Some(permit) => permit.merge(more),
                None => permit = Some(more),
            }
            bytes.extend_from_slice(data);
        }
    }
}

fn busy() -> ErrorResponse {
    ErrorResponse::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "too many concurrent requests to the control plane",
    )
}

impl Call {
    /// The body as text.
    fn text(&self) -> Result<&str, ErrorResponse> {
        str::from_utf8(&self.body).map_err(|_| invalid("the body is not UTF-8"))
    }
}
