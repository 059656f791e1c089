//! A token bucket.

use crate::clock::Timestamp;

/// The requests that remain of one second.
#[derive(Debug)]
pub(super) struct Bucket {
    per_second: f64,
    left: f64,
    counted: Timestamp,
}

impl Bucket {
    /// A full bucket.
    pub(super) fn new(per_second: f64, now: Timestamp) -> Self {
        Self {
            per_second,
            left: per_second.max(1.0),
            counted: now,
        }
    }

    /// Takes a token, if one is left.
    pub(super) fn take(&mut self, now: Timestamp) -> bool {
        self.left = self.filled(now);
        self.counted = now;
        // A rounding error must not cost a request.
        if self.left < 1.0 - 1e-6 {
            return false;
        }
        self.left -= 1.0;
        true
    }

    /// Whether the bucket is full.
    pub(super) fn is_full(&self, now: Timestamp) -> bool {
        self.filled(now) >= self.per_second.max(1.0)
    }

    fn filled(&self, now: Timestamp) -> f64 {
        let elapsed = now.millis().saturating_sub(self.counted.millis()).max(0);
        let elapsed = i32::try_from(elapsed).map_or(f64::from(i32::MAX), f64::from);
        (self.left + self.per_second * elapsed / 1000.0).min(self.per_second.max(1.0))
    }
}
