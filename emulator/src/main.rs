//! `kms-emulator`: Simulated KMS on the command line.

use std::process::ExitCode;

use clap::Parser as _;
use kms_emulator::cli::Cli;

fn main() -> ExitCode {
    Cli::parse().run()
}
