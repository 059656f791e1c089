//! Dates, as people write them.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::clock::Timestamp;

/// `2026-01-31T12:00:00Z`, with any offset or none (UTC), or the day alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date(pub(super) Timestamp);

impl Date {
    fn parse(text: &str) -> Option<Self> {
        let text = text.replacen(' ', "T", 1);
        let full = match text.split_once('T') {
            None => format!("{text}T00:00:00Z"),
            Some((_, clock)) if !clock.ends_with(['Z', 'z']) && !clock.contains(['+', '-']) => {
                format!("{text}Z")
            }
            Some(_) => text,
        };
        let date = OffsetDateTime::parse(&full, &Rfc3339).ok()?;
        let millis = date.unix_timestamp_nanos() / 1_000_000;
        i64::try_from(millis)
            .ok()
            .map(Timestamp::from_millis)
            .map(Self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom(format!("{text} is not a date like 2026-01-31T12:00:00Z"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        let expected = Some(Date(Timestamp::from_millis(1_769_817_600_000)));
        for text in [
            "2026-01-31T00:00:00Z",
            "2026-01-31T01:00:00+01:00",
            "2026-01-31 00:00:00",
            "2026-01-31T00:00:00.000",
            "2026-01-31",
        ] {
            assert_eq!(Date::parse(text), expected, "{text}");
        }
        for text in [
            "",
            "T",
            "2026",
            "2026-13-01",
            "2026-01-31T25:00:00Z",
            "tomorrow",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }
}
