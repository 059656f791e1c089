//! A point in time, and its text forms.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::{self, DateTime};
use jiff::fmt::temporal::{DateTimeParser, DateTimePrinter};
use jiff::tz::Offset;
use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use super::TimeError;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z. KMS's dates have that precision.
///
/// [`str::parse`] reads RFC 3339, such as `2027-01-01T00:00:00Z`. The offset is optional and
/// defaults to UTC; a space may replace the `T`; a date alone is its midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 1970-01-01T00:00:00Z, the earliest time that a clock shows.
    pub const EPOCH: Self = Self(0);

    /// The end of the year 9999, the latest time that a clock shows.
    pub const LAST: Self = Self(253_402_300_799_999);

    /// The time this many milliseconds after the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// The time this many seconds after the epoch, as clients send it.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast of a float saturates"
    )]
    pub(crate) fn from_seconds(seconds: f64) -> Self {
        Self((seconds * 1000.0) as i64)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The time this many days later.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        Self(self.0.saturating_add(i64::from(days) * DAY_MILLIS))
    }

    /// The time this much later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(millis))
    }

    /// The time this much earlier.
    pub(crate) fn minus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(millis))
    }

    /// The number of whole days since another time.
    pub(crate) fn days_since(self, other: Self) -> i64 {
        self.0.saturating_sub(other.0) / DAY_MILLIS
    }

    /// The same time, rounded down to a second.
    #[must_use]
    pub fn whole_seconds(self) -> Self {
        Self(self.0 - self.0.rem_euclid(1000))
    }

    /// RFC 3339 without a fraction: `2027-01-01T00:00:00Z`.
    pub(crate) fn seconds_text(self) -> String {
        self.text(0)
    }

    /// ISO 8601's basic format, which Signature Version 4 uses: `20270101T000000Z`.
    pub(crate) fn basic_text(self) -> String {
        let mut text = self.seconds_text();
        text.retain(|character| !matches!(character, '-' | ':'));
        text
    }

    /// The form in CloudTrail's copies of requests and answers: `Aug 10, 2022, 10:38:27 PM`.
    pub(crate) fn cloudtrail_text(self) -> String {
        let time = self.clamp(Self::EPOCH, Self::LAST);
        let time = EPOCH.saturating_add(SignedDuration::from_millis(time.0));
        time.strftime("%b %-d, %Y, %-I:%M:%S %p").to_string()
    }

    fn text(self, decimals: u8) -> String {
        let time = self.clamp(Self::EPOCH, Self::LAST);
        let time = EPOCH.saturating_add(SignedDuration::from_millis(time.0));
        let printer = DateTimePrinter::new().precision(Some(decimals));
        format!("{}Z", printer.datetime_to_string(&time))
    }

    /// Seconds with milliseconds, in the format of a Java `double`. KMS prints dates in this format:
    /// `1.499288695918E9`.
    fn java_double(self) -> String {
        const SCIENTIFIC_FROM: i64 = 10_000_000_000; // Java: 10^7 (seconds) and above
        let millis = self.0.max(0);
        if millis < SCIENTIFIC_FROM {
            let fraction = format!("{:03}", millis % 1000);
            let fraction = fraction.trim_end_matches('0');
            let fraction = if fraction.is_empty() { "0" } else { fraction };
            return format!("{}.{fraction}", millis / 1000);
        }
        let digits = millis.to_string();
        let exponent = digits.len() - 4; // one digit before the point, three of milliseconds
        let (first, rest) = digits.split_at(1);
        let rest = rest.trim_end_matches('0');
        let rest = if rest.is_empty() { "0" } else { rest };
        [first, ".", rest, "E", &exponent.to_string()].concat()
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        parse(text).ok_or_else(|| TimeError::InvalidTime {
            text: text.to_owned(),
        })
    }
}

fn parse(text: &str) -> Option<Timestamp> {
    let pieces = DateTimeParser::new().parse_pieces(text).ok()?;
    if pieces.time_zone_annotation().is_some() {
        // A zone such as `[Europe/Berlin]` would need the time zone database.
        return None;
    }
    let time = pieces.time().unwrap_or(civil::Time::midnight());
    let local = pieces.date().to_datetime(time);
    let offset = pieces.to_numeric_offset().map_or(0, Offset::seconds);
    // jiff's own `Timestamp` ends a day before the year 9999 does.
    let since_epoch = local
        .duration_since(EPOCH)
        .checked_sub(SignedDuration::from_secs(offset.into()))?;
    i64::try_from(since_epoch.as_millis()).ok().map(Timestamp)
}

/// RFC 3339 with milliseconds: `2027-01-01T00:00:00.000Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text(3))
    }
}

/// As in the responses of KMS. Stored records have milliseconds instead.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = RawValue::from_string(self.java_double()).map_err(S::Error::custom)?;
        number.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(millis: i64) -> String {
        serde_json::to_string(&Timestamp::from_millis(millis)).unwrap()
    }

    #[test]
    fn prints_like_a_java_double() {
        assert_eq!(printed(1_499_288_695_918), "1.499288695918E9");
        assert_eq!(printed(1_477_431_461_000), "1.477431461E9");
        assert_eq!(printed(1_500_000_000_000), "1.5E9");
        assert_eq!(printed(2_000_000_000_000), "2.0E9");
        assert_eq!(printed(10_000_000_000), "1.0E7");
        assert_eq!(printed(9_999_999_990), "9999999.99");
        assert_eq!(printed(0), "0.0");
    }

    #[test]
    fn printed_times_read_back() {
        for (text, millis) in [
            ("1970-01-01T00:00:00.000Z", 0),
            ("2027-01-15T08:00:00.001Z", 1_800_000_000_001),
            ("9999-12-31T23:59:59.999Z", Timestamp::LAST.millis()),
        ] {
            let timestamp = Timestamp::from_millis(millis);
            assert_eq!(timestamp.to_string(), text);
            assert_eq!(text.parse(), Ok(timestamp));
        }
    }

    #[test]
    fn prints_seconds_and_the_basic_format() {
        let timestamp = Timestamp::from_millis(1_795_506_417_999);
        assert_eq!(timestamp.seconds_text(), "2026-11-24T07:46:57Z");
        assert_eq!(timestamp.basic_text(), "20261124T074657Z");
        let leap_day = Timestamp::from_millis(951_782_400_000);
        assert_eq!(leap_day.basic_text(), "20000229T000000Z");
        assert_eq!(
            Timestamp::from_millis(-1).to_string(),
            "1970-01-01T00:00:00.000Z"
        );
    }
}
