//! The newest pending change that a thread has read.
//!
//! Every read of the store notes it, so that no operation can forget one. A request runs on one
//! thread, or on one after the other.

use std::cell::Cell;

thread_local! {
    static NEWEST: Cell<u64> = const { Cell::new(0) };
}

/// Notes that this thread has read the change with that number.
pub(super) fn note(number: u64) {
    NEWEST.set(NEWEST.get().max(number));
}

/// Runs `read`. Returns the number of the newest pending change that it has read; 0 if it has read
/// none.
pub(super) fn during<T>(read: impl FnOnce() -> T) -> (T, u64) {
    let before = NEWEST.replace(0);
    let result = read();
    let newest = NEWEST.replace(before);
    note(newest);
    (result, newest)
}
