//! Nothing is lost: starts that are interrupted, power failures, damaged files.
//!
//! The tests run a sample of all cases. `DURABILITY_TESTS=all` runs all of them.

#![expect(
    clippy::print_stdout,
    reason = "the tests say how much they have tried"
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

/// Whether to run all cases instead of every `sample`th.
fn step(sample: usize) -> usize {
    match std::env::var("DURABILITY_TESTS").as_deref() {
        Ok("all") => 1,
        _ => sample,
    }
}
