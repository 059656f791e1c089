//! The end of a write: the answer of the disk reaches the visible records and all who wait.

use std::sync::Arc;

use super::StoreError;
use super::visible::Visible;

/// Takes the answer of the disk to a change. Without an answer, the write failed.
pub(crate) struct Completion {
    visible: Arc<Visible>,
    number: u64,
    is_answered: bool,
}

impl Completion {
    pub(super) fn new(visible: Arc<Visible>, number: u64) -> Self {
        Self {
            visible,
            number,
            is_answered: false,
        }
    }

    /// Ends the write. If it failed, its change is taken back before a client hears of it.
    pub(crate) fn send(mut self, answer: &Result<(), StoreError>) {
        self.is_answered = true;
        self.visible.settle(self.number, answer);
    }
}

impl Drop for Completion {
    fn drop(&mut self) {
        if !self.is_answered {
            let failed = Err(StoreError::WriterStopped);
            self.visible.settle(self.number, &failed);
        }
    }
}
