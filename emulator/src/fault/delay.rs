//! How long a response is delayed.

use std::f64::consts::TAU;
use std::fmt;
use std::time::Duration;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::clock::{duration, parse_duration};

/// A duration, or a distribution of durations. In JSON: `"250ms"`, `{"min": "10ms", "max": "2s"}`
/// or `{"median": "50ms", "p99": "400ms"}`.
///
/// ```
/// use std::time::Duration;
/// use kms_emulator::fault::Delay;
///
/// let delay: Delay = serde_json::from_str(r#"{"min": "10ms", "max": "2s"}"#)?;
/// let expected = Delay::Uniform { min: Duration::from_millis(10), max: Duration::from_secs(2) };
/// assert_eq!(delay, expected);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Delay {
    /// Always the same duration.
    Fixed(#[serde(serialize_with = "duration::serialize")] Duration),
    /// A uniform distribution.
    Uniform {
        /// The minimum.
        #[serde(serialize_with = "duration::serialize")]
        min: Duration,
        /// The maximum.
        #[serde(serialize_with = "duration::serialize")]
        max: Duration,
    },
    /// A log-normal distribution, as in networks: a few responses are very late.
    LogNormal {
        /// Half of the delays are longer.
        #[serde(serialize_with = "duration::serialize")]
        median: Duration,
        /// One in a hundred delays is longer.
        #[serde(serialize_with = "duration::serialize")]
        p99: Duration,
    },
}

/// The 99th percentile of the standard normal distribution.
const P99: f64 = 2.326_347_874_040_841;

impl Delay {
    /// The maximum delay.
    pub(super) const MAX: Duration = Duration::from_secs(10 * 60);

    pub(super) fn draw(self, random: &mut fastrand::Rng) -> Duration {
        let drawn = match self {
            Self::Fixed(duration) => duration,
            Self::Uniform { min, max } => min + max.saturating_sub(min).mul_f64(random.f64()),
            Self::LogNormal { median, p99 } if median == p99 => median,
            Self::LogNormal { median, p99 } => {
                let sigma = (p99.as_secs_f64() / median.as_secs_f64()).ln() / P99;
                // Box-Muller transform: two uniform numbers give a normal one.
                let (one, two) = (1.0 - random.f64(), random.f64());
                let normal = (-2.0 * one.ln()).sqrt() * (TAU * two).cos();
                let seconds = median.as_secs_f64() * (sigma * normal).exp();
                Duration::try_from_secs_f64(seconds).unwrap_or(Self::MAX)
            }
        };
        drawn.min(Self::MAX)
    }
}

impl From<Duration> for Delay {
    fn from(duration: Duration) -> Self {
        Self::Fixed(duration)
    }
}

/// Not `#[serde(untagged)]`: its errors name no member and no expected form.
impl<'de> Deserialize<'de> for Delay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DelayVisitor)
    }
}

struct DelayVisitor;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    min: Option<String>,
    max: Option<String>,
    median: Option<String>,
    p99: Option<String>,
}

impl<'de> Visitor<'de> for DelayVisitor {
    type Value = Delay;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            r#"a delay: a duration such as "250ms", {"min", "max"}, or {"median", "p99"}"#,
        )
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Delay, E> {
        delay_member("delay", text).map(Delay::Fixed)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Delay, A::Error> {
        let members = Members::deserialize(MapAccessDeserializer::new(map))?;
        match members {
            Members {
                min: Some(min),
                max: Some(max),
                median: None,
                p99: None,
            } => Ok(Delay::Uniform {
                min: delay_member("delay.min", &min)?,
                max: delay_member("delay.max", &max)?,
            }),
            Members {
                min: None,
                max: None,
                median: Some(median),
                p99: Some(p99),
            } => Ok(Delay::LogNormal {
                median: delay_member("delay.median", &median)?,
                p99: delay_member("delay.p99", &p99)?,
            }),
            _ => Err(A::Error::custom(
                "delay: expected min and max, or median and p99",
            )),
        }
    }
}

fn delay_member<E: Error>(name: &str, text: &str) -> Result<Duration, E> {
    parse_duration(text).map_err(|error| E::custom(format!("{name}: {error}")))
}
