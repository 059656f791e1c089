//! `/_emulator/shadow`

use hyper::{Method, StatusCode};
use serde_json::json;

use super::Call;
use super::response::{ErrorResponse, JsonResponse, Outcome, not_found};
use crate::shadow::Shadow;

/// `GET /_emulator/shadow`
pub(super) fn get(call: &Call) -> Outcome {
    JsonResponse::ok(&shadow(call)?.report().summary())
}

/// `DELETE /_emulator/shadow`
pub(super) fn clear(call: &Call) -> Outcome {
    shadow(call)?.report().clear();
    JsonResponse::ok(&json!({ "cleared": true }))
}

fn shadow(call: &Call) -> Result<&Shadow, ErrorResponse> {
    let shadow = call.shadow.as_deref();
    shadow.ok_or_else(|| not_found("there is no upstream: start with --upstream"))
}

/// Refuses what would change this emulator and not its upstream.
///
/// # Errors
///
/// 409.
pub(super) fn refuse_changes(method: &Method, path: &str) -> Result<(), ErrorResponse> {
    let path = path.trim_matches('/');
    let is_harmless =
        method == Method::GET || ["authorize", "events", "inspect", "shadow"].contains(&path);
    if is_harmless {
        return Ok(());
    }
    Err(ErrorResponse::new(
        StatusCode::CONFLICT,
        "with --upstream, the state and the time of this emulator follow those of the upstream, so the \
         control plane cannot change them, and it injects no faults",
    ))
}
