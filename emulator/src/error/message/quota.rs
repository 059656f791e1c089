//! Quotas.

use super::{Code, KmsError, error, silent};

pub(crate) fn throttled() -> KmsError {
    error(Code::Throttling, RATE_EXCEEDED)
}

/// The text of a `ThrottlingException`.
pub(crate) const RATE_EXCEEDED: &str =
    "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.";

/// As quoted by users in 2016; whether it is still so is not known.
pub(crate) fn too_many_keys(most: usize, there_are: usize) -> KmsError {
    let text = format!(
        "Key quota for this account in this region is {most} but the current usage is {there_are}."
    );
    error(Code::LimitExceeded, text)
}

/// As quoted by users in 2024.
pub(crate) fn too_many_aliases(most: usize, there_are: usize) -> KmsError {
    let text = format!(
        "Aliases per key quota for this account in this region is {most}, current usage is \
         {there_are}."
    );
    error(Code::LimitExceeded, text)
}

/// The text is not known.
pub(crate) fn too_many_grants() -> KmsError {
    silent(Code::LimitExceeded)
}
