//! `/_emulator/seed`

use serde_json::json;

use super::Call;
use super::response::{JsonResponse, Outcome, invalid};
use crate::seed::{Seed, Seeded};

/// `POST /_emulator/seed`
pub(super) fn apply(call: &Call) -> Outcome {
    let text = call.text()?;
    // An empty file is a valid seed, but an empty body is a mistake.
    if text.is_empty() {
        return Err(invalid(
            "the body is empty; expected a seed in YAML or JSON",
        ));
    }
    let seed = Seed::parse("seed", text).map_err(|error| invalid(error.to_string()))?;
    let seeded = call.kms.seed(&seed);
    let Seeded {
        created,
        kept,
        names,
    } = seeded.map_err(|error| invalid(error.to_string()))?;
    JsonResponse::ok(&json!({ "made": created, "kept": kept, "names": names }))
}
