//! Routes of other emulators, so that scripts for them work unchanged.
//!
//! | Route | Answer | Source |
//! | --- | --- | --- |
//! | `GET /_localstack/health` | the state of the services, in the text form of Python's `json` | `HealthResource` in LocalStack's `services/internal.py` |
//! | `POST /_localstack/state/reset` | 200; clients read only the status | LocalStack's documentation of internal endpoints, `ResetState` in its client `lstk` |
//! | `GET /_floci/health` | the state of the services, compact | Floci's `HealthController.java` |
//! | `POST /_floci/state/reset` | `{"status":"OK"}` | Floci's integration tests |
//! | `POST /moto-api/reset` | `{"status": "ok"}` | `test_reset_api` of moto |
//!
//! LocalStack says `available` until a service is first used, and `running` from then on. Scripts that wait
//! for a new emulator look for `available`.

use hyper::Method;
use hyper::http::request::Parts;

use super::response::{ErrorResponse, JsonResponse, Outcome, failed, not_found};
use super::routes::Handler;
use super::{Call, access::ControlAccess};

const VERSION: &str = env!("CARGO_PKG_VERSION");
const PREFIXES: [&str; 3] = ["/_localstack/", "/_floci/", "/moto-api/"];

/// A route, and whether it changes the state.
struct Route {
    path: &'static str,
    answer: fn(&Call) -> Outcome,
    resets: bool,
}

const fn health(path: &'static str, answer: fn(&Call) -> Outcome) -> Route {
    Route {
        path,
        answer,
        resets: false,
    }
}

const fn reset(path: &'static str, answer: fn(&Call) -> Outcome) -> Route {
    Route {
        path,
        answer,
        resets: true,
    }
}

static ROUTES: [Route; 6] = [
    health("/_localstack/health", |call| {
        healthy(call, |version| {
            format!(
                r#"{{"services": {{"kms": "available", "sts": "available"}}, "edition": "community", "version": "{version}"}}"#
            )
        })
    }),
    health("/_floci/health", |call| {
        healthy(call, |version| {
            format!(
                r#"{{"version":"{version}","edition":"community","services":{{"kms":"running","sts":"running"}}}}"#
            )
        })
    }),
    reset("/_localstack/state/reset", |call| {
        emptied(call, r#"{"status": "ok"}"#)
    }),
    reset("/_localstack/state/kms/reset", |call| {
        emptied(call, r#"{"status": "ok"}"#)
    }),
    reset("/_floci/state/reset", |call| {
        emptied(call, r#"{"status":"OK"}"#)
    }),
    reset("/moto-api/reset", |call| {
        emptied(call, r#"{"status": "ok"}"#)
    }),
];

/// Whether a request is for a route of another emulator.
pub(super) fn is_for(head: &Parts) -> bool {
    let path = head.uri.path();
    PREFIXES.iter().any(|prefix| path.starts_with(prefix))
}

/// The handler of a request that its sender may send. Every sender may ask for the health, as
/// with `/health`.
///
/// # Errors
///
/// 403, 404 or 405.
pub(super) fn find(head: &Parts, access: &ControlAccess) -> Result<Handler, ErrorResponse> {
    let path = head.uri.path().trim_end_matches('/');
    let Some(route) = ROUTES.iter().find(|route| route.path == path) else {
        let paths: Vec<_> = ROUTES.iter().map(|route| route.path).collect();
        return Err(not_found(format!(
            "of the routes of other emulators, Simulated KMS has: {}",
            paths.join(", ")
        )));
    };
    let (is_allowed, allowed) = if route.resets {
        (head.method == Method::POST, "POST")
    } else {
        let is_allowed = matches!(head.method, Method::GET | Method::HEAD);
        (is_allowed, "GET, HEAD")
    };
    if !is_allowed {
        let text = format!(
            "method {} is not allowed here; allowed: {allowed}",
            head.method
        );
        return Err(ErrorResponse::method_not_allowed(text, allowed.to_owned()));
    }
    if route.resets {
        access.check_without_header(head)?;
        return Ok(Handler::Blocking(route.answer));
    }
    Ok(Handler::Quick(route.answer))
}

fn healthy(call: &Call, text: impl FnOnce(&str) -> String) -> Outcome {
    call.kms.check().map_err(failed)?;
    Ok(JsonResponse::text(text(VERSION)))
}

fn emptied(call: &Call, text: &str) -> Outcome {
    call.kms.reset().map_err(failed)?;
    Ok(JsonResponse::text(text.to_owned()))
}
