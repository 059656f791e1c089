//! Options for the data folder and seeds.

use std::path::PathBuf;

use clap::Args;
use clap::builder::BoolishValueParser;
use etcetera::{AppStrategy, AppStrategyArgs, choose_app_strategy};

use super::{local_kms, seed};
use crate::seed::Seed;

#[derive(Args)]
#[command(next_help_heading = "Keys and data")]
pub(super) struct Data {
    /// Seed file, or folder of seed files: keys, aliases and identities to create at the start
    /// (repeatable)
    #[arg(
        long,
        env = "KMS_SEED",
        value_name = "FILE_OR_FOLDER",
        value_delimiter = ','
    )]
    seed: Vec<PathBuf>,
    #[command(flatten)]
    folder: Folder,
    /// Keep keys in memory only, even if --data-dir is set; they are lost when the emulator stops
    #[arg(long, env = "KMS_TEMPORARY", value_parser = BoolishValueParser::new())]
    temporary: bool,
}

/// The folder of `serve`, `export` and `import`.
#[derive(Args)]
pub(super) struct Folder {
    /// Folder to keep keys in [default: the user's data folder for applications]
    #[arg(long, env = "KMS_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

impl Data {
    /// The seed files of the options, or of local-kms.
    pub(super) fn seed(&self) -> Result<Seed, String> {
        if self.seed.is_empty() {
            seed::read(local_kms::seed().as_slice())
        } else {
            seed::read(&self.seed)
        }
    }

    /// Refuses seeds, whose keys the upstream would not have.
    pub(super) fn check_with_upstream(&self) -> Result<(), String> {
        if self.seed.is_empty() && local_kms::seed().is_none() {
            return Ok(());
        }
        Err("--seed cannot be used with --upstream, which does not have its keys".to_owned())
    }

    /// The data folder, or `None` if keys are kept in memory only. The default folder is not for keys that
    /// an upstream has, too.
    pub(super) fn folder(self, has_upstream: bool) -> Result<Option<PathBuf>, String> {
        if self.temporary || has_upstream && self.folder.data_dir.is_none() {
            return Ok(None);
        }
        self.folder.path().map(Some)
    }
}

impl Folder {
    pub(super) fn path(self) -> Result<PathBuf, String> {
        let folder = self.data_dir.or_else(local_kms::data_dir);
        folder.map_or_else(default_folder, Ok)
    }
}

/// `~/.local/share/simulated-kms` on Linux and macOS.
fn default_folder() -> Result<PathBuf, String> {
    let name = AppStrategyArgs {
        top_level_domain: "dev".to_owned(),
        author: "Simulated KMS".to_owned(),
        app_name: "simulated-kms".to_owned(),
    };
    choose_app_strategy(name)
        .map(|strategy| strategy.data_dir())
        .map_err(|error| {
            format!("cannot find a data folder ({error}); use --data-dir or --temporary")
        })
}
