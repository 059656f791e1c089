//! Tests with real clients against the real emulator. Each test starts its own emulator.
//!
//! A test whose program is not installed is ignored, and its name says which program is missing. With
//! `CI=true` it fails instead. `client-tests/run` installs the programs.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by a panic"
)]

mod ansible;
mod article;
mod cli;
mod cli_openssl;
mod client;
mod console;
mod credentials;
mod docs;
mod emulator;
mod go;
mod image;
mod in_process;
mod java;
mod javascript;
mod packages;
mod peers;
mod python;
mod python_proofs;
mod recipes;
mod relay;
mod rust;
mod setup;
mod tool;

use libtest_mimic::{Arguments, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let trials: Vec<Trial> = [
        setup::trials(),
        article::trials(),
        credentials::trials(),
        rust::trials(),
        in_process::trials(),
        javascript::trials(),
        console::trials(),
        java::trials(),
        go::trials(),
        python_proofs::trials(),
        ansible::trials(),
        cli::trials(),
        cli_openssl::trials(),
        docs::trials(),
        recipes::trials(),
        image::trials(),
        packages::trials(),
        peers::trials(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    if arguments.list {
        conclusion.exit();
    }
    if conclusion.num_ignored > 0 {
        println!("{}\n", tool::ignored_summary(conclusion.num_ignored));
    }
    let complete = conclusion.num_filtered_out == 0 && conclusion.num_ignored == 0;
    if complete
        && !conclusion.has_failed()
        && let Err(error) = client::check()
    {
        // In the form of a failed test, so that the summary of `client-tests/run` lists it.
        println!("test client::documented_table_is_current ... FAILED\n{error}");
        std::process::exit(101);
    }
    conclusion.exit();
}
