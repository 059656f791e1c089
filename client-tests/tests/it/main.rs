//! Real clients against the real emulator. Each area has an emulator of its own.
//!
//! A test that needs a program which is not there is shown as ignored, with the program's name;
//! where `CI=true`, it fails.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that meets what it does not expect fails"
)]

mod ansible;
mod article;
mod cli;
mod cli_openssl;
mod client;
mod docs;
mod emulator;
mod go;
mod image;
mod in_process;
mod java;
mod javascript;
mod python;
mod python_proofs;
mod recipes;
mod relay;
mod rust;
mod tool;

use libtest_mimic::{Arguments, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let trials: Vec<Trial> = [
        article::trials(),
        rust::trials(),
        in_process::trials(),
        javascript::trials(),
        java::trials(),
        go::trials(),
        python_proofs::trials(),
        ansible::trials(),
        cli::trials(),
        cli_openssl::trials(),
        docs::trials(),
        recipes::trials(),
        image::trials(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    let whole = conclusion.num_filtered_out == 0 && conclusion.num_ignored == 0;
    if whole
        && !conclusion.has_failed()
        && !arguments.list
        && let Err(why) = client::check()
    {
        eprintln!("{why}");
        std::process::exit(101);
    }
    conclusion.exit();
}
