//! Real clients against the real emulator. Each area has an emulator of its own.
//!
//! A test that needs a program which is not there is shown as ignored, with the program's name;
//! where `CI=true`, it fails.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect fails"
)]

mod ansible;
mod cli;
mod cli_openssl;
mod go;
mod image;
mod in_process;
mod java;
mod javascript;
mod python;
mod python_proofs;
mod readme;
mod rust;
mod tool;

use libtest_mimic::{Arguments, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let trials: Vec<Trial> = [
        rust::trials(),
        in_process::trials(),
        javascript::trials(),
        java::trials(),
        go::trials(),
        python_proofs::trials(),
        ansible::trials(),
        cli::trials(),
        cli_openssl::trials(),
        readme::trials(),
        image::trials(),
    ]
    .into_iter()
    .flatten()
    .collect();
    libtest_mimic::run(&arguments, trials).exit();
}
