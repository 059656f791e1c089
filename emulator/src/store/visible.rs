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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::ops::Bound;

    use super::*;

    /// Every order in which three writes, the answers of the disk and a reader can follow each other,
    /// with every place for the first failure. Each step holds the lock of the records.
    #[test]
    fn readers_see_exactly_what_is_written_after_a_failure() {
        /// The number of started writes and of answers.
        fn explore(
            started: usize,
            answered: usize,
            fails_at: usize,
            path: &mut Vec<bool>,
        ) -> usize {
            const WRITES: usize = 3;
            replay(path, fails_at);
            let mut orders = usize::from(answered == WRITES);
            if started < WRITES {
                path.push(true);
                orders += explore(started + 1, answered, fails_at, path);
                path.pop();
            }
            if answered < started {
                path.push(false);
                orders += explore(started, answered + 1, fails_at, path);
                path.pop();
            }
            orders
        }

        /// Performs the steps, and checks what a reader sees after each: `true` starts a write, `false`
        /// is the answer of the disk to the oldest one.
        fn replay(path: &[bool], fails_at: usize) {
            let visible = Visible::new([(Name::from("a"), Bytes::from([9]))].into_iter().collect());
            let snapshot = visible.read().records.clone();
            let (mut started, mut answered) = (0_usize, 0);
            let mut numbers = Vec::new();
            for is_start in path {
                if *is_start {
                    // Each write replaces a record, adds one, and deletes the one of the write before.
                    let value = u8::try_from(started).unwrap();
                    let changes: [Change; 3] = [
                        ("a".into(), Some([value].into())),
                        (started.to_string().into(), Some([value].into())),
                        (started.wrapping_sub(1).to_string().into(), None),
                    ];
                    numbers.push(visible.apply_pending(changes.iter()));
                    started += 1;
                } else {
                    visible.settle(numbers[answered], answered < fails_at);
                    answered += 1;
                }
                let has_failed = answered > fails_at;
                let seen = if has_failed { fails_at } else { started };
                let mut expected = BTreeMap::from([("a".to_owned(), 9)]);
                if let Some(last) = seen.checked_sub(1) {
                    let value = u8::try_from(last).unwrap();
                    expected = BTreeMap::from([("a".to_owned(), value), (last.to_string(), value)]);
                }
                let state = visible.read();
                let records = state.records.range(Bound::Unbounded);
                let records: BTreeMap<_, _> = records
                    .map(|(name, bytes)| (name.to_string(), bytes[0]))
                    .collect();
                assert_eq!(records, expected, "{path:?}, failure of {fails_at}");
            }
            assert_eq!(snapshot.get("a").unwrap().as_ref(), [9]);
        }

        for fails_at in 0..=3 {
            assert_eq!(explore(0, 0, fails_at, &mut Vec::new()), 5);
        }
    }
}
