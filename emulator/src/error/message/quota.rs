//! Quotas.

use super::{Code, KmsError, error, without_message};

pub(crate) fn throttled() -> KmsError {
    error(Code::Throttling, RATE_EXCEEDED)
}

/// The message of a `ThrottlingException`.
pub(crate) const RATE_EXCEEDED: &str =
    "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.";

/// Quoted by users in 2016. The current message is not known.
pub(crate) fn too_many_keys(quota: usize, usage: usize) -> KmsError {
    let text = format!(
        "Key quota for this account in this region is {quota} but the current usage is {usage}."
    );
    error(Code::LimitExceeded, text)
}

/// Quoted by users in 2024.
pub(crate) fn too_many_aliases(quota: usize, usage: usize) -> KmsError {
    let text = format!(
        "Aliases per key quota for this account in this region is {quota}, current usage is \
         {usage}."
    );
    error(Code::LimitExceeded, text)
}

/// The message is not known.
pub(crate) fn too_many_grants() -> KmsError {
    without_message(Code::LimitExceeded)
}
