//! Durations as text: `7d`, `1week`, `250ms`, `1h 30m`.
//!
//! [`serialize`] is for `#[serde(serialize_with = "…")]`.

use std::time::Duration;

use serde::Serializer;

use super::TimeError;

/// Parses a duration: numbers with units from years to nanoseconds, such as `7d`, `1h 30m` or
/// `250ms`. A day has 24 hours, a month 30.44 days and a year 365.25 days. Zero needs no unit.
///
/// ```
/// use std::time::Duration;
/// use kms_emulator::clock::parse_duration;
///
/// assert_eq!(parse_duration("1h 30m"), Ok(Duration::from_secs(90 * 60)));
/// assert_eq!(
///     parse_duration("5").unwrap_err().to_string(),
///     r#"invalid duration "5"; expected a number and a unit, such as 7d, 2m or 250ms"#,
/// );
/// ```
///
/// # Errors
///
/// If the text is not a duration, or is a negative one.
pub fn parse_duration(text: &str) -> Result<Duration, TimeError> {
    let trimmed = text.trim();
    let positive = trimmed.strip_prefix('-');
    let positive = positive.or_else(|| trimmed.strip_suffix(" ago"));
    if positive.is_some_and(|positive| humantime::parse_duration(positive).is_ok()) {
        return Err(TimeError::NegativeDuration {
            text: text.to_owned(),
        });
    }
    humantime::parse_duration(trimmed).map_err(|_| TimeError::InvalidDuration {
        text: text.to_owned(),
    })
}

/// Formats a duration so that [`parse_duration`] reads it back: `1s 500ms`.
pub(crate) fn format_duration(duration: Duration) -> String {
    humantime::format_duration(duration).to_string()
}

pub(crate) fn serialize<S: Serializer>(
    duration: &Duration,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format_duration(*duration))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formatted_durations_read_back() {
        for (millis, text) in [
            (0, "0s"),
            (250, "250ms"),
            (1_500, "1s 500ms"),
            (90_000, "1m 30s"),
            (600_000, "10m"),
        ] {
            let duration = Duration::from_millis(millis);
            assert_eq!(format_duration(duration), text);
            assert_eq!(parse_duration(text), Ok(duration));
        }
        assert_eq!(format_duration(Duration::from_nanos(1_500)), "1us 500ns");
    }
}
