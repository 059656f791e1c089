//! `/_emulator/reset`

use serde_json::json;

use super::Call;
use super::answer::{Answer, Outcome, failed};

/// `POST /_emulator/reset`
pub(super) fn reset(call: &Call) -> Outcome {
    call.kms.reset().map_err(failed)?;
    Answer::ok(&json!({ "reset": true }))
}
