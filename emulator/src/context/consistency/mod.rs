//! Eventual consistency: read requests see changes after a delay.
//!
//! AWS documents that changes of keys, aliases, grants, tags and policies may take seconds to take
//! effect everywhere, but not how long. Here, a read request sees these records as they were
//! [`consistency_delay`](crate::KmsBuilder::consistency_delay) ago. A request that holds the write
//! lock sees the current records, so that no change is lost. Grant tokens identify their grant
//! directly and are valid immediately.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::store::Bytes;

/// The kinds of delayed records.
const DELAYED: [&str; 6] = [
    "alias/",
    "alias-of/",
    "grant/",
    "grant-of-terms/",
    "key/",
    "retirable-grant/",
];

/// The earlier contents of records that changed recently.
#[derive(Default)]
pub(crate) struct ConsistencyDelay {
    delay: Duration,
    past: Mutex<Past>,
}

#[derive(Default)]
struct Past {
    /// The earlier contents of each record, oldest first, with the end of their visibility.
    records: HashMap<String, VecDeque<(Timestamp, Option<Bytes>)>>,
    /// The names by time, to remove expired entries.
    order: VecDeque<(Timestamp, String)>,
}

impl ConsistencyDelay {
    pub(crate) fn new(delay: Duration) -> Self {
        Self {
            delay,
            past: Mutex::default(),
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.delay.is_zero()
    }

    /// Saves the contents of a record that is about to change.
    pub(crate) fn save(&self, name: &str, before: Option<Bytes>, now: Timestamp) {
        if self.is_zero() || !DELAYED.iter().any(|kind| name.starts_with(kind)) {
            return;
        }
        let until = now.plus(self.delay);
        let mut past = self.lock();
        past.remove_expired(now);
        past.order.push_back((until, name.to_owned()));
        let record = past.records.entry(name.to_owned()).or_default();
        record.push_back((until, before));
    }

    /// The visible contents of a record with these current contents.
    pub(crate) fn visible(
        &self,
        name: &str,
        now: Timestamp,
        current: Option<Bytes>,
    ) -> Option<Bytes> {
        if self.is_zero() {
            return current;
        }
        let past = self.lock();
        let record = past.records.get(name);
        let mut before = record.into_iter().flatten();
        match before.find(|(until, _)| now < *until) {
            Some((_, before)) => before.clone(),
            None => current,
        }
    }

    /// The records with a prefix whose earlier contents are still visible.
    pub(crate) fn delayed(&self, prefix: &str, now: Timestamp) -> Vec<(String, Option<Bytes>)> {
        let past = self.lock();
        let with_prefix = past
            .records
            .iter()
            .filter(|(name, _)| name.starts_with(prefix));
        with_prefix
            .filter_map(|(name, record)| {
                let (_, before) = record.iter().find(|(until, _)| now < *until)?;
                Some((name.clone(), before.clone()))
            })
            .collect()
    }

    /// Clears everything, after all records were replaced.
    pub(crate) fn clear(&self) {
        *self.lock() = Past::default();
    }

    fn lock(&self) -> MutexGuard<'_, Past> {
        self.past.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Past {
    fn remove_expired(&mut self, now: Timestamp) {
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

#[cfg(test)]
mod tests;
