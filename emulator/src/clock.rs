//! Time, in one place. Nothing else reads the system's clock, so that a test can own it: what is
//! past and what is due is computed from a record and [`Clock::now`] whenever it is looked at, and
//! no timer runs in between.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

/// Where an emulator gets its time from.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// A moment, in milliseconds since 1970-01-01T00:00:00Z: the precision of the dates of KMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment so many milliseconds after the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// The moment so many seconds after the epoch, as a client sends it.
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

    /// The moment so many days later.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        const DAY: i64 = 24 * 60 * 60 * 1000;
        Self(self.0.saturating_add(i64::from(days) * DAY))
    }

    /// The moment so much later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(millis))
    }

    /// How many whole days it is after another moment.
    pub(crate) fn days_since(self, other: Self) -> i64 {
        const DAY: i64 = 24 * 60 * 60 * 1000;
        self.0.saturating_sub(other.0) / DAY
    }

    /// The same moment without its fraction of a second.
    #[must_use]
    pub fn whole_seconds(self) -> Self {
        Self(self.0 - self.0.rem_euclid(1000))
    }

    /// Seconds with a fraction of milliseconds, printed as Java prints a `double`, which is how
    /// KMS prints its dates: `1.499288695918E9`.
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
        let exponent = digits.len() - 4; // three digits are the fraction, one stands before the point
        let (first, rest) = digits.split_at(1);
        let rest = rest.trim_end_matches('0');
        format!(
            "{first}.{}E{exponent}",
            if rest.is_empty() { "0" } else { rest }
        )
    }
}

/// As in an answer of KMS. Records keep milliseconds: see `store::record`'s users.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = RawValue::from_string(self.java_double()).map_err(S::Error::custom)?;
        number.serialize(serializer)
    }
}

/// For `#[serde(with = "…")]`: a moment in a stored record, as whole milliseconds.
pub(crate) mod millis {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Timestamp;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(crate) fn serialize<S: Serializer>(
        moment: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(moment.millis())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        i64::deserialize(deserializer).map(Timestamp::from_millis)
    }

    /// The same for a moment that there may not be.
    pub(crate) mod option {
        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        use super::super::Timestamp;

        #[expect(clippy::ref_option, reason = "serde's signature")]
        pub(crate) fn serialize<S: Serializer>(
            moment: &Option<Timestamp>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            moment.map(Timestamp::millis).serialize(serializer)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<Timestamp>, D::Error> {
            Ok(Option::deserialize(deserializer)?.map(Timestamp::from_millis))
        }
    }
}

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "the one reader of the real time")]
        let elapsed = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands still until it is moved.
///
/// ```
/// use std::time::Duration;
/// use kms_emulator::clock::{Clock, ManualClock, Timestamp};
///
/// let clock = ManualClock::new(Timestamp::from_millis(1_800_000_000_000));
/// clock.advance(Duration::from_secs(7 * 24 * 60 * 60));
/// assert_eq!(clock.now().millis(), 1_800_604_800_000);
/// ```
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `now`.
    pub fn new(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.0))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.0.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(millis: i64) -> String {
        serde_json::to_string(&Timestamp::from_millis(millis)).unwrap()
    }

    #[test]
    fn dates_are_printed_as_a_java_double() {
        assert_eq!(printed(1_499_288_695_918), "1.499288695918E9");
        assert_eq!(printed(1_477_431_461_000), "1.477431461E9");
        assert_eq!(printed(1_500_000_000_000), "1.5E9");
        assert_eq!(printed(2_000_000_000_000), "2.0E9");
        assert_eq!(printed(10_000_000_000), "1.0E7");
        assert_eq!(printed(9_999_999_990), "9999999.99");
        assert_eq!(printed(0), "0.0");
    }
}
