//! Why an endpoint gave no answer that can be used.

use std::time::Duration;

use crate::outgoing::Failure;

/// A failed call, which is neither an answer of KMS nor a difference to one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RemoteError {
    #[error("cannot connect: {0}")]
    Connect(String),
    #[error("TLS failed: {0}")]
    Tls(String),
    #[error("no answer within {}", humantime::format_duration(*.0))]
    TimedOut(Duration),
    #[error("the connection ended before the answer did: {0}")]
    Reset(String),
    #[error("the answer has more than {0} bytes")]
    TooLarge(u64),
    #[error("the answer is not one of KMS: HTTP {status}, {content_type}: {start}")]
    NotKms {
        status: u16,
        content_type: String,
        start: String,
    },
    #[error("throttled {attempts} times")]
    Throttled { attempts: u32 },
    /// There are no credentials.
    #[error("{0}")]
    Credentials(String),
    /// The request or its options cannot be sent, or the answer is not HTTP.
    #[error("{0}")]
    Invalid(String),
}

impl RemoteError {
    pub(super) fn of(error: &ureq::Error, timeout: Duration, limit: u64) -> Self {
        let text = match error {
            ureq::Error::Io(error) => error.to_string(),
            other => other.to_string(),
        };
        match Failure::of(error) {
            Failure::Connect => Self::Connect(text),
            Failure::Tls => Self::Tls(text),
            Failure::TimedOut => Self::TimedOut(timeout),
            Failure::Reset => Self::Reset(text),
            Failure::TooLarge => Self::TooLarge(limit),
            Failure::Malformed => Self::Invalid(text),
        }
    }
}
