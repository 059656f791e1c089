//! Receipts of changes, which resolve when the disk has answered.

use std::sync::Arc;

use super::StoreError;
use super::visible::Visible;

type Answer = Result<(), StoreError>;

/// Resolves when changes are on disk. Threads call [`wait`](Self::wait), tasks await
/// [`written`](Self::written). The store depends on no async runtime.
#[must_use = "the reply must not be sent before its changes are on disk"]
pub(crate) struct Receipt(Vec<oneshot::Receiver<Answer>>);

/// The other end of a receipt.
pub(super) struct Waiting(oneshot::Sender<Answer>);

impl Waiting {
    pub(super) fn resolve(self, answer: Answer) {
        // The receiver may be dropped: its client has disconnected.
        let _ = self.0.send(answer);
    }
}

impl Receipt {
    /// The receipt of changes that are on disk, or need none.
    pub(crate) fn settled() -> Self {
        Self(Vec::new())
    }

    pub(super) fn pending() -> (Self, Waiting) {
        let (sender, receiver) = oneshot::channel();
        (Self(vec![receiver]), Waiting(sender))
    }

    pub(super) fn failed(error: StoreError) -> Self {
        let (receipt, waiting) = Self::pending();
        waiting.resolve(Err(error));
        receipt
    }

    /// The receipt of these changes and of others.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Blocks until the changes are on disk.
    pub(crate) fn wait(self) -> Answer {
        self.0
            .into_iter()
            .try_for_each(|receiver| receiver.recv().unwrap_or(Err(StoreError::WriterStopped)))
    }

    /// Resolves when the changes are on disk.
    pub(crate) async fn written(self) -> Answer {
        for receiver in self.0 {
            receiver.await.unwrap_or(Err(StoreError::WriterStopped))?;
        }
        Ok(())
    }

    /// The answer, if it is there.
    #[cfg(test)]
    pub(super) fn try_result(&mut self) -> Option<Answer> {
        while let Some(receiver) = self.0.last() {
            match receiver.try_recv() {
                Ok(Ok(())) => drop(self.0.pop()),
                Ok(Err(error)) => return Some(Err(error)),
                Err(_) => return None,
            }
        }
        Some(Ok(()))
    }
}

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
    pub(crate) fn send(mut self, answer: Answer) {
        self.is_answered = true;
        self.visible.settle(self.number, &answer);
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
