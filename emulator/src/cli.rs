//! The command line: what `kms-emulator` can be told, and what it does with it.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use etcetera::{AppStrategy, AppStrategyArgs, choose_app_strategy};

mod attest;
mod describe;
mod health;
mod https;
mod listen;
mod local_kms;
mod log;
mod seed;
mod serve;
mod state;

/// Simulated KMS: a local AWS Key Management Service for development and tests.
///
/// Point any AWS SDK or the AWS CLI at it with `AWS_ENDPOINT_URL=http://127.0.0.1:4599` and any
/// credentials. Not for production: keys lie unprotected in the data folder.
#[derive(Parser)]
#[command(name = "kms-emulator", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Serve,
}

#[derive(Subcommand)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one, and clap wants it as it is"
)]
enum Command {
    /// Serve (the same as no command at all)
    Serve(serve::Serve),
    /// Ask a running emulator whether it is well; exit code 0 if it is, 1 if not
    Health(health::Health),
    /// Write the whole state of a data folder to standard output, as one file of JSON
    Export(state::Export),
    /// Put a state that was exported in the place of all that a data folder holds
    Import(state::Import),
    /// Make an attestation document for the member Recipient; every emulator believes it
    Attest(attest::Attest),
    /// Look at seed files
    Seed(seed::SeedCommand),
    /// Write what a shell needs to complete commands and options
    Completions(describe::Completions),
    /// Write the manual page, for man
    Man,
}

/// It cannot start, or not go on: said in one sentence, exit code 2.
const UNUSABLE: u8 = 2;

impl Cli {
    /// Does what the command line says.
    pub fn run(self) -> ExitCode {
        let result = match self.command {
            Some(Command::Health(health)) => return health.run(),
            Some(Command::Attest(attest)) => attest.run(),
            Some(Command::Export(export)) => export.run(),
            Some(Command::Import(import)) => import.run(),
            Some(Command::Seed(seed)) => seed.run(),
            Some(Command::Completions(completions)) => completions.run(),
            Some(Command::Man) => describe::manual(),
            Some(Command::Serve(serve)) => serve.run(),
            None => self.serve.run(),
        };
        match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(sentence) => {
                complain(&sentence);
                ExitCode::from(UNUSABLE)
            }
        }
    }
}

/// `~/.local/share/simulated-kms` on Linux, and its like elsewhere.
fn default_folder() -> Result<PathBuf, String> {
    let name = AppStrategyArgs {
        top_level_domain: "dev".to_owned(),
        author: "Simulated KMS".to_owned(),
        app_name: "simulated-kms".to_owned(),
    };
    choose_app_strategy(name)
        .map(|strategy| strategy.data_dir())
        .map_err(|error| {
            format!(
                "there is no data folder ({error}); name one with --data-dir, or use --temporary"
            )
        })
}

/// Says on standard error why nothing more will happen.
fn complain(sentence: &str) {
    // If not even this can be written, the exit code has to do.
    let _ = writeln!(io::stderr(), "kms-emulator: {sentence}");
}
