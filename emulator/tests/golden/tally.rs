//! Counts the cases by their evidence.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use kms_emulator::cases::Evidence;

/// One counter for each kind of evidence. Cases run on several threads.
#[derive(Default)]
pub(crate) struct Tally {
    recorded: AtomicUsize,
    documented: AtomicUsize,
    inferred: AtomicUsize,
}

impl Tally {
    pub(crate) fn count(&self, evidence: Evidence) {
        let counter = match evidence {
            Evidence::Recorded => &self.recorded,
            Evidence::Documented => &self.documented,
            Evidence::Inferred => &self.inferred,
        };
        counter.fetch_add(1, Relaxed);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "golden cases: {} recorded, {} documented, {} inferred",
            self.recorded.load(Relaxed),
            self.documented.load(Relaxed),
            self.inferred.load(Relaxed),
        )
    }
}
