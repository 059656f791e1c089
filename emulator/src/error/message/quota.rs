//! Quotas.

use super::{Code, KmsError, Mismatch, error, without_message};
use crate::api::KeyArn;

pub(crate) fn throttled(quota: &str, per_second: f64) -> KmsError {
    let expected = format!("at most {per_second} requests per second");
    let reason = Mismatch::new(format!("quota of {quota}"), expected, "one more");
    error(Code::Throttling, RATE_EXCEEDED).because(reason)
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
pub(crate) fn too_many_grants(key: &KeyArn, quota: usize, usage: usize) -> KmsError {
    let expected = format!("fewer than {quota}");
    let reason = Mismatch::new(format!("grants of {key}"), expected, usage.to_string());
    without_message(Code::LimitExceeded, reason)
}
