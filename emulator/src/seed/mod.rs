//! Seed files: initial keys, aliases, grants and identities, in YAML or JSON.
//!
//! `examples/seed/example.yaml` shows all fields. A seed is first checked by the rules of KMS's
//! operations, then stored in one batch, so it is applied completely or not at all. An error names
//! the file, the line and the field. Existing keys and aliases do not change, so every start can
//! use the same seed.
//!
//! A key without `region` is created in the `region` of its file, or else in the emulator's default
//! Region: us-east-1, or the one of [`KmsBuilder::region`](crate::KmsBuilder::region) or
//! `--region`. Clients of other Regions do not see it. The rules for `account` are the same.
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
//! assert_eq!(kms.seed(&seed)?.created, 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | Module | Purpose |
//! | --- | --- |
//! | `yaml`, `values` | parse YAML to a tree with lines, and the tree to types |
//! | `document` | split a file into documents |
//! | `format`, `local_kms` | the two formats: our own, and that of local-kms |
//! | `spec` | the content of a document, independent of its format |
//! | `plan`, `record`, `material`, `grant`, `check` | convert and check the records to store |
//! | `identities`, `identity_fields`, `identity_policy` | the same for identities and their policies |
//! | `apply` | store the records |

mod apply;
mod check;
mod document;
mod error;
mod format;
mod grant;
mod identities;
mod identity_fields;
mod identity_policy;
mod local_kms;
mod material;
mod plan;
mod record;
mod spec;
mod values;
mod yaml;

use std::path::{Path, PathBuf};
use std::{fs, io};

use document::SeedDocument;

use crate::api::{AccountId, Location, Region};
pub(crate) use apply::apply;
pub use error::SeedError;

/// The maximum size of a seed file.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Keys, aliases, grants and identities to create, from one or several files.
#[derive(Clone, Default)]
pub struct Seed {
    documents: Vec<SeedDocument>,
}

/// The result of applying a seed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seeded {
    /// The number of keys, aliases and identities that were created.
    pub created: usize,
    /// The number of keys, aliases and identities that existed already. They did not change.
    pub kept: usize,
    /// The ARNs and access key ids of the created resources.
    pub names: Vec<String>,
}

impl Seed {
    /// Parses a seed, in the emulator's own format or in that of local-kms. Errors show `name` as
    /// the file.
    ///
    /// # Errors
    ///
    /// The text is not valid YAML, or not in the format. The rules of KMS are checked when the seed
    /// is applied.
    pub fn parse(name: &str, text: &str) -> Result<Self, SeedError> {
        SeedDocument::parse_all(name, text).map(|documents| Self { documents })
    }

    /// Reads a seed from a file, or from all `.yaml`, `.yml` and `.json` files of a folder, sorted
    /// by name.
    ///
    /// # Errors
    ///
    /// As [`Self::parse`], or a file cannot be read.
    pub fn read(path: &Path) -> Result<Self, SeedError> {
        let unreadable = |path: &Path, source: io::Error| SeedError::Unreadable {
            file: path.display().to_string(),
            source,
        };
        let files = files(path).map_err(|error| unreadable(path, error))?;
        let mut seed = Self::default();
        for file in files {
            let length = fs::metadata(&file).map_or(0, |metadata| metadata.len());
            if length > MAX_BYTES as u64 {
                return Err(SeedError::TooLarge {
                    file: file.display().to_string(),
                });
            }
            let text = fs::read_to_string(&file);
            let text = text.map_err(|error| unreadable(&file, error))?;
            seed = seed.and(Self::parse(&file.display().to_string(), &text)?);
        }
        Ok(seed)
    }

    /// Joins two seeds, which are then applied in one batch.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.documents.extend(other.documents);
        self
    }

    /// Whether a document of the seed is in the format of local-kms. local-kms has one account and
    /// one Region for all requests.
    pub fn is_local_kms(&self) -> bool {
        self.documents
            .iter()
            .any(|document| document.spec.is_local_kms)
    }

    /// The default account and Region of requests. With a seed of local-kms, they are those of
    /// local-kms.
    pub(crate) fn default_location(&self) -> Location {
        let local_kms = || {
            Some(Location {
                account: AccountId::parse("111122223333")?,
                region: Region::parse("eu-west-2")?,
            })
        };
        let location = self.is_local_kms().then(local_kms).flatten();
        location.unwrap_or_default()
    }
}

/// The file itself, or the seed files of a folder.
fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path)? {
        let file = entry?.path();
        let extension = file.extension().and_then(|extension| extension.to_str());
        if matches!(extension, Some("yaml" | "yml" | "json")) && file.is_file() {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests;
