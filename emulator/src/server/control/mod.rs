//! The control plane, `/_emulator/…`: what a test does to the emulator itself.
//!
//! Any web page can send requests to the loopback, and a container's port is often open to
//! others. So each request needs the header `X-Emulator-Token`, which no form can send and no page
//! of another origin may. Without a token of one's own, its value does not matter, but then the
//! emulator must be listening on the loopback, and must be called by a name of it: a page whose
//! name was made to mean 127.0.0.1 says another `Host`.

mod clock;
mod events;
mod faults;
mod state;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use hyper::http::request::Parts;
use hyper::http::uri::Authority;
use hyper::{Method, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::body::AnswerBody;
use crate::Kms;

const TOKEN: HeaderName = HeaderName::from_static("x-emulator-token");

/// What all routes begin with.
const PREFIX: &str = "/_emulator";

/// The most bytes of a body: a whole state.
const MOST_BYTES: usize = 64 << 20;
/// The time that a body may take.
const BODY_TIME: Duration = Duration::from_secs(30);
/// Requests under way at once, those that wait for events among them.
const AT_ONCE: usize = 64;

/// Who may use the control plane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlAccess {
    /// Nobody.
    Off,
    /// Programs on this machine.
    Loopback,
    /// Whoever knows this.
    Token(String),
}

impl ControlAccess {
    /// What is safe on an address without a token.
    pub fn of(address: IpAddr) -> Self {
        if address.is_loopback() {
            Self::Loopback
        } else {
            Self::Off
        }
    }
}

/// The control plane of a server.
pub(super) struct Control {
    access: ControlAccess,
    turns: Semaphore,
}

/// An answer: its status and its body, if it has one.
struct Answer {
    status: StatusCode,
    body: Option<Vec<u8>>,
    /// Of a path that has other methods.
    allow: Option<&'static str>,
}

/// Why a request is refused: a status and a sentence.
type Refusal = (StatusCode, String);

type Outcome = Result<Answer, Refusal>;

impl Control {
    pub(super) fn new(access: ControlAccess) -> Self {
        Self {
            access,
            turns: Semaphore::new(AT_ONCE),
        }
    }

    /// Whether a request is for the control plane.
    pub(super) fn is_for(head: &Parts) -> bool {
        let rest = head.uri.path().strip_prefix(PREFIX);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    pub(super) async fn answer(
        &self,
        kms: &Arc<Kms>,
        head: &Parts,
        body: Incoming,
    ) -> Response<AnswerBody> {
        let answer = match self.outcome(kms, head, body).await {
            Ok(answer) => answer,
            Err((status, error)) => {
                #[derive(Serialize)]
                struct Complaint {
                    error: String,
                }
                Answer::json(status, &Complaint { error })
            }
        };
        tracing::info!(
            method = head.method.as_str(),
            path = head.uri.path(),
            status = answer.status.as_u16(),
            "control"
        );
        answer.into_response()
    }

    async fn outcome(&self, kms: &Arc<Kms>, head: &Parts, body: Incoming) -> Outcome {
        self.admit(&head.headers, head.uri.authority().map(Authority::as_str))?;
        let Ok(_turn) = self.turns.try_acquire() else {
            return Err((
                StatusCode::SERVICE_UNAVAILABLE,
                "too many requests to the control plane at once".to_owned(),
            ));
        };
        let body = read(body).await?;
        let path = head.uri.path().strip_prefix(PREFIX).unwrap_or_default();
        let path: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
        match path.as_slice() {
            ["clock"] => clock::answer(kms, &head.method, &body),
            ["faults"] => faults::answer(kms, &head.method, &body),
            ["faults", id] => faults::answer_one(kms, &head.method, id),
            ["events"] => events::answer(kms, &head.method, head.uri.query()).await,
            ["state"] => state::answer(kms, &head.method, body).await,
            ["seed"] => state::seed(kms, &head.method, body).await,
            ["reset"] => state::reset(kms, &head.method).await,
            ["snapshots"] => state::snapshots(kms, &head.method),
            ["snapshots", name] => state::snapshot(kms, &head.method, name),
            ["snapshots", name, "restore"] => state::restore(kms, &head.method, name).await,
            _ => Err((
                StatusCode::NOT_FOUND,
                "the control plane has clock, faults, events, state, seed, reset and snapshots"
                    .to_owned(),
            )),
        }
    }

    /// Lets a request in, or says why not.
    fn admit(&self, headers: &HeaderMap, authority: Option<&str>) -> Result<(), Refusal> {
        let forbidden = |why: &str| Err((StatusCode::FORBIDDEN, why.to_owned()));
        // HTTP/2 has the one, HTTP/1.1 the other.
        let called = text(headers, &HOST).or(authority);
        let host = called.map(host_name);
        if let Some(origin) = text(headers, &ORIGIN)
            && Some(origin.split_once("://").map_or("", |(_, rest)| rest)) != called
        {
            return forbidden("the control plane is not for pages of other origins");
        }
        let Some(token) = headers.get(&TOKEN) else {
            return forbidden(
                "the control plane wants the header X-Emulator-Token, so that no web page can use it",
            );
        };
        match &self.access {
            ControlAccess::Off => forbidden(
                "the control plane is off, because the emulator listens on more than the loopback: \
                 start it with --control-token",
            ),
            ControlAccess::Loopback if host.is_some_and(is_loopback_name) => Ok(()),
            ControlAccess::Loopback => forbidden(
                "the control plane is called by 127.0.0.1, [::1] or localhost, or with --control-token",
            ),
            ControlAccess::Token(expected) => {
                match verify_slices_are_equal(expected.as_bytes(), token.as_bytes()) {
                    Ok(()) => Ok(()),
                    Err(_) => forbidden("the header X-Emulator-Token is not the --control-token"),
                }
            }
        }
    }
}

async fn read(body: Incoming) -> Result<Bytes, Refusal> {
    let body = Limited::new(body, MOST_BYTES).collect();
    match timeout(BODY_TIME, body).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(_)) => Err((
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body is larger than 64 MiB, or broke off".to_owned(),
        )),
        Err(_) => Err((
            StatusCode::REQUEST_TIMEOUT,
            "the body did not arrive in time".to_owned(),
        )),
    }
}

/// A host without its port.
fn host_name(host: &str) -> &str {
    match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    }
}

fn is_loopback_name(name: &str) -> bool {
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// A body as the type that a route takes.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| bad(error.to_string()))
}

fn bad(sentence: impl Into<String>) -> Refusal {
    (StatusCode::BAD_REQUEST, sentence.into())
}

/// Of a method that a path does not have.
#[expect(clippy::unnecessary_wraps, reason = "what every route answers")]
fn no_method(method: &Method, allow: &'static str) -> Outcome {
    let answer = Answer::json(
        StatusCode::METHOD_NOT_ALLOWED,
        &serde_json::json!({ "error": format!("not with {method}: {allow}") }),
    );
    Ok(Answer {
        allow: Some(allow),
        ..answer
    })
}

/// Work that may wait for the disk, on a thread that may.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| {
        Err((
            StatusCode::INTERNAL_SERVER_ERROR,
            "the emulator failed; its log says more".to_owned(),
        ))
    })
}

/// The store takes no more writes.
fn failed(error: impl std::fmt::Display) -> Refusal {
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}

impl Answer {
    fn json(status: StatusCode, body: &impl Serialize) -> Self {
        Self {
            status,
            body: serde_json::to_vec(body).ok(),
            allow: None,
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "what every route answers")]
    fn ok(body: &impl Serialize) -> Outcome {
        Ok(Self::json(StatusCode::OK, body))
    }

    #[expect(clippy::unnecessary_wraps, reason = "what every route answers")]
    fn done() -> Outcome {
        Ok(Self {
            status: StatusCode::NO_CONTENT,
            body: None,
            allow: None,
        })
    }

    fn into_response(self) -> Response<AnswerBody> {
        let mut response = Response::new(AnswerBody::whole(self.body.unwrap_or_default()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if self.status != StatusCode::NO_CONTENT {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(allow) = self.allow {
            headers.insert(ALLOW, HeaderValue::from_static(allow));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(access: &ControlAccess, headers: &[(&'static str, &str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        Control::new(access.clone()).admit(&map, None).is_ok()
    }

    #[test]
    fn only_programs_on_this_machine_or_holders_of_the_token_are_let_in() {
        let token = ("x-emulator-token", "t0ken");
        let loopback = ControlAccess::of("127.0.0.1".parse().unwrap());
        for host in [
            "localhost:4599",
            "127.0.0.1",
            "[::1]:4599",
            "LOCALHOST",
            "127.1.2.3:80",
        ] {
            assert!(admitted(&loopback, &[("host", host), token]), "{host}");
            assert!(!admitted(&loopback, &[("host", host)]), "{host}");
        }
        for host in [
            "evil.example:4599",
            "127.0.0.1.evil.example",
            "kms:4599",
            "",
            "10.0.0.1",
        ] {
            assert!(!admitted(&loopback, &[("host", host), token]), "{host}");
        }
        let local = ("host", "localhost:4599");
        assert!(admitted(
            &loopback,
            &[local, token, ("origin", "http://localhost:4599")]
        ));
        for origin in ["http://localhost:3000", "null", "https://evil.example"] {
            assert!(
                !admitted(&loopback, &[local, token, ("origin", origin)]),
                "{origin}"
            );
        }

        let off = ControlAccess::of("0.0.0.0".parse().unwrap());
        assert!(!admitted(&off, &[local, token]));

        let with_token = ControlAccess::Token("t0ken".to_owned());
        assert!(admitted(&with_token, &[("host", "kms:4599"), token]));
        for wrong in ["", "t0ke", "t0kenn", "T0KEN"] {
            assert!(
                !admitted(&with_token, &[local, ("x-emulator-token", wrong)]),
                "{wrong}"
            );
        }
    }
}
