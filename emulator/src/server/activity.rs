//! What a connection does: the requests in progress, and its share of the time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// How long a connection may work before the others have a turn.
const SHARE: Duration = Duration::from_millis(1);
/// How many requests a connection may handle before the others have a turn. A turn costs a new task, so
/// cheap requests share one.
const SHARE_REQUESTS: u32 = 4;

/// The activity of a connection. Nothing waits for a change of it: that would wake the task of the
/// connection twice for each request.
#[derive(Clone)]
pub(super) struct Activity(Arc<Mutex<State>>);

struct State {
    requests: usize,
    /// The end of the last request, or the start of the connection.
    idle_since: Instant,
    /// What the connection did since the others had a turn.
    worked: Duration,
    handled: u32,
}

/// A request in progress, until its response was taken for sending.
pub(super) struct InProgress(Activity);

impl Activity {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            requests: 0,
            idle_since: Instant::now(),
            worked: Duration::ZERO,
            handled: 0,
        })))
    }

    pub(super) fn begin(&self) -> InProgress {
        self.state().requests += 1;
        InProgress(self.clone())
    }

    /// Completes when the connection had no request for that time, from now on.
    pub(super) async fn idle_for(&self, time: Duration) {
        let start = Instant::now();
        loop {
            let now = Instant::now();
            let end = self.idle_since().map_or(now, |since| since.max(start)) + time;
            if end <= now {
                return;
            }
            sleep_until(end).await;
        }
    }

    /// The end of the last request, if none is in progress.
    fn idle_since(&self) -> Option<Instant> {
        let state = self.state();
        (state.requests == 0).then_some(state.idle_since)
    }

    /// Counts a request that took this time.
    pub(super) fn has_worked(&self, time: Duration) {
        let mut state = self.state();
        state.worked += time;
        state.handled += 1;
    }

    /// Whether the connection has used its share.
    pub(super) fn has_used_share(&self) -> bool {
        let state = self.state();
        state.worked >= SHARE || state.handled >= SHARE_REQUESTS
    }

    /// The others had a turn.
    pub(super) fn renew_share(&self) {
        let mut state = self.state();
        (state.worked, state.handled) = (Duration::ZERO, 0);
    }

    /// The client has sent nothing more. If no request is in progress, the others have a turn.
    pub(super) fn waits_for_client(&self) {
        if self.state().requests == 0 {
            self.renew_share();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        let Self(activity) = self;
        let mut state = activity.state();
        state.requests = state.requests.saturating_sub(1);
        state.idle_since = Instant::now();
    }
}
