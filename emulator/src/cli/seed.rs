//! `kms-emulator seed check`: checks seed files without starting an emulator.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::print;
use crate::seed::Seed;
use crate::{Kms, KmsBuilder};

#[derive(Args)]
pub(super) struct SeedCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List what seed files create in an empty emulator; exit with 2 if a file is invalid
    Check {
        /// Seed file, or folder of seed files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

impl SeedCommand {
    pub(super) fn run(self) -> Result<(), String> {
        let Command::Check { files } = self.command;
        let seed = read(&files)?;
        let kms = builder_for(&seed).build_temporary();
        let kms = kms.map_err(|error| error.to_string())?;
        let seeded = kms.seed(&seed).map_err(|error| error.to_string())?;
        let mut lines = seeded.names;
        lines.push(summary(&lines));
        lines.push(String::new());
        print(lines.join("\n").as_bytes())
    }
}

/// A builder with the default account and Region of the seed.
fn builder_for(seed: &Seed) -> KmsBuilder {
    let location = seed.default_location();
    Kms::builder()
        .account(location.account.as_str())
        .region(location.region.as_str())
}

/// Counts what was created. Keys and aliases are named by ARN, identities by access key id.
fn summary(names: &[String]) -> String {
    let count = |resource: &str| names.iter().filter(|name| name.contains(resource)).count();
    let (keys, aliases) = (count(":key/"), count(":alias/"));
    let counts = [
        (keys, "key", "keys"),
        (aliases, "alias", "aliases"),
        (names.len() - keys - aliases, "identity", "identities"),
    ];
    let counts = counts.map(|(count, one, many)| {
        let noun = if count == 1 { one } else { many };
        format!("{count} {noun}")
    });
    format!("{}: valid", counts.join(", "))
}

/// Reads seed files into one seed.
pub(super) fn read(files: &[PathBuf]) -> Result<Seed, String> {
    files.iter().try_fold(Seed::default(), |seed, file| {
        let file = Seed::read(file).map_err(|error| error.to_string())?;
        Ok(seed.and(file))
    })
}
