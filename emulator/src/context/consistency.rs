//! Eventual consistency: what was changed is seen a while later by requests that only read.
//!
//! AWS says that new keys, changes of a key, aliases, grants, tags and policies may take seconds to
//! be known everywhere, and gives no rule. Here there is one: a request that reads sees the records
//! of these as they were [`consistency_delay`](crate::Builder::consistency_delay) ago; one that
//! changes something sees, from when it holds the writer's place, what there is, so that nothing is
//! lost. A grant's token says itself which grant is meant, and works at once.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::store::Bytes;

/// The kinds of records that are late.
const LATE: [&str; 6] = [
    "alias/",
    "alias-of/",
    "grant/",
    "grant-of-terms/",
    "key/",
    "retirable-grant/",
];

/// What records were before they were changed lately.
#[derive(Default)]
pub(crate) struct Lag {
    delay: Duration,
    past: Mutex<Past>,
}

#[derive(Default)]
struct Past {
    /// What each record was, from the oldest, until when.
    records: HashMap<String, VecDeque<(Timestamp, Option<Bytes>)>>,
    /// The same by time, to be forgotten.
    order: VecDeque<(Timestamp, String)>,
}

impl Lag {
    pub(crate) fn new(delay: Duration) -> Self {
        Self {
            delay,
            past: Mutex::default(),
        }
    }

    pub(crate) fn is_none(&self) -> bool {
        self.delay.is_zero()
    }

    /// Notes what a record was before it changes.
    pub(crate) fn note(&self, name: &str, before: Option<Bytes>, now: Timestamp) {
        if self.is_none() || !LATE.iter().any(|kind| name.starts_with(kind)) {
            return;
        }
        let until = now.plus(self.delay);
        let mut past = self.lock();
        past.forget(now);
        past.order.push_back((until, name.to_owned()));
        let record = past.records.entry(name.to_owned()).or_default();
        record.push_back((until, before));
    }

    /// What a reader sees of a record at a moment; what it is now, if there is nothing to be seen
    /// instead.
    pub(crate) fn seen(
        &self,
        name: &str,
        now: Timestamp,
        is: impl FnOnce() -> Option<Bytes>,
    ) -> Option<Bytes> {
        if self.is_none() {
            return is();
        }
        let past = self.lock();
        let record = past.records.get(name);
        let mut before = record.into_iter().flatten();
        match before.find(|(until, _)| now < *until) {
            Some((_, before)) => before.clone(),
            None => is(),
        }
    }

    /// The records below a prefix that are not seen as they are now.
    pub(crate) fn all_seen(&self, prefix: &str, now: Timestamp) -> Vec<(String, Option<Bytes>)> {
        let past = self.lock();
        let below = past
            .records
            .iter()
            .filter(|(name, _)| name.starts_with(prefix));
        below
            .filter_map(|(name, record)| {
                let (_, before) = record.iter().find(|(until, _)| now < *until)?;
                Some((name.clone(), before.clone()))
            })
            .collect()
    }

    /// Forgets everything: the records are others now.
    pub(crate) fn clear(&self) {
        *self.lock() = Past::default();
    }

    fn lock(&self) -> MutexGuard<'_, Past> {
        self.past.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Past {
    /// Forgets what nobody sees any more.
    fn forget(&mut self, now: Timestamp) {
        while self.order.front().is_some_and(|(until, _)| *until <= now) {
            let Some((_, name)) = self.order.pop_front() else {
                return;
            };
            if let Some(record) = self.records.get_mut(&name) {
                record.retain(|(until, _)| now < *until);
                if record.is_empty() {
                    self.records.remove(&name);
                }
            }
        }
    }
}
