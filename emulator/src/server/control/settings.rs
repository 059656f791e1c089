//! `/_emulator/settings`

use serde::Serialize;

use super::Call;
use super::response::{JsonResponse, Outcome};
use crate::AuthMode;
use crate::api::Location;
use crate::context::records;

/// The maximum number of locations in an answer.
const MAX_LOCATIONS: usize = 1000;

#[derive(Serialize)]
struct Settings {
    version: &'static str,
    /// As in `--auth`.
    auth: &'static str,
    #[serde(flatten)]
    default: LocationForm,
    /// The accounts and Regions that have keys.
    locations: Vec<LocationForm>,
}

#[derive(Serialize)]
struct LocationForm {
    account: String,
    region: String,
}

impl From<&Location> for LocationForm {
    fn from(location: &Location) -> Self {
        Self {
            account: location.account.to_string(),
            region: location.region.to_string(),
        }
    }
}

/// `GET /_emulator/settings`
pub(super) fn get(call: &Call) -> Outcome {
    let auth = match call.kms.auth() {
        AuthMode::None => "none",
        AuthMode::Sigv4 => "sigv4",
        AuthMode::Policy => "policy",
    };
    let locations = records::locations_with_keys(&call.kms.services.store, MAX_LOCATIONS);
    JsonResponse::ok(&Settings {
        version: env!("CARGO_PKG_VERSION"),
        auth,
        default: LocationForm::from(&call.kms.services.location),
        locations: locations.iter().map(LocationForm::from).collect(),
    })
}
