//! The records that requests see, and how they go back when a write fails.
//!
//! A change is visible before it is on disk. If its write fails, the records go back to what is on
//! disk: this change and all later ones are taken back. The changes are numbered, and the disk
//! answers in their order.

use std::collections::VecDeque;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::{Bytes, Change, Name, Records};

/// The visible records.
#[derive(Default)]
pub(super) struct Visible(RwLock<State>);

#[derive(Default)]
pub(super) struct State {
    pub(super) records: Records,
    /// How to take back the changes that are not on disk yet, oldest first.
    pending: VecDeque<Undo>,
    /// The number of the last change.
    last: u64,
    /// Whether a write failed. Then nothing changes any more.
    has_failed: bool,
}

/// The previous bytes of the records that a change replaced.
struct Undo {
    number: u64,
    before: Vec<(Name, Option<Bytes>)>,
}

impl Visible {
    pub(super) fn new(records: Records) -> Self {
        Self(RwLock::new(State {
            records,
            ..State::default()
        }))
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Applies a change that needs no disk.
    pub(super) fn apply(&self, changes: impl IntoIterator<Item = Change>) {
        let mut state = self.write();
        state.last += 1;
        for (name, bytes) in changes {
            state.records.set(name, bytes);
        }
    }

    /// Applies a change that is not on disk yet. Returns its number, for [`Self::settle`]. After a
    /// failed write, the change is not visible.
    pub(super) fn apply_pending<'c>(&self, changes: impl Iterator<Item = &'c Change>) -> u64 {
        let mut state = self.write();
        state.last += 1;
        let number = state.last;
        if !state.has_failed {
            let before = changes.cloned().map(|(name, bytes)| {
                let before = state.records.set(Name::clone(&name), bytes);
                (name, before)
            });
            let before = before.collect();
            state.pending.push_back(Undo { number, before });
        }
        number
    }

    /// The disk has answered: the change with that number is written, or it failed.
    pub(super) fn settle(&self, number: u64, is_written: bool) {
        let mut state = self.write();
        if is_written {
            let is_settled = |undo: &Undo| undo.number <= number;
            while state.pending.front().is_some_and(is_settled) {
                state.pending.pop_front();
            }
            return;
        }
        state.has_failed = true;
        while let Some(undo) = state.pending.pop_back() {
            for (name, bytes) in undo.before {
                state.records.set(name, bytes);
            }
        }
    }

    /// The number of applied changes.
    #[cfg(test)]
    pub(super) fn applied(&self) -> u64 {
        self.read().last
    }

    /// Replaces all records. No change is pending.
    pub(super) fn replace(&self, records: Records) {
        self.write().records = records;
    }
}
