//! Panics of sled, as errors. sled panics on some damage instead of returning an error.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

/// The names of sled's own threads begin with this.
const SLED_THREAD: &str = "sled-io-";

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// The message of a panic.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Panic(String);

impl Panic {
    /// sled reads the system clock, and panics if it is before 1970.
    pub(super) fn is_about_the_clock(&self) -> bool {
        self.0.contains("SystemTimeError")
    }
}

/// Catches panics. They print nothing: their message is in the error.
pub(super) fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, Panic> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = take_hook();
        set_hook(Box::new(move |panic| {
            if !is_guarded() {
                others(panic);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(call));
    GUARDED.set(outer);
    result.map_err(|panic| Panic(message(panic.as_ref())))
}

fn is_guarded() -> bool {
    let thread = std::thread::current();
    GUARDED.get()
        || thread
            .name()
            .is_some_and(|name| name.starts_with(SLED_THREAD))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("the database library panicked").to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn only_guarded_calls_are_silent() {
        let panic = guarded(|| {
            assert!(is_guarded());
            assert!(guarded(|| ()).is_ok());
            assert!(is_guarded());
            let early = SystemTime::UNIX_EPOCH
                .duration_since(SystemTime::UNIX_EPOCH + Duration::from_secs(1));
            early.unwrap()
        });
        assert!(panic.unwrap_err().is_about_the_clock());
        assert!(!is_guarded());
    }
}
