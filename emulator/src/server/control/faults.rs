//! `/_emulator/faults`

use serde_json::json;

use super::Call;
use super::response::{JsonResponse, Outcome, invalid, not_found, parse};
use crate::fault::FaultId;

/// `GET /_emulator/faults`
pub(super) fn list(call: &Call) -> Outcome {
    JsonResponse::ok(&json!({ "faults": call.kms.faults.list() }))
}

/// `POST /_emulator/faults`
pub(super) fn add(call: &Call) -> Outcome {
    let id = call.kms.faults.add(parse(&call.body)?);
    let id = id.map_err(|error| invalid(error.to_string()))?;
    JsonResponse::created(&json!({ "id": id }))
}

/// `DELETE /_emulator/faults`
pub(super) fn clear(call: &Call) -> Outcome {
    let removed = call.kms.faults.replace(Vec::new());
    JsonResponse::ok(&json!({ "removed": removed }))
}

/// `DELETE /_emulator/faults/{id}`
pub(super) fn remove(call: &Call) -> Outcome {
    let id: Option<FaultId> = call.parameter.parse().ok();
    if id.is_some_and(|id| call.kms.faults.remove(id)) {
        JsonResponse::ok(&json!({ "removed": 1 }))
    } else {
        Err(not_found("no fault has this id"))
    }
}
