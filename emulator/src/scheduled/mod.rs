//! The scheduled changes of keys that no request has found yet.
//!
//! A request applies the due changes of the keys that it finds (`context/due.rs`). A background
//! thread applies those of all other keys: one key after the other, one write for each, after the
//! writers that a client waits for. It starts when a request finds that a change is due, and ends
//! when none is left. No timer runs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use crate::clock::Timestamp;
use crate::context::{Due, Services};
use crate::error::Error;
use crate::store::Receipt;

/// Applies all due changes on this thread.
///
/// # Errors
///
/// Internal, if the store rejects writes.
pub(crate) fn run_due(services: &Services, now: Timestamp) -> Result<(), Error> {
    let mut last = Receipt::settled();
    while let Some(due) = Due::first(&services.store, now) {
        last = due.apply(services, now)?;
    }
    // Writes are in order, so the last one comes after all others.
    Ok(last.wait()?)
}

/// The background thread.
#[derive(Default)]
pub(crate) struct Background {
    state: Mutex<State>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct State {
    thread: Option<JoinHandle<()>>,
    /// The number of [`Paused`].
    pauses: usize,
}

#[derive(Default)]
struct Shared {
    is_running: AtomicBool,
    must_stop: AtomicBool,
}

/// While this exists, the background thread does not run.
#[must_use = "the background thread may run again when this is dropped"]
pub(crate) struct Paused<'b>(&'b Background);

impl Background {
    /// Starts the thread, unless it runs or is paused.
    pub(crate) fn start(&self, services: &Arc<Services>) {
        let mut state = self.lock();
        if state.pauses > 0 || self.shared.is_running.load(Ordering::Acquire) {
            return;
        }
        self.shared.must_stop.store(false, Ordering::Release);
        self.shared.is_running.store(true, Ordering::Release);
        let (services, shared) = (Arc::clone(services), Arc::clone(&self.shared));
        let thread = thread::Builder::new().name("kms-scheduled".to_owned());
        let thread = thread.spawn(move || {
            shared.run(&services);
            shared.is_running.store(false, Ordering::Release);
        });
        // If the thread cannot start, the next request tries again.
        state.thread = thread.ok();
        let is_running = state.thread.is_some();
        self.shared.is_running.store(is_running, Ordering::Release);
    }

    /// Waits until the thread has ended, and prevents its next start.
    pub(crate) fn pause(&self) -> Paused<'_> {
        let mut state = self.lock();
        state.pauses += 1;
        self.shared.must_stop.store(true, Ordering::Release);
        if let Some(thread) = state.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread for scheduled changes panicked");
        }
        self.shared.is_running.store(false, Ordering::Release);
        Paused(self)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn run(&self, services: &Services) {
        while !self.must_stop.load(Ordering::Acquire) {
            let now = services.clock.now();
            let Some(due) = Due::first(&services.store, now) else {
                return;
            };
            let written = due.apply(services, now);
            // Waiting leaves the disk and the write lock to others.
            if let Err(error) = written.and_then(Receipt::wait) {
                tracing::error!("cannot apply scheduled changes: {error}");
                return;
            }
        }
    }
}

impl Drop for Paused<'_> {
    fn drop(&mut self) {
        self.0.lock().pauses -= 1;
    }
}

#[cfg(test)]
mod tests;
