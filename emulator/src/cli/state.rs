//! `kms-emulator export` and `kms-emulator import`: the state of a data folder as one JSON file.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::data::Folder;
use super::{print, print_error};
use crate::state::readable;
use crate::{Kms, store};

#[derive(Args)]
pub(super) struct Export {
    #[command(flatten)]
    folder: Folder,
    /// Write what can be read of a damaged folder, and name the rest; the folder is not changed
    #[arg(long)]
    what_is_readable: bool,
}

#[derive(Args)]
pub(super) struct Import {
    /// File with an exported state; - means standard input
    file: PathBuf,
    #[command(flatten)]
    folder: Folder,
}

impl Export {
    pub(super) fn run(self) -> Result<(), String> {
        let folder = self.folder.path()?;
        // Opening would create a folder that does not exist.
        if !store::exists(&folder) {
            return Err(format!(
                "{} is not a data folder of Simulated KMS; name one with --data-dir",
                folder.display()
            ));
        }
        if self.what_is_readable {
            return export_readable(&folder);
        }
        let state = open(&folder)?.export().map_err(|error| error.to_string())?;
        print(state.as_bytes())
    }
}

/// Fails if something cannot be read, after it has written the rest.
fn export_readable(folder: &Path) -> Result<(), String> {
    let salvage = store::salvage(folder).map_err(|error| error.to_string())?;
    let (state, problems) = readable::export(salvage).map_err(|error| error.to_string())?;
    print(state.as_bytes())?;
    if problems.is_empty() {
        return Ok(());
    }
    for problem in &problems {
        print_error(problem);
    }
    Err("the state is not complete: the lines above name what is missing".to_owned())
}

impl Import {
    pub(super) fn run(self) -> Result<(), String> {
        let mut state = String::new();
        let read = if self.file.as_os_str() == "-" {
            io::stdin().lock().read_to_string(&mut state).map(drop)
        } else {
            std::fs::read_to_string(&self.file).map(|text| state = text)
        };
        read.map_err(|error| format!("cannot read {}: {error}", self.file.display()))?;
        let imported = open(&self.folder.path()?)?.import(&state);
        imported.map_err(|error| format!("{}: {error}", self.file.display()))
    }
}

fn open(folder: &Path) -> Result<Kms, String> {
    Kms::builder()
        .open(folder)
        .map_err(|error| error.to_string())
}
