//! Seed files: keys, aliases, grants and identities that are there from the start, in YAML or JSON.
//!
//! `fixtures/seed/example.yaml` shows everything. All of a seed is made, or nothing: it is read and
//! planned by the rules that the operations check by, and then put in one batch. An error names the
//! file, the line and the field. What is there already stays as it is, so that an emulator with a
//! data folder can be started with the same seed again and again.
//!
//! ```
//! use kms_emulator::Kms;
//! use kms_emulator::seed::Seed;
//!
//! let seed = Seed::parse("seed.yaml", "
//! keys:
//!   - alias: alias/orders
//!     material: {seed: orders}
//! ")?;
//! let kms = Kms::builder().build_temporary()?;
//! assert_eq!(kms.seed(&seed)?.made, 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | file | what |
//! | --- | --- |
//! | `yaml`, `values` | YAML to a tree that knows its lines; the tree to types |
//! | `document` | a file to its documents, each with where it stands |
//! | `format`, `local_kms` | the two formats: ours, and that of local-kms |
//! | `wanted` | what both come to |
//! | `plan`, `record`, `material`, `grant` | what is wanted, checked, as records |
//! | `apply` | the batch |

mod apply;
mod date;
mod document;
mod error;
mod format;
mod grant;
mod local_kms;
mod material;
mod plan;
mod record;
mod values;
mod wanted;
mod yaml;

use std::fs;
use std::path::{Path, PathBuf};

use document::{Document, LONGEST};

use crate::api::{AccountId, Location, Region};
pub(crate) use apply::apply;
pub use error::SeedError;

/// What is to be there from the start: keys, aliases and identities, as one or several files say.
#[derive(Clone, Default)]
pub struct Seed {
    documents: Vec<Document>,
}

/// What became of a seed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seeded {
    /// How many keys, aliases and identities were made.
    pub made: usize,
    /// How many were there already and stayed as they were.
    pub kept: usize,
    /// What was made: ARNs, and access key ids.
    pub names: Vec<String>,
}

impl Seed {
    /// Reads a seed from a text, in our own format or that of local-kms. `name` is what errors call
    /// it.
    ///
    /// # Errors
    ///
    /// If it is no YAML, or not of the format; whether KMS has such keys is checked when it is sown.
    pub fn parse(name: &str, text: &str) -> Result<Self, SeedError> {
        Document::all(name, text).map(|documents| Self { documents })
    }

    /// Reads a seed from a file, or from all files of a folder that end in `.yaml`, `.yml` or
    /// `.json`, in the order of their names.
    ///
    /// # Errors
    ///
    /// As [`Self::parse`], and if a file cannot be read.
    pub fn read(path: &Path) -> Result<Self, SeedError> {
        let unreadable = |path: &Path, cause: String| SeedError::Unreadable {
            file: path.display().to_string(),
            cause,
        };
        let files = files(path).map_err(|error| unreadable(path, error.to_string()))?;
        let mut seed = Self::default();
        for file in files {
            let length = fs::metadata(&file).map_or(0, |metadata| metadata.len());
            if length > LONGEST as u64 {
                let cause = format!("it has more than {LONGEST} bytes");
                return Err(unreadable(&file, cause));
            }
            let text = fs::read_to_string(&file);
            let text = text.map_err(|error| unreadable(&file, error.to_string()))?;
            seed = seed.and(Self::parse(&file.display().to_string(), &text)?);
        }
        Ok(seed)
    }

    /// Both seeds, to be sown together or not at all.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.documents.extend(other.documents);
        self
    }

    /// Whether some of it is in the format of local-kms, which knows one account and one Region,
    /// whatever clients sign for.
    pub fn is_of_local_kms(&self) -> bool {
        self.documents
            .iter()
            .any(|document| document.wanted.is_of_local_kms)
    }

    /// The account and Region of requests that do not say, unless it is told: with a seed of
    /// local-kms, those of local-kms.
    pub(crate) fn default_location(&self) -> Location {
        let local_kms = || {
            Some(Location {
                account: AccountId::parse("111122223333")?,
                region: Region::parse("eu-west-2")?,
            })
        };
        let location = self.is_of_local_kms().then(local_kms).flatten();
        location.unwrap_or_default()
    }
}

/// The file, or the files of the folder.
fn files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path)? {
        let file = entry?.path();
        let ending = file.extension().and_then(|ending| ending.to_str());
        if matches!(ending, Some("yaml" | "yml" | "json")) && file.is_file() {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests;
