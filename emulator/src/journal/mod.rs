//! What was asked: a record of each call in CloudTrail's shape, as many as there is room for.
//!
//! The records are made from AWS's model: what it calls sensitive, every blob and every grant
//! token are left out, so no plaintext, ciphertext or secret can be among them. The fields are
//! those of the examples in the KMS developer guide, "Examples of AWS KMS log entries".

mod event;
mod query;
mod record;
mod redaction;

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use event::{Event, Events};
pub use query::EventQuery;
pub(crate) use record::{Call, Parameters, Service, event_id};

/// The most records, unless the builder says otherwise.
pub(crate) const MOST: usize = 10_000;

/// The most bytes of records.
const MOST_BYTES: usize = 64 << 20;

/// The last records.
pub(crate) struct Journal {
    most: usize,
    inner: Mutex<Inner>,
    file: Option<Mutex<File>>,
}

#[derive(Default)]
struct Inner {
    /// The number of the newest record; the first is 1.
    last: u64,
    events: VecDeque<Event>,
    bytes: usize,
    /// Told when there is a new record.
    waiting: Vec<oneshot::Sender<()>>,
}

impl Journal {
    pub(crate) fn new(most: usize, file: Option<File>) -> Self {
        Self {
            most,
            inner: Mutex::default(),
            file: file.map(Mutex::new),
        }
    }

    /// Whether anybody will ever see a record.
    pub(crate) fn is_kept(&self) -> bool {
        self.most > 0 || self.file.is_some()
    }

    /// Adds a record, and drops the oldest if there is no room for it.
    pub(crate) fn add(&self, event: Event) {
        if let Some(file) = &self.file {
            let mut line = Vec::with_capacity(event.json().len() + 1);
            line.extend_from_slice(event.json().as_bytes());
            line.push(b'\n');
            // One call a line, so that lines of two processes do not mix.
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
            while inner.events.len() > self.most || inner.bytes > MOST_BYTES {
                let Some(oldest) = inner.events.pop_front() else {
                    break;
                };
                inner.bytes -= oldest.json().len();
            }
            std::mem::take(&mut inner.waiting)
        };
        for waiting in waiting {
            // Who waited may have gone.
            let _ = waiting.send(());
        }
    }

    /// The records that a query asks for, from the oldest.
    pub(crate) fn find(&self, query: &EventQuery) -> Vec<Event> {
        let inner = self.lock();
        let found = inner.events.iter().filter(|event| query.asks_for(event));
        found
            .take(query.limit.unwrap_or(usize::MAX))
            .cloned()
            .collect()
    }

    /// As [`Self::find`]; while too few are there, also what tells when there is one more.
    #[cfg(feature = "server")]
    pub(crate) fn find_or_wait(
        &self,
        query: &EventQuery,
        enough: usize,
    ) -> (Vec<Event>, Option<oneshot::Receiver<()>>) {
        let mut inner = self.lock();
        let found = inner.events.iter().filter(|event| query.asks_for(event));
        let found: Vec<_> = found
            .take(query.limit.unwrap_or(usize::MAX))
            .cloned()
            .collect();
        let next = (found.len() < enough).then(|| {
            let (sender, receiver) = oneshot::channel();
            inner.waiting.retain(|waiting| !waiting.is_closed());
            inner.waiting.push(sender);
            receiver
        });
        (found, next)
    }

    /// The number of the newest record, and how many older ones there was no room for or were
    /// deleted.
    #[cfg(any(feature = "server", test))]
    pub(crate) fn extent(&self) -> (u64, u64) {
        let inner = self.lock();
        (inner.last, inner.last - inner.events.len() as u64)
    }

    /// Forgets all records; numbers go on.
    pub(crate) fn clear(&self) {
        let mut inner = self.lock();
        inner.events.clear();
        inner.bytes = 0;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
