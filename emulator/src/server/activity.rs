//! Whether a connection has requests in progress.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// The number of requests in progress on a connection.
#[derive(Clone, Default)]
pub(super) struct Activity(watch::Sender<usize>);

/// A request in progress, until its response was taken for sending.
pub(super) struct InProgress(Activity);

impl Activity {
    pub(super) fn begin(&self) -> InProgress {
        self.0.send_modify(|requests| *requests += 1);
        InProgress(self.clone())
    }

    /// Completes when the connection had no request for that time.
    pub(super) async fn idle_for(&self, time: Duration) {
        let mut requests = self.0.subscribe();
        while requests.wait_for(|requests| *requests == 0).await.is_ok()
            && timeout(time, requests.changed()).await.is_ok()
        {}
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        let Self(Activity(requests)) = self;
        requests.send_modify(|requests| *requests = requests.saturating_sub(1));
    }
}
