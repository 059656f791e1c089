//! The control plane, `/_emulator/…`, through which tests control the emulator.

mod access;
mod authorize;
mod clock;
mod coverage;
mod drop_in;
mod events;
mod faults;
mod inspect;
mod keys;
mod reset;
mod response;
mod routes;
mod seed;
mod settings;
mod shadow;
mod snapshots;
mod state;

use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use tokio::sync::Semaphore;

pub use access::ControlAccess;
use response::{ErrorResponse, Outcome, invalid};

use super::body::ResponseBody;
use super::connection_info::ConnectionInfo;
use super::request_body::{BodyError, BodyReader};
use crate::Kms;
use crate::protocol::printable;
use crate::shadow::Shadow;

const PREFIX: &str = "/_emulator";

/// The maximum size of a body, in MiB.
const MAX_BODY_MIB: usize = 64;
/// The maximum size of an imported state, in MiB, and of all bodies that are in memory at one time:
/// about 1.5 million keys.
const MAX_BODIES_MIB: usize = 1024;
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// The maximum number of requests that run.
const MAX_RUNNING: usize = 64;
/// The maximum number of requests that wait for events. They do not count as running, so that they do
/// not keep others from the control plane.
const MAX_WAITING: usize = 1024;
/// The maximum length of an error message in the log.
const MAX_LOGGED: usize = 300;

/// The control plane of a server.
pub(super) struct Control {
    access: ControlAccess,
    shadow: Option<Arc<Shadow>>,
    bodies: BodyReader,
    running: Semaphore,
    waiting: Semaphore,
}

/// A request to the control plane.
struct Call {
    kms: Arc<Kms>,
    shadow: Option<Arc<Shadow>>,
    /// The variable part of the path, such as the id of a fault.
    parameter: String,
    query: String,
    body: Vec<u8>,
}

impl Control {
    pub(super) fn new(access: ControlAccess, shadow: Option<Arc<Shadow>>) -> Self {
        Self {
            access,
            shadow,
            bodies: BodyReader::new(BODY_TIMEOUT, MAX_BODIES_MIB << 20),
            running: Semaphore::new(MAX_RUNNING),
            waiting: Semaphore::new(MAX_WAITING),
        }
    }

    pub(super) fn access(&self) -> &ControlAccess {
        &self.access
    }

    /// Whether a request is for the control plane, or for a route of another emulator.
    pub(super) fn is_for(head: &Parts, drop_in: bool) -> bool {
        let rest = head.uri.path().strip_prefix(PREFIX);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            || drop_in && drop_in::is_for(head)
    }

    pub(super) async fn handle(
        &self,
        kms: &Arc<Kms>,
        head: &Parts,
        body: Incoming,
        connection: &ConnectionInfo,
    ) -> Response<ResponseBody> {
        let outcome = self.call(kms, head, body, connection).await;
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

    async fn call(
        &self,
        kms: &Arc<Kms>,
        head: &Parts,
        body: Incoming,
        connection: &ConnectionInfo,
    ) -> Outcome {
        let path = head.uri.path().strip_prefix(PREFIX);
        let (handler, parameter) = match path {
            Some(path) => {
                self.access.check(head)?;
                let found = routes::find(&head.method, path)?;
                if self.shadow.is_some() {
                    shadow::refuse_changes(&head.method, path)?;
                }
                found
            }
            None => (drop_in::find(head, &self.access)?, String::new()),
        };
        let path = path.unwrap_or_default();
        // A state can be larger than all other bodies.
        let max_mib = match path.trim_matches('/') {
            "state" => MAX_BODIES_MIB,
            _ => MAX_BODY_MIB,
        };
        let memory = &connection.body_memory;
        let body = self.bodies.read(body, max_mib << 20, memory).await;
        let mut body = body.map_err(|error| unreadable(error, max_mib))?;
        let (permits, own) = if handler.waits() {
            (&self.waiting, Some(&connection.event_readers))
        } else {
            (&self.running, None)
        };
        let own = own.map(|own| own.try_acquire()).transpose();
        let _own = own.map_err(|_| too_many_event_readers())?;
        let _permit = permits.try_acquire().map_err(|_| busy())?;
        if !connection.unread.has_room() {
            return Err(busy());
        }
        let call = Call {
            kms: Arc::clone(kms),
            shadow: self.shadow.clone(),
            parameter,
            query: head.uri.query().unwrap_or_default().to_owned(),
            body: std::mem::take(&mut body.bytes).into(),
        };
        handler.run(call).await
    }
}

fn busy() -> ErrorResponse {
    ErrorResponse::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "too many concurrent requests to the control plane",
    )
}

fn too_many_event_readers() -> ErrorResponse {
    ErrorResponse::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "too many requests of this connection wait for events",
    )
}

fn unreadable(error: BodyError, max_mib: usize) -> ErrorResponse {
    match error {
        BodyError::TooLarge => ErrorResponse::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body is larger than {max_mib} MiB"),
        ),
        BodyError::NoMemory => busy(),
        BodyError::Incomplete => invalid("the body is incomplete"),
        BodyError::Timeout => ErrorResponse::new(
            StatusCode::REQUEST_TIMEOUT,
            "the body did not arrive in time",
        ),
    }
}

impl Call {
    /// The body as text.
    fn text(&self) -> Result<&str, ErrorResponse> {
        str::from_utf8(&self.body).map_err(|_| invalid("the body is not UTF-8"))
    }
}
