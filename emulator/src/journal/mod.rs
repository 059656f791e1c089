//! Events: a record of each call in the format of CloudTrail. Over the limits, the oldest are
//! dropped.
//!
//! Records follow AWS's model, without blobs, grant tokens, and members that the model marks as
//! sensitive. So they contain no plaintext, ciphertext or secret. The fields are those of "Examples
//! of AWS KMS log entries" in the KMS developer guide.

mod event;
mod query;
mod record;
mod redaction;

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use event::{Event, Events};
pub(crate) use query::EventQuery;
pub(crate) use record::{ApiCallEvent, Parameters, RotationDetails, ServiceEvent, event_id};

/// The default maximum number of records.
pub(crate) const DEFAULT_MAX_EVENTS: usize = 10_000;

/// The maximum size of all records.
const MAX_BYTES: usize = 64 << 20;

/// The latest records.
pub(crate) struct Journal {
    max_events: usize,
    inner: Mutex<Inner>,
    file: Option<Mutex<File>>,
}

#[derive(Default)]
struct Inner {
    /// The number of the newest record; the first is 1.
    last: u64,
    events: VecDeque<Event>,
    bytes: usize,
    /// Receivers that wait for the next record.
    waiting: Vec<oneshot::Sender<()>>,
}

impl Journal {
    pub(crate) fn new(max_events: usize, file: Option<File>) -> Self {
        Self {
            max_events,
            inner: Mutex::default(),
            file: file.map(Mutex::new),
        }
    }

    /// Whether records are kept in memory or written to a file.
    pub(crate) fn is_enabled(&self) -> bool {
        self.max_events > 0 || self.file.is_some()
    }

    /// Adds a record, and drops the oldest ones over the limits.
    pub(crate) fn add(&self, event: Event) {
        if let Some(file) = &self.file {
            let mut line = Vec::with_capacity(event.json().len() + 1);
            line.extend_from_slice(event.json().as_bytes());
            line.push(b'\n');
            // One write for each line, so that lines of two processes do not mix.
            let written = file
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .write_all(&line);
            if let Err(error) = written {
                tracing::error!("cannot write to the event log: {error}");
            }
        }
        let waiting = {
            let mut inner = self.lock();
            inner.last += 1;
            let event = Event {
                number: inner.last,
                ..event
            };
            inner.bytes += event.json().len();
            inner.events.push_back(event);
            while inner.events.len() > self.max_events || inner.bytes > MAX_BYTES {
                let Some(oldest) = inner.events.pop_front() else {
                    break;
                };
                inner.bytes -= oldest.json().len();
            }
            std::mem::take(&mut inner.waiting)
        };
        for waiting in waiting {
            // The receiver may have timed out.
            let _ = waiting.send(());
        }
    }

    /// The records that match a query, oldest first.
    pub(crate) fn find(&self, query: &EventQuery) -> Vec<Event> {
        self.lock().find(query)
    }

    /// As [`Self::find`]. If fewer than `enough` records match, also a receiver for the next
    /// record.
    #[cfg(feature = "server")]
    pub(crate) fn find_or_wait(
        &self,
        query: &EventQuery,
        enough: usize,
    ) -> (Vec<Event>, Option<oneshot::Receiver<()>>) {
        let mut inner = self.lock();
        let found = inner.find(query);
        let next = (found.len() < enough).then(|| {
            let (sender, receiver) = oneshot::channel();
            inner.waiting.retain(|waiting| !waiting.is_closed());
            inner.waiting.push(sender);
            receiver
        });
        (found, next)
    }

    /// The number of the newest record, and the number of dropped and deleted records.
    #[cfg(any(feature = "server", test))]
    pub(crate) fn extent(&self) -> (u64, u64) {
        let inner = self.lock();
        (inner.last, inner.last - inner.events.len() as u64)
    }

    /// Deletes all records. The numbers of later records continue.
    pub(crate) fn clear(&self) {
        let mut inner = self.lock();
        inner.events.clear();
        inner.bytes = 0;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn find(&self, query: &EventQuery) -> Vec<Event> {
        let found = self.events.iter().filter(|event| query.matches(event));
        let limit = query.limit.unwrap_or(usize::MAX);
        let Some(newest) = query.newest else {
            return found.take(limit).cloned().collect();
        };
        let mut newest: Vec<_> = found.rev().take(newest).cloned().collect();
        newest.reverse();
        newest.truncate(limit);
        newest
    }
}

#[cfg(test)]
mod tests;
