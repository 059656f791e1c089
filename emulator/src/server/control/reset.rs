//! `/_emulator/reset`

use serde_json::json;

use super::Call;
use super::response::{JsonResponse, Outcome, failed};

/// `POST /_emulator/reset`
pub(super) fn reset(call: &Call) -> Outcome {
    call.kms.reset().map_err(failed)?;
    JsonResponse::ok(&json!({ "reset": true }))
}
