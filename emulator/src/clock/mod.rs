//! The clock, and one grammar of times and durations for seeds, options, the control plane and
//! faults.
//!
//! Nothing else reads the system's clock, so a test can control it. The state of a key is computed
//! from its record and [`Clock::now`] on each use, without timers. So moving a clock takes effect
//! immediately.

pub(crate) mod duration;
mod error;
pub(crate) mod millis;
#[cfg(test)]
pub(crate) mod test_forms;
mod timestamp;

use std::sync::{PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

pub use duration::parse_duration;
pub use error::TimeError;
pub use timestamp::Timestamp;

/// The clock of an emulator. It follows the system's clock until it is moved or frozen.
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
pub struct Clock(RwLock<Mode>);

/// How a clock relates to the system's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// Running, this many milliseconds ahead of the system's clock.
    #[serde(rename = "ahead")]
    Offset(i64),
    /// Stopped at a time, in milliseconds since the epoch.
    Frozen(i64),
}

impl Mode {
    const SYSTEM: Self = Self::Offset(0);

    /// The same mode at another time.
    fn at(self, time: Timestamp) -> Self {
        match self {
            Self::Offset(_) => Self::Offset(time.millis().saturating_sub(system_time().millis())),
            Self::Frozen(_) => Self::Frozen(time.millis()),
        }
    }

    fn now(self) -> Timestamp {
        let millis = match self {
            Self::Offset(offset) => system_time().millis().saturating_add(offset),
            Self::Frozen(millis) => millis,
        };
        Timestamp::from_millis(millis).clamp(Timestamp::EPOCH, Timestamp::LAST)
    }
}

impl Clock {
    /// A clock that shows the system's time until it is moved.
    pub fn system() -> Self {
        Self(RwLock::new(Mode::SYSTEM))
    }

    /// A clock that is stopped at a time until it is moved.
    pub fn frozen_at(now: Timestamp) -> Self {
        Self(RwLock::new(Mode::Frozen(now.millis())))
    }

    /// The current time.
    pub fn now(&self) -> Timestamp {
        self.mode().now()
    }

    /// Moves the clock forward, at most to the year 9999. A running clock continues to run, a frozen
    /// clock stays frozen.
    pub fn advance(&self, by: Duration) {
        self.update(|mode| mode.at(mode.now().plus(by)));
    }

    /// Sets the time. A running clock continues to run, a frozen clock stays frozen. Moving a clock
    /// back does not undo changes.
    pub fn set(&self, now: Timestamp) {
        self.update(|mode| mode.at(now));
    }

    /// Stops the clock at a time.
    pub fn freeze_at(&self, now: Timestamp) {
        self.set_mode(Mode::Frozen(now.millis()));
    }

    /// Stops the clock at its current time.
    pub fn freeze(&self) {
        self.update(|mode| Mode::Frozen(mode.now().millis()));
    }

    /// Starts the clock at its current time.
    pub fn unfreeze(&self) {
        self.update(|mode| Mode::SYSTEM.at(mode.now()));
    }

    /// Makes the clock follow the system's clock again.
    pub fn use_system_time(&self) {
        self.set_mode(Mode::SYSTEM);
    }

    /// Whether the clock is stopped.
    pub fn is_frozen(&self) -> bool {
        matches!(self.mode(), Mode::Frozen(_))
    }

    /// Whether the clock shows the system's time.
    pub fn is_system_time(&self) -> bool {
        self.mode() == Mode::SYSTEM
    }

    pub(crate) fn mode(&self) -> Mode {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_mode(&self, mode: Mode) {
        self.update(|_| mode);
    }

    fn update(&self, change: impl FnOnce(Mode) -> Mode) {
        let mut mode = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *mode = change(*mode);
    }
}

impl Default for Clock {
    /// The system's time.
    fn default() -> Self {
        Self::system()
    }
}

/// The time of the system, for what must not follow a clock that was moved: the age of signatures.
pub(crate) fn system_time() -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "nothing else reads the system's clock"
    )]
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_millis(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
