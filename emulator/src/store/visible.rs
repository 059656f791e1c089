//! The records that requests see, and how they go back when a write fails.
//!
//! A change is visible before it is on disk. If its write fails, the records go back to what is on
//! disk: this change and all later ones are taken back. The changes are numbered, and the disk
//! answers in their order.
//!
//! A request that reads a record notes the newest change of it that is not on disk, for
//! [`Store::observe`](super::Store::observe). So does a request that finds that a record is missing.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::observed;
use super::receipt::{Receipt, Waiting};
use super::{Bytes, Change, Name, Records, StoreError};

/// The visible records.
#[derive(Default)]
pub(super) struct Visible(RwLock<State>);

#[derive(Default)]
pub(super) struct State {
    records: Records,
    /// The changes that are not on disk yet, oldest first.
    pending: VecDeque<Pending>,
    /// The number of the newest pending change of each record.
    changed: BTreeMap<Name, u64>,
    /// The number of the last change that replaced all records.
    replaced: u64,
    /// The number of the last change.
    last: u64,
    /// The number of the last change on disk.
    written: u64,
    /// The first failure of a write. Then nothing changes any more.
    failure: Option<StoreError>,
}

/// A change that is not on disk yet.
struct Pending {
    number: u64,
    before: Before,
    /// Those who wait until it is on disk.
    waiting: Vec<Waiting>,
}

/// What a change replaced.
enum Before {
    /// The previous bytes of some records.
    Some(Vec<(Name, Option<Bytes>)>),
    All(Records),
}

impl State {
    pub(super) fn get(&self, name: &str) -> Option<&Bytes> {
        self.note(self.changed.get(name).copied());
        self.records.get(name)
    }

    /// Notes that records were read whose newest pending change has this number.
    fn note(&self, number: Option<u64>) {
        let number = number.unwrap_or(0).max(self.replaced);
        if number > self.written {
            observed::note(number);
        }
    }

    /// Calls `take` for the records with a prefix, sorted by name, after the name `after`, until it
    /// returns `false`.
    pub(super) fn scan(
        &self,
        prefix: &str,
        after: Option<&str>,
        mut take: impl FnMut(&str, &Bytes) -> bool,
    ) {
        let from = after.map_or(Bound::Included(prefix), Bound::Excluded);
        let with_prefix = |name: &str| name.starts_with(prefix);
        let records = self.records.range(from);
        let mut records = records.take_while(|(name, _)| with_prefix(name));
        let last = records.find(|(name, bytes)| !take(name, bytes));
        let is_seen = |name: &str| last.is_none_or(|(last, _)| *name <= **last);
        let changed = self.changed.range::<str, _>((from, Bound::Unbounded));
        let seen = changed.take_while(|(name, _)| with_prefix(name) && is_seen(name));
        self.note(seen.map(|(_, number)| *number).max());
    }

    /// The name of the first record with a prefix. The read is not noted.
    pub(super) fn first(&self, prefix: &str) -> Option<&str> {
        let (name, _) = self.records.range(Bound::Included(prefix)).next()?;
        Some(name.as_ref()).filter(|name| name.starts_with(prefix))
    }

    /// All records.
    pub(super) fn all(&self) -> &Records {
        self.note(self.pending.back().map(|newest| newest.number));
        &self.records
    }

    /// The number of records of a kind. The read is not noted.
    pub(super) fn count(&self, kind: &str) -> usize {
        self.records.count(kind)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Returns those who waited for the answer.
    fn settle(&mut self, number: u64, result: &Result<(), StoreError>) -> Vec<Waiting> {
        let mut waiting = Vec::new();
        if let Err(error) = result {
            self.failure.get_or_insert_with(|| error.clone());
            self.changed.clear();
            self.replaced = 0;
            while let Some(pending) = self.pending.pop_back() {
                match pending.before {
                    Before::All(records) => self.records = records,
                    Before::Some(before) => {
                        for (name, bytes) in before {
                            self.records.set(name, bytes);
                        }
                    }
                }
                waiting.extend(pending.waiting);
            }
            return waiting;
        }
        self.written = number;
        let settled = self
            .pending
            .partition_point(|pending| pending.number <= number);
        for pending in self.pending.drain(..settled) {
            if let Before::Some(before) = pending.before {
                for (name, _) in before {
                    if self.changed.get(&name) == Some(&pending.number) {
                        self.changed.remove(&name);
                    }
                }
            }
            waiting.extend(pending.waiting);
        }
        waiting
    }
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
        self.change(|state, number| {
            let before = changes.cloned().map(|(name, bytes)| {
                state.changed.insert(Name::clone(&name), number);
                let before = state.records.set(Name::clone(&name), bytes);
                (name, before)
            });
            Before::Some(before.collect())
        })
    }

    /// As [`Self::apply_pending`], for a change of all records.
    pub(super) fn replace_pending(&self, records: Records) -> u64 {
        self.change(|state, number| {
            state.replaced = number;
            Before::All(std::mem::replace(&mut state.records, records))
        })
    }

    fn change(&self, apply: impl FnOnce(&mut State, u64) -> Before) -> u64 {
        let mut state = self.write();
        state.last += 1;
        let number = state.last;
        if state.failure.is_none() {
            let before = apply(&mut state, number);
            state.pending.push_back(Pending {
                number,
                before,
                waiting: Vec::new(),
            });
        }
        number
    }

    /// The disk has answered: the change with that number is written, or it failed.
    pub(super) fn settle(&self, number: u64, result: &Result<(), StoreError>) {
        let waiting = self.write().settle(number, result);
        for waiting in waiting {
            waiting.resolve(result.clone());
        }
    }

    /// The receipt of the change with that number.
    pub(super) fn receipt(&self, number: u64) -> Receipt {
        if number <= self.read().written {
            return Receipt::settled();
        }
        let mut state = self.write();
        let index = state
            .pending
            .partition_point(|pending| pending.number < number);
        if let Some(pending) = state.pending.get_mut(index) {
            let (receipt, waiting) = Receipt::pending();
            pending.waiting.push(waiting);
            return receipt;
        }
        match &state.failure {
            Some(failure) if number > state.written => Receipt::failed(failure.clone()),
            _ => Receipt::settled(),
        }
    }

    /// The number of applied changes.
    #[cfg(test)]
    pub(super) fn applied(&self) -> u64 {
        self.read().last
    }

    /// Replaces all records of a store that has no disk.
    pub(super) fn replace(&self, records: Records) {
        self.write().records = records;
    }
}

#[cfg(test)]
mod tests {
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
            let (mut numbers, mut readers) = (Vec::new(), Vec::new());
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
                    let is_written = answered < fails_at;
                    let result = is_written.then_some(()).ok_or(StoreError::WriterStopped);
                    visible.settle(numbers[answered], &result);
                    answered += 1;
                }
                let has_failed = answered > fails_at;
                let seen = if has_failed { fails_at } else { started };
                let mut expected = BTreeMap::from([("a".to_owned(), 9)]);
                if let Some(last) = seen.checked_sub(1) {
                    let value = u8::try_from(last).unwrap();
                    expected = BTreeMap::from([("a".to_owned(), value), (last.to_string(), value)]);
                }
                // A reader of the record, and one that finds the deleted record missing.
                let deleted = started.wrapping_sub(2).to_string();
                for name in ["a", &deleted] {
                    let read = || drop(visible.read().get(name).cloned());
                    let ((), number) = observed::during(read);
                    let awaited = if has_failed { 0 } else { started };
                    readers.push((awaited, visible.receipt(number)));
                }
                for (started, receipt) in &mut readers {
                    let is_written = *started <= answered.min(fails_at);
                    let may_answer = matches!(receipt.try_result(), Some(Ok(())));
                    assert_eq!(may_answer, is_written, "{path:?}, failure of {fails_at}");
                }
                let state = visible.read();
                let records = state.all().range(Bound::Unbounded);
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
