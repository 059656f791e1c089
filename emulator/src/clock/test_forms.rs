//! Valid and invalid forms of times and durations, for the tests of every parser.

use std::time::Duration;

use super::Timestamp;

/// 2026-01-31T00:00:00Z
pub(crate) const TIME: Timestamp = Timestamp::from_millis(1_769_817_600_000);

/// Forms of [`TIME`].
pub(crate) const TIMES: [&str; 8] = [
    "2026-01-31T00:00:00Z",
    "2026-01-31t00:00:00z",
    "2026-01-31T01:00:00+01:00",
    "2026-01-30T18:30:00-05:30",
    "2026-01-31 00:00:00",
    "2026-01-31T00:00:00.000",
    "2026-01-31T00:00:00.000000Z",
    "2026-01-31",
];

pub(crate) const INVALID_TIMES: [&str; 9] = [
    "T",
    "2026",
    "now",
    "1769817600",
    "2026-13-01",
    "2026-02-29",
    "2026-01-31T25:00:00Z",
    "2026-01-31T00:00:00Z and more",
    "2026-01-31T00:00:00+01:00[Europe/Berlin]",
];

const SECOND: u64 = 1000;
const DAY: u64 = 24 * 60 * 60 * SECOND;

/// Durations with their milliseconds.
const DURATIONS: [(&str, u64); 21] = [
    ("0", 0),
    ("0s", 0),
    ("250ms", 250),
    ("250 msec", 250),
    ("1s 500ms", 1_500),
    ("1.5s", 1_500),
    ("90s", 90 * SECOND),
    ("90 seconds", 90 * SECOND),
    ("2m", 120 * SECOND),
    ("2min", 120 * SECOND),
    ("1h 30m", 5_400 * SECOND),
    ("1h30m", 5_400 * SECOND),
    ("7d", 7 * DAY),
    ("7 days", 7 * DAY),
    ("1week", 7 * DAY),
    ("1month", 2_630_016 * SECOND),
    ("1M", 2_630_016 * SECOND),
    ("1y", 31_557_600 * SECOND),
    ("1.5d", 3 * DAY / 2),
    ("30m 1h", 5_400 * SECOND),
    ("1s 1s", 2 * SECOND),
];

pub(crate) const INVALID_DURATIONS: [&str; 7] = [
    "x",
    "5",
    "d",
    "7 fortnights",
    "1,000s",
    "2026-01-31",
    "99999999999999999999s",
];

pub(crate) const NEGATIVE_DURATIONS: [&str; 3] = ["-7d", "7d ago", "-1h 30m"];

/// The durations of the table from one length to another.
pub(crate) fn durations(
    from: Duration,
    to: Duration,
) -> impl Iterator<Item = (&'static str, Duration)> {
    DURATIONS
        .into_iter()
        .map(|(text, millis)| (text, Duration::from_millis(millis)))
        .filter(move |(_, duration)| (from..=to).contains(duration))
}

pub(crate) fn invalid_time(text: &str) -> String {
    format!("invalid time {text:?}; expected RFC 3339, such as 2027-01-01T00:00:00Z")
}

pub(crate) fn invalid_duration(text: &str) -> String {
    format!("invalid duration {text:?}; expected a number and a unit, such as 7d, 2m or 250ms")
}

pub(crate) fn negative_duration(text: &str) -> String {
    format!("invalid duration {text:?}; a duration cannot be negative")
}
