//! The routes of the control plane. The responses 404 and 405 follow from the same table.

use hyper::Method;

use super::response::{ErrorResponse, Outcome, OutcomeFuture, failed, not_found};
use super::{
    Call, PREFIX, authorize, clock, coverage, events, faults, inspect, keys, reset, seed, settings,
    shadow, snapshots, state,
};

/// How a route is handled.
#[derive(Clone, Copy)]
pub(super) enum Handler {
    /// Returns at once.
    Quick(fn(&Call) -> Outcome),
    /// May wait for the disk, so it runs on a blocking thread.
    Blocking(fn(&Call) -> Outcome),
    /// Waits for other requests.
    Async(fn(&Call) -> OutcomeFuture<'_>),
}

use Handler::{Async, Blocking, Quick};

/// A part in braces matches any text and becomes [`Call::parameter`].
static ROUTES: &[(Method, &str, Handler)] = &[
    (Method::GET, "clock", Quick(clock::get)),
    (Method::PUT, "clock", Quick(clock::put)),
    (Method::GET, "coverage", Blocking(coverage::get)),
    (Method::GET, "faults", Quick(faults::list)),
    (Method::POST, "faults", Quick(faults::add)),
    (Method::DELETE, "faults", Quick(faults::clear)),
    (Method::DELETE, "faults/{id}", Quick(faults::remove)),
    (Method::GET, "events", Async(events::find)),
    (Method::DELETE, "events", Quick(events::clear)),
    (Method::POST, "inspect", Blocking(inspect::read)),
    (Method::GET, "keys", Blocking(keys::list)),
    (Method::GET, "settings", Quick(settings::get)),
    (Method::PUT, "settings", Quick(settings::put)),
    (Method::GET, "shadow", Quick(shadow::get)),
    (Method::DELETE, "shadow", Quick(shadow::clear)),
    (Method::GET, "state", Blocking(state::export)),
    (Method::PUT, "state", Blocking(state::import)),
    (Method::POST, "authorize", Blocking(authorize::decide)),
    (Method::POST, "seed", Blocking(seed::apply)),
    (Method::POST, "reset", Blocking(reset::reset)),
    (Method::GET, "snapshots", Quick(snapshots::list)),
    (Method::POST, "snapshots/{name}", Blocking(snapshots::save)),
    (Method::DELETE, "snapshots/{name}", Quick(snapshots::delete)),
    (
        Method::POST,
        "snapshots/{name}/restore",
        Blocking(snapshots::restore),
    ),
];

impl Handler {
    /// Whether a request may wait for other requests.
    pub(super) fn waits(self) -> bool {
        matches!(self, Async(_))
    }

    /// The outcome of a request. What it shows is on disk, except for events.
    pub(super) async fn run(self, call: Call) -> Outcome {
        match self {
            Quick(handler) => {
                let (outcome, read) = call.kms.services.store.observe(|| handler(&call));
                read.written().await.map_err(failed)?;
                outcome
            }
            Blocking(handler) => {
                let task = tokio::task::spawn_blocking(move || {
                    let (outcome, read) = call.kms.services.store.observe(|| handler(&call));
                    read.wait().map_err(failed)?;
                    outcome
                });
                task.await
                    .unwrap_or_else(|_| Err(failed("internal error; see the log")))
            }
            Async(handler) => handler(&call).await,
        }
    }
}

/// The handler of a request, and the parameter in its path.
///
/// # Errors
///
/// 404 or 405.
pub(super) fn find(method: &Method, path: &str) -> Result<(Handler, String), ErrorResponse> {
    let mut allowed = Vec::new();
    for (route_method, pattern, handler) in ROUTES {
        let Some(parameter) = parameter(pattern, path) else {
            continue;
        };
        if route_method == method {
            return Ok((*handler, parameter.to_owned()));
        }
        allowed.push(route_method.as_str());
    }
    if allowed.is_empty() {
        return Err(not_found(format!(
            "the control plane has no such path; it has: {}",
            paths().join(", ")
        )));
    }
    let allowed = allowed.join(", ");
    Err(ErrorResponse::method_not_allowed(
        format!("method {method} is not allowed here; allowed: {allowed}"),
        allowed,
    ))
}

/// All paths, each once.
fn paths() -> Vec<String> {
    let mut paths: Vec<_> = ROUTES
        .iter()
        .map(|(_, path, _)| format!("{PREFIX}/{path}"))
        .collect();
    paths.dedup();
    paths
}

/// The text that the part in braces matches, empty if the pattern has no such part. `None` if the
/// path does not match.
fn parameter<'p>(pattern: &str, path: &'p str) -> Option<&'p str> {
    let mut parameter = "";
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    for expected in pattern.split('/') {
        let part = parts.next()?;
        if expected.starts_with('{') {
            parameter = part;
        } else if part != expected {
            return None;
        }
    }
    parts.next().is_none().then_some(parameter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_match_patterns() {
        for (pattern, path, expected) in [
            ("clock", "/clock", Some("")),
            ("clock", "/clock/", Some("")),
            ("clock", "/clocks", None),
            ("clock", "", None),
            ("clock", "/clock/x", None),
            ("faults/{id}", "/faults/7", Some("7")),
            ("faults/{id}", "/faults", None),
            (
                "snapshots/{name}/restore",
                "/snapshots/a/restore",
                Some("a"),
            ),
            ("snapshots/{name}/restore", "/snapshots/a/b", None),
        ] {
            assert_eq!(parameter(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn routes_are_found_and_unique() {
        let mut seen = std::collections::BTreeSet::new();
        for (method, pattern, _) in ROUTES {
            assert!(find(method, &format!("/{pattern}")).is_ok(), "{pattern}");
            assert!(
                seen.insert((method.as_str(), pattern)),
                "{method} {pattern}"
            );
        }
        // `dedup` only removes neighbours.
        let mut sorted = paths();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), paths().len());
    }
}
