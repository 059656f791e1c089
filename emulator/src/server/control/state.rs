//! `/_emulator/state`

use serde_json::json;

use super::Call;
use super::response::{JsonResponse, Outcome, failed, invalid};

/// `GET /_emulator/state`
pub(super) fn export(call: &Call) -> Outcome {
    call.kms.export().map(JsonResponse::json).map_err(failed)
}

/// `PUT /_emulator/state`
pub(super) fn import(call: &Call) -> Outcome {
    let imported = call.kms.import(call.text()?);
    imported.map_err(|error| invalid(error.to_string()))?;
    JsonResponse::ok(&json!({ "imported": true }))
}
