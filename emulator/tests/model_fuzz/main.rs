//! Requests made from AWS's model, over a socket. Every response must be one that the model allows: a success with
//! the output of the operation, or one of its errors. A 5xx or a dropped connection is a failure.
//!
//! The seed is random, but on CI, where a failure must be repeatable. A failure prints it. These variables repeat it, and make longer runs:
//!
//! ```sh
//! MODEL_FUZZ_SEED=1 MODEL_FUZZ_REQUESTS=100000 cargo test -p kms-emulator --test model_fuzz
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and prints its seed"
)]

mod allowed;
mod client;
mod damage;
mod generate;
mod known;
mod model;
mod run;

use std::env;

use run::Run;

/// The number of requests without `MODEL_FUZZ_REQUESTS`.
const REQUESTS: u64 = 20_000;

/// With this number of requests, most operations succeed. Otherwise, the requests are not good enough.
const ENOUGH: u64 = 15_000;
const MAX_WITHOUT_SUCCESS: usize = 5;

fn variable(name: &str) -> Option<u64> {
    let value = env::var(name).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name}={value} is not a number")),
    )
}

#[test]
fn every_response_is_in_the_model() {
    let is_ci = env::var("CI").is_ok_and(|ci| ci == "true");
    let seed = if is_ci { 1 } else { fastrand::u64(..) };
    let seed = variable("MODEL_FUZZ_SEED").unwrap_or(seed);
    let requests = variable("MODEL_FUZZ_REQUESTS").unwrap_or(REQUESTS);
    println!("MODEL_FUZZ_SEED={seed}");
    let model = model::Model::read();
    let mut run = Run::start(&model, seed);
    for index in 0..requests {
        if let Err(failure) = run.step() {
            panic!("MODEL_FUZZ_SEED={seed}, request {index}: {failure}");
        }
    }
    let report = run.report();
    println!("{report}");
    let failed = run.operations_without_success();
    assert!(
        requests < ENOUGH || failed.len() <= MAX_WITHOUT_SUCCESS,
        "MODEL_FUZZ_SEED={seed}: no request of {failed:?} succeeded: {report}"
    );
}
