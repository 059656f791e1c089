//! Receipts of changes, which resolve when the disk has answered.

use super::StoreError;

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
