//! Session policies in requests.

use serde::Deserialize;

use crate::error::StsError;

/// Checks that a session policy is JSON.
///
/// # Errors
///
/// `MalformedPolicyDocument`.
pub(super) fn check(policy: Option<&str>) -> Result<(), StsError> {
    let read = serde_json::from_str::<serde::de::IgnoredAny>;
    match policy.map(read) {
        Some(Err(error)) => Err(StsError::policy_is_not_json(&error)),
        Some(Ok(_)) | None => Ok(()),
    }
}

/// A managed policy in a request.
#[derive(Deserialize)]
pub(super) struct PolicyDescriptor {}

/// The size of the packed session policies and tags in percent of the limit. `None` if the request has
/// neither. The packing of AWS is not known.
pub(super) fn packed_size(policy: Option<&str>, has_others: bool) -> Option<u32> {
    match policy {
        Some(policy) => u32::try_from(policy.len().div_ceil(41)).ok(),
        None => has_others.then_some(1),
    }
}
