//! `/_emulator/authorize`

use super::Call;
use super::response::{JsonResponse, Outcome, invalid};

/// `POST /_emulator/authorize`
pub(super) fn decide(call: &Call) -> Outcome {
    let answers = call
        .kms
        .authorize(call.text()?)
        .map_err(|error| invalid(error.to_string()))?;
    Ok(JsonResponse::text(answers))
}
