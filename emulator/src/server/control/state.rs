//! `/_emulator/state`

use serde_json::json;

use super::Call;
use super::response::{JsonResponse, Outcome, failed, invalid};

/// `GET /_emulator/state`
pub(super) fn export(call: &Call) -> Outcome {
    let pieces = call.kms.export_pieces().map_err(failed)?;
    Ok(JsonResponse::pieces(pieces))
}

/// `PUT /_emulator/state`
pub(super) fn import(call: &Call) -> Outcome {
    let imported = call.kms.import(call.text()?);
    imported.map_err(|error| invalid(error.to_string()))?;
    JsonResponse::ok(&json!({ "imported": true }))
}
