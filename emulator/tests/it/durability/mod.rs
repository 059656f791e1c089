//! Nothing is lost: starts that are interrupted, power failures, damaged files.
//!
//! The tests run a sample of all cases. `DURABILITY_TESTS=all` runs all of them.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the tests say how much they have tried, and which programs are missing"
)]

mod damage;
mod folder;
mod image;
mod interrupted;
mod model;
mod power;
mod rescue;
mod service;
mod trace;

use std::process::Command;

/// Whether to run all cases instead of every `sample`th.
fn step(sample: usize) -> usize {
    match std::env::var("DURABILITY_TESTS").as_deref() {
        Ok("all") => 1,
        _ => sample,
    }
}

/// Whether a program is there. A missing program is reported, and fails the test on CI.
fn has(program: &str) -> bool {
    let found = Command::new(program).arg("-V").output().is_ok();
    if !found {
        assert_ne!(
            std::env::var("CI").as_deref(),
            Ok("true"),
            "this test needs {program}"
        );
        eprintln!("not tested: this test needs {program}");
    }
    found
}
