//! `kms-emulator seed check`: whether seed files would do, without an emulator.

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::seed::Seed;
use crate::{Kms, KmsBuilder};

/// What to do with seed files.
#[derive(Args)]
pub(super) struct SeedCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say what seed files would make in an empty emulator; exit code 2 if they are wrong
    Check {
        /// Seed files, or folders of them
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

impl SeedCommand {
    pub(super) fn run(self) -> Result<(), String> {
        let Command::Check { files } = self.command;
        let seed = read(&files)?;
        // The keys are sown after the emulator was made, to be told which they are.
        let kms = like(&seed).build_temporary();
        let kms = kms.map_err(|error| error.to_string())?;
        let seeded = kms.seed(&seed).map_err(|error| error.to_string())?;
        let mut out = io::stdout().lock();
        let said = seeded
            .names
            .iter()
            .try_for_each(|name| writeln!(out, "{name}"));
        said.map_err(|error| format!("cannot write: {error}"))
    }
}

/// A builder with the account and Region that a seed goes by.
fn like(seed: &Seed) -> KmsBuilder {
    let location = seed.default_location();
    Kms::builder()
        .account(location.account.as_str())
        .region(location.region.as_str())
}

/// Reads seed files, to be sown together.
pub(super) fn read(files: &[PathBuf]) -> Result<Seed, String> {
    files.iter().try_fold(Seed::default(), |seed, file| {
        let file = Seed::read(file).map_err(|error| error.to_string())?;
        Ok(seed.and(file))
    })
}
