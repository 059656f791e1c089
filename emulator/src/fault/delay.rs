//! How late an answer is.

use std::f64::consts::TAU;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::clock::duration;

/// A time, or a distribution of times. Written as `"250ms"`, `{"min": "10ms", "max": "2s"}` or
/// `{"median": "50ms", "p99": "400ms"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Delay {
    /// Always this.
    Fixed(Time),
    /// Anything between the two, all as likely.
    Uniform {
        /// The least.
        min: Time,
        /// The most.
        max: Time,
    },
    /// As networks have it, with few answers that are very late: log-normal.
    LogNormal {
        /// Half of the answers are later.
        median: Time,
        /// One in a hundred answers is later.
        p99: Time,
    },
}

/// A duration that is written with its unit: `250ms`, `1s 500ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub Duration);

/// No answer is later than this.
const LONGEST: Duration = Duration::from_secs(10 * 60);

/// The standard normal distribution has 99 of 100 below this.
const P99: f64 = 2.326_347_874_040_841;

impl Delay {
    pub(super) fn check(self) -> Result<(), String> {
        let (low, high) = match self {
            Self::Fixed(time) => (time, time),
            Self::Uniform { min, max } => (min, max),
            Self::LogNormal { median, p99 } if median.0.is_zero() && !p99.0.is_zero() => {
                return Err("a median of zero has no other times beside it".to_owned());
            }
            Self::LogNormal { median, p99 } => (median, p99),
        };
        if high.0 > LONGEST {
            return Err("longer than 10 minutes".to_owned());
        }
        if low > high {
            return Err("the first is more than the second".to_owned());
        }
        Ok(())
    }

    pub(super) fn draw(self, random: &mut fastrand::Rng) -> Duration {
        let drawn = match self {
            Self::Fixed(Time(time)) => time,
            Self::Uniform { min, max } => min.0 + max.0.saturating_sub(min.0).mul_f64(random.f64()),
            Self::LogNormal { median, p99 } if median == p99 => median.0,
            Self::LogNormal { median, p99 } => {
                let sigma = (p99.0.as_secs_f64() / median.0.as_secs_f64()).ln() / P99;
                // Box and Muller: two uniform numbers make a normal one.
                let (one, two) = (1.0 - random.f64(), random.f64());
                let normal = (-2.0 * one.ln()).sqrt() * (TAU * two).cos();
                let seconds = median.0.as_secs_f64() * (sigma * normal).exp();
                Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST)
            }
        };
        drawn.min(LONGEST)
    }
}

impl From<Duration> for Delay {
    fn from(time: Duration) -> Self {
        Self::Fixed(Time(time))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        duration::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        duration::deserialize(deserializer).map(Self)
    }
}
