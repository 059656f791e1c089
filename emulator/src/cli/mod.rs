//! The command line of the `kms-emulator` binary: its commands, their options and their output.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod attest;
mod behaviour;
mod completions;
mod control;
mod coverage;
mod data;
mod health;
mod help;
mod https;
mod listen;
mod local_kms;
mod log;
mod log_lines;
mod log_text;
mod man;
mod network;
mod parse;
mod policy;
mod policy_lint;
mod ready;
mod seed;
mod serve;
mod state;
mod upstream;
mod variables;
mod verify;
mod who_can;
mod xks;

#[derive(Parser)]
#[command(
    name = "kms-emulator",
    version,
    about = "A local AWS Key Management Service for development and tests",
    long_about = help::ABOUT,
    after_help = help::after_help(),
    args_conflicts_with_subcommands = true,
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Serve,
}

#[derive(Subcommand)]
enum Command {
    /// Start the emulator; the same as no command
    Serve(serve::Serve),
    /// Check whether an emulator is running; exit with 0 if it is healthy, and with 1 if not
    Health(health::Health),
    /// Write the state of a data folder to standard output, as JSON
    ///
    /// The folder must not be in use. To export from a running emulator, send GET /_emulator/state
    /// to its control plane.
    Export(state::Export),
    /// Replace the state of a data folder with an exported state
    ///
    /// The folder must not be in use. To import into a running emulator, send PUT /_emulator/state
    /// to its control plane.
    Import(state::Import),
    /// Create an attestation document for the request parameter Recipient; every emulator trusts it
    Attest(attest::Attest),
    /// Check seed files
    Seed(seed::SeedCommand),
    /// Test policies: who may do what
    Policy(policy::PolicyCommand),
    /// List who may do an operation with a key, and what decides
    ///
    /// The principals are the users and roles of seeds and the roots of accounts. The folder must not be in
    /// use. To ask a running emulator, send POST /_emulator/authorize to its control plane.
    WhoCan(who_can::WhoCan),
    /// Play the golden cases against a KMS endpoint; exit with 0 if all answers are the same, with 1 if some
    /// differ, with 2 if the cases could not be played
    ///
    /// The endpoint is AWS, or any emulator. Against AWS, the command first says what it costs and needs --yes.
    Verify(verify::Verify),
    /// List what is tested of each operation, and with which evidence
    ///
    /// The evidence of a golden case is recorded (a captured response of AWS), documented, or inferred.
    Coverage(coverage::CoverageCommand),
    /// Print a completion script for a shell
    ///
    /// For bash, for example: kms-emulator completions bash >
    /// /etc/bash_completion.d/kms-emulator
    Completions(completions::Completions),
    /// Print the manual page, or write one page per command to a folder
    Man(man::ManPages),
}

/// The exit code for wrong usage and for a failed command.
const COMMAND_FAILED: u8 = 2;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let Cli { command, serve } = parse::cli();
    let result = match command {
        Some(Command::Health(health)) => return health.run(),
        Some(Command::Policy(policy)) => return policy.run(),
        Some(Command::Verify(verify)) => return verify.run(),
        Some(Command::Attest(attest)) => attest.run(),
        Some(Command::Export(export)) => export.run(),
        Some(Command::Import(import)) => import.run(),
        Some(Command::Seed(seed)) => seed.run(),
        Some(Command::WhoCan(question)) => question.run(),
        Some(Command::Coverage(coverage)) => coverage.run(),
        Some(Command::Completions(completions)) => completions.run(),
        Some(Command::Man(pages)) => pages.run(),
        Some(Command::Serve(serve)) => serve.run(),
        None => serve.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            print_error(&message);
            ExitCode::from(COMMAND_FAILED)
        }
    }
}

/// Writes an error to standard error.
fn print_error(message: &str) {
    // If this fails too, the exit code still reports the error.
    let _ = writeln!(io::stderr(), "kms-emulator: {message}");
}

/// Writes the output of a command to standard output.
fn print(output: &[u8]) -> Result<(), String> {
    let mut out = io::stdout().lock();
    let written = out.write_all(output).and_then(|()| out.flush());
    written.map_err(|error| format!("cannot write to standard output: {error}"))
}
