//! A token bucket.

use crate::clock::Timestamp;

/// A bucket with the tokens of one second.
#[derive(Debug)]
pub(super) struct Bucket {
    per_second: f64,
    tokens: f64,
    updated: Timestamp,
}

impl Bucket {
    /// A full bucket.
    pub(super) fn new(per_second: f64, now: Timestamp) -> Self {
        Self {
            per_second,
            tokens: per_second.max(1.0),
            updated: now,
        }
    }

    /// Takes a token, if one is left.
    pub(super) fn take(&mut self, now: Timestamp) -> bool {
        self.tokens = self.filled(now);
        self.updated = now;
        // A rounding error must not cost a request.
        if self.tokens < 1.0 - 1e-6 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }

    /// Whether the bucket is full.
    pub(super) fn is_full(&self, now: Timestamp) -> bool {
        self.filled(now) >= self.per_second.max(1.0)
    }

    fn filled(&self, now: Timestamp) -> f64 {
        let elapsed = now.millis().saturating_sub(self.updated.millis()).max(0);
        let elapsed = i32::try_from(elapsed).map_or(f64::from(i32::MAX), f64::from);
        (self.tokens + self.per_second * elapsed / 1000.0).min(self.per_second.max(1.0))
    }
}
