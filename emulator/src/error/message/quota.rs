//! Quotas.

use super::{Code, KmsError, error, silent};

pub(crate) fn throttled() -> KmsError {
    let text =
        "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.";
    error(Code::Throttling, text)
}

/// As many keys, aliases or grants as there may be; the text is not known.
pub(crate) fn limit_exceeded() -> KmsError {
    silent(Code::LimitExceeded)
}
