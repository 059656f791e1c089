//! Errors in the text form of times and durations.

/// The text of a time or a duration is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// The text is not a time.
    #[error("invalid time {text:?}; expected RFC 3339, such as 2027-01-01T00:00:00Z")]
    InvalidTime {
        /// The text.
        text: String,
    },
    /// The text is not a duration.
    #[error("invalid duration {text:?}; expected a number and a unit, such as 7d, 2m or 250ms")]
    InvalidDuration {
        /// The text.
        text: String,
    },
    /// The duration is negative.
    #[error("invalid duration {text:?}; a duration cannot be negative")]
    NegativeDuration {
        /// The text.
        text: String,
    },
}
