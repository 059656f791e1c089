//! `/_emulator/settings`

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Call;
use super::response::{JsonResponse, Outcome, invalid, parse};
use crate::AuthMode;
use crate::api::Location;
use crate::clock::{duration, parse_duration};
use crate::context::records;

/// The maximum number of locations in an answer.
const MAX_LOCATIONS: usize = 1000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    version: &'static str,
    /// As in `--auth`.
    auth: &'static str,
    #[serde(serialize_with = "duration::serialize")]
    transition_time: Duration,
    #[serde(flatten)]
    default: LocationForm,
    /// The accounts and Regions that have keys.
    locations: Vec<LocationForm>,
}

/// A change of the settings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Change {
    transition_time: String,
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
        transition_time: call.kms.services.transition_time(),
        default: LocationForm::from(&call.kms.services.location),
        locations: locations.iter().map(LocationForm::from).collect(),
    })
}

/// `PUT /_emulator/settings`
pub(super) fn put(call: &Call) -> Outcome {
    let change: Change = parse(&call.body)?;
    let time = parse_duration(&change.transition_time);
    let time = time.map_err(|error| invalid(format!("transitionTime: {error}")))?;
    call.kms.services.set_transition_time(time);
    get(call)
}
