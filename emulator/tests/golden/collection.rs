//! Finds the case files and reads them.

use std::error::Error;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::Value;

use crate::case::{Case, Request};

/// The folder of the cases about HTTP, which have no operation.
const PROTOCOL: &str = "Protocol";

/// A case file.
pub(crate) struct Entry {
    /// The operation and the file's name, such as `Sign/digest_of_wrong_length_is_refused`.
    pub(crate) name: String,
    folder: String,
    stem: String,
    path: PathBuf,
}

/// Every file in the subfolders of `root`, sorted by name.
pub(crate) fn entries(root: &Path) -> Result<Vec<Entry>, Box<dyn Error>> {
    let mut entries = Vec::new();
    for folder in list(root)? {
        for path in list(&folder)? {
            let (folder, stem) = (stem(&folder)?, stem(&path)?);
            entries.push(Entry {
                name: format!("{folder}/{stem}"),
                folder,
                stem,
                path,
            });
        }
    }
    if entries.is_empty() {
        return Err(format!("no cases in {}", root.display()).into());
    }
    Ok(entries)
}

impl Entry {
    /// Reads the case, and the file as JSON for the report. An invalid file fails only its own test.
    pub(crate) fn read(&self) -> Result<(Case, Value), String> {
        let text = fs::read_to_string(&self.path).map_err(|e| self.error(e))?;
        let case: Case = serde_json::from_str(&text).map_err(|e| self.error(e))?;
        let folder = match &case.request {
            Request::Call(call) => &call.operation,
            Request::Http(_) => PROTOCOL,
        };
        if self.folder != folder {
            return Err(self.error(format!("this case belongs in the folder {folder}")));
        }
        if self.path.extension().is_none_or(|e| e != "json") || !is_snake_case(&self.stem) {
            return Err(self.error("the file name must be in snake_case"));
        }
        let file = serde_json::from_str(&text).map_err(|e| self.error(e))?;
        Ok((case, file))
    }

    fn error(&self, message: impl Display) -> String {
        format!("{}: {message}", self.path.display())
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

fn is_snake_case(name: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    name.split('_').all(is_word)
}
