//! `kms-emulator export` and `import`: the whole state of a data folder.

use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;

use clap::Args;

use super::default_folder;
use crate::Kms;

/// Which folder to read.
#[derive(Args)]
pub(super) struct Export {
    #[command(flatten)]
    folder: Folder,
}

/// Which file to read, and which folder to write.
#[derive(Args)]
pub(super) struct Import {
    /// The file; - for standard input
    file: PathBuf,
    #[command(flatten)]
    folder: Folder,
}

#[derive(Args)]
struct Folder {
    /// The folder in which keys are kept; no emulator may be using it: a running one is asked by
    /// its control plane, GET and PUT /_emulator/state [default: the platform's data folder]
    #[arg(long, env = "KMS_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

impl Folder {
    fn open(self) -> Result<Kms, String> {
        let folder = self.data_dir.map_or_else(default_folder, Ok)?;
        Kms::builder()
            .open(&folder)
            .map_err(|error| error.to_string())
    }
}

impl Export {
    pub(super) fn run(self) -> Result<(), String> {
        let state = self.folder.open()?.export();
        let state = state.map_err(|error| error.to_string())?;
        let mut out = io::stdout().lock();
        let written = out.write_all(state.as_bytes()).and_then(|()| out.flush());
        written.map_err(|error| format!("cannot write: {error}"))
    }
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
        let imported = self.folder.open()?.import(&state);
        imported.map_err(|error| format!("{}: {error}", self.file.display()))
    }
}
