//! Time, in one place. Nothing else reads the system's clock, so that a test can own it: what is
//! past and what is due is computed from a record and [`Clock::now`] whenever it is looked at, and
//! no timer runs in between. So when a clock is moved, everything follows at once.

use std::fmt;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

/// A moment, in milliseconds since 1970-01-01T00:00:00Z: the precision of the dates of KMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The end of the year 9999: no clock goes further.
    pub const LAST: Self = Self(253_402_300_799_999);

    /// A moment as in RFC 3339, in UTC: `2027-01-01T00:00:00Z`, with a fraction of a second or
    /// without. `None` if it is not one, or before 1970.
    pub fn parse(text: &str) -> Option<Self> {
        let moment = humantime::parse_rfc3339(text).ok()?;
        let elapsed = moment.duration_since(UNIX_EPOCH).ok()?;
        i64::try_from(elapsed.as_millis()).ok().map(Self)
    }

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

    /// As in RFC 3339 without a fraction: `2027-01-01T00:00:00Z`.
    pub(crate) fn seconds_text(self) -> String {
        humantime::format_rfc3339_seconds(self.system()).to_string()
    }

    fn system(self) -> SystemTime {
        let millis = u64::try_from(self.0.clamp(0, Self::LAST.0)).unwrap_or_default();
        UNIX_EPOCH + Duration::from_millis(millis)
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

/// As in RFC 3339, with milliseconds: `2027-01-01T00:00:00.000Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        humantime::format_rfc3339_millis(self.system()).fmt(formatter)
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

/// The clock of an emulator: the system's, unless it was moved or stopped.
///
/// ```
/// use std::time::Duration;
/// use kms_emulator::clock::{Clock, Timestamp};
///
/// let clock = Clock::frozen_at(Timestamp::from_millis(1_800_000_000_000));
/// clock.advance(Duration::from_secs(7 * 24 * 60 * 60));
/// assert_eq!(clock.now().millis(), 1_800_604_800_000);
/// ```
#[derive(Debug)]
pub struct Clock(RwLock<Setting>);

/// How a clock stands to the system's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Setting {
    /// So many milliseconds ahead, or behind if fewer than none.
    Ahead(i64),
    /// At a moment, in milliseconds since the epoch.
    Frozen(i64),
}

impl Setting {
    const REAL: Self = Self::Ahead(0);

    /// This, at another moment.
    fn at(self, moment: Timestamp) -> Self {
        match self {
            Self::Ahead(_) => Self::Ahead(moment.0.saturating_sub(system().0)),
            Self::Frozen(_) => Self::Frozen(moment.0),
        }
    }

    fn now(self) -> Timestamp {
        let now = match self {
            Self::Ahead(by) => system().0.saturating_add(by),
            Self::Frozen(now) => now,
        };
        Timestamp(now.clamp(0, Timestamp::LAST.0))
    }
}

impl Clock {
    /// A clock that shows the real time, until it is moved.
    pub fn real() -> Self {
        Self(RwLock::new(Setting::REAL))
    }

    /// A clock that stands still at a moment, until it is moved.
    pub fn frozen_at(now: Timestamp) -> Self {
        Self(RwLock::new(Setting::Frozen(now.0)))
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.setting().now()
    }

    /// Moves the clock forward, to the year 9999 at most. Whether it runs stays as it is.
    pub fn advance(&self, by: Duration) {
        self.change(|setting| setting.at(setting.now().plus(by)));
    }

    /// Sets the clock to a moment, from which it runs if it ran before. Moving it back undoes
    /// nothing that has happened.
    pub fn set(&self, now: Timestamp) {
        self.change(|setting| setting.at(now));
    }

    /// Stops the clock where it is.
    pub fn freeze(&self) {
        self.change(|setting| Setting::Frozen(setting.now().0));
    }

    /// Lets the clock run from where it is.
    pub fn unfreeze(&self) {
        self.change(|setting| Setting::Ahead(0).at(setting.now()));
    }

    /// Makes the clock show the real time again.
    pub fn back_to_real(&self) {
        self.change(|_| Setting::REAL);
    }

    /// Whether the clock stands still.
    pub fn is_frozen(&self) -> bool {
        matches!(self.setting(), Setting::Frozen(_))
    }

    /// Whether the clock shows the real time.
    pub fn is_real(&self) -> bool {
        self.setting() == Setting::REAL
    }

    pub(crate) fn setting(&self) -> Setting {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn change(&self, to: impl FnOnce(Setting) -> Setting) {
        let mut setting = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *setting = to(*setting);
    }
}

impl Default for Clock {
    /// The real time.
    fn default() -> Self {
        Self::real()
    }
}

/// The system's time.
fn system() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the one reader of the real time")]
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
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

    #[test]
    fn a_moment_reads_back_as_it_is_written() {
        for (text, millis) in [
            ("1970-01-01T00:00:00.000Z", 0),
            ("2027-01-15T08:00:00.001Z", 1_800_000_000_001),
            ("9999-12-31T23:59:59.999Z", Timestamp::LAST.millis()),
        ] {
            let moment = Timestamp::from_millis(millis);
            assert_eq!(moment.to_string(), text);
            assert_eq!(Timestamp::parse(text), Some(moment));
        }
        for text in [
            "",
            "2027-01-01",
            "1969-12-31T23:59:59Z",
            "2027-13-01T00:00:00Z",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_clock_is_moved_stopped_and_set_right() {
        let clock = Clock::real();
        assert!(clock.is_real() && !clock.is_frozen());
        let then = Timestamp::from_millis(1_000_000);
        clock.freeze();
        clock.set(then);
        assert_eq!((clock.now(), clock.is_frozen()), (then, true));
        clock.advance(Duration::from_secs(2));
        assert_eq!(clock.now().millis(), 1_002_000);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::LAST);
        clock.set(then);
        clock.unfreeze();
        assert!(!clock.is_frozen() && !clock.is_real());
        // It runs: by less than a minute since, or the machine is very slow.
        let since = clock.now().millis() - then.millis();
        assert!((0..60_000).contains(&since), "{since}");
        clock.back_to_real();
        assert!(clock.is_real());
    }
}
