//! Finds the case files and reads them.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{fs, io};

use kms_emulator::cases::Named;

/// A case file.
pub(crate) struct Entry {
    /// The operation and the file's name, such as `Sign/digest_of_wrong_length_is_refused`.
    pub(crate) name: String,
    path: PathBuf,
}

/// Every file in the subfolders of `root`, sorted by name.
pub(crate) fn entries(root: &Path) -> Result<Vec<Entry>, Box<dyn Error>> {
    let mut entries = Vec::new();
    for folder in list(root)? {
        for path in list(&folder)? {
            let name = format!("{}/{}", stem(&folder)?, stem(&path)?);
            entries.push(Entry { name, path });
        }
    }
    if entries.is_empty() {
        return Err(format!("no cases in {}", root.display()).into());
    }
    Ok(entries)
}

impl Entry {
    /// Reads the case. An invalid file fails only its own test.
    pub(crate) fn read(&self) -> Result<Named, String> {
        if self.path.extension().is_none_or(|e| e != "json") {
            return Err(format!("not a JSON file: {}", self.path.display()));
        }
        let text =
            fs::read_to_string(&self.path).map_err(|e| format!("{}: {e}", self.path.display()))?;
        Named::parse(&self.name, &text)
    }
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut paths = fs::read_dir(folder)
        .and_then(|entries| {
            entries
                .map(|e| Ok(e?.path()))
                .collect::<io::Result<Vec<_>>>()
        })
        .map_err(|e| format!("{}: {e}", folder.display()))?;
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> Result<String, Box<dyn Error>> {
    path.file_stem()
        .and_then(|stem| stem.to_str())
        .map(str::to_owned)
        .ok_or_else(|| format!("the file name is not valid UTF-8: {}", path.display()).into())
}
