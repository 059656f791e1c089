//! `/_emulator/coverage`

use super::Call;
use super::response::{JsonResponse, Outcome, failed};
use crate::coverage::Coverage;

/// `GET /_emulator/coverage`
pub(super) fn get(_: &Call) -> Outcome {
    JsonResponse::ok(&Coverage::new().map_err(failed)?)
}
