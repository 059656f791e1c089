//! `/_emulator/snapshots`

use serde_json::json;

use super::Call;
use super::response::{JsonResponse, Outcome, failed, invalid, not_found};

const MAX_NAME: usize = 100;

/// `GET /_emulator/snapshots`
pub(super) fn list(call: &Call) -> Outcome {
    JsonResponse::ok(&json!({ "snapshots": call.kms.snapshot_names() }))
}

/// `POST /_emulator/snapshots/{name}`
pub(super) fn save(call: &Call) -> Outcome {
    let name = &call.parameter;
    let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if name.len() > MAX_NAME || !name.bytes().all(is_valid) {
        return Err(invalid(format!(
            "invalid snapshot name; expected at most {MAX_NAME} letters, digits, -, _ and ."
        )));
    }
    let saved = call.kms.save_snapshot(name);
    saved.map_err(|error| invalid(error.to_string()))?;
    JsonResponse::ok(&json!({ "saved": name }))
}

/// `DELETE /_emulator/snapshots/{name}`
pub(super) fn delete(call: &Call) -> Outcome {
    let name = &call.parameter;
    let deleted = call.kms.delete_snapshot(name);
    deleted.map_err(|error| not_found(error.to_string()))?;
    JsonResponse::ok(&json!({ "deleted": name }))
}

/// `POST /_emulator/snapshots/{name}/restore`
pub(super) fn restore(call: &Call) -> Outcome {
    let name = &call.parameter;
    let snapshot = call.kms.load_snapshot(name);
    let snapshot = snapshot.map_err(|error| not_found(error.to_string()))?;
    call.kms.restore(&snapshot).map_err(failed)?;
    JsonResponse::ok(&json!({ "restored": name }))
}
