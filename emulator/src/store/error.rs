//! Errors of the store.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The reason why a store cannot be opened, read or written.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The folder cannot be created, read or written.
    #[error(
        "cannot use the data folder {}: {cause}; choose another folder with --data-dir, or store \
         nothing with --temporary",
        folder.display()
    )]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The error of the system.
        #[source]
        cause: Arc<dyn Error + Send + Sync>,
    },
    /// Another process uses the folder.
    #[error(
        "another kms-emulator is using the data folder {}; stop it, or choose another folder with \
         --data-dir",
        folder.display()
    )]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// Another version wrote the store.
    #[error(
        "the data folder {} has format {format}, which another version of Simulated KMS wrote; use \
         that version, or choose another folder with --data-dir",
        folder.display()
    )]
    OtherFormat {
        /// The folder.
        folder: PathBuf,
        /// The format of the store.
        format: String,
    },
    /// The folder has a database of another program.
    #[error(
        "the folder {} has a database of another program; choose another folder with --data-dir",
        folder.display()
    )]
    Foreign {
        /// The folder.
        folder: PathBuf,
    },
    /// The database is damaged.
    #[error(
        "the data in the folder {} is damaged ({cause}); nothing was changed: restore it from a \
         backup, save what can be read with kms-emulator export --what-is-readable, or choose another \
         folder with --data-dir",
        folder.display()
    )]
    Damaged {
        /// The folder.
        folder: PathBuf,
        /// The damage.
        #[source]
        cause: Arc<dyn Error + Send + Sync>,
    },
    /// A record is damaged, or of a later version.
    #[error("cannot read the record {name}: {cause}; the record was not changed")]
    Record {
        /// The name of the record.
        name: String,
        /// The damage.
        #[source]
        cause: Arc<dyn Error + Send + Sync>,
    },
    /// This write or an earlier one failed. The content of the disk is uncertain.
    #[error(
        "a write to the data folder failed ({cause}); all further writes are rejected: free disk \
         space or repair the disk, then restart"
    )]
    Write {
        /// The error of the system.
        #[source]
        cause: Arc<dyn Error + Send + Sync>,
    },
    /// The database was removed or replaced while it was in use.
    #[error(
        "the data folder {} was removed or replaced while the emulator was using it; all further writes \
         are rejected: restart the emulator",
        folder.display()
    )]
    Removed {
        /// The folder.
        folder: PathBuf,
    },
    /// sled does not work with such a clock.
    #[error(
        "cannot use the data folder {}: the system clock is before 1970; set the clock, or store nothing \
         with --temporary",
        folder.display()
    )]
    Clock {
        /// The folder.
        folder: PathBuf,
    },
    /// The writing thread ended.
    #[error("the thread that writes to the data folder has ended; restart the emulator")]
    WriterStopped,
}

type Cause = Box<dyn Error + Send + Sync>;

impl StoreError {
    pub(super) fn folder(folder: &Path, cause: impl Into<Cause>) -> Self {
        Self::Folder {
            folder: folder.to_owned(),
            cause: Arc::from(cause.into()),
        }
    }

    pub(super) fn damaged(folder: &Path, cause: impl Into<Cause>) -> Self {
        Self::Damaged {
            folder: folder.to_owned(),
            cause: Arc::from(cause.into()),
        }
    }

    pub(super) fn write(cause: impl Into<Cause>) -> Self {
        Self::Write {
            cause: Arc::from(cause.into()),
        }
    }

    /// A record that cannot be read.
    pub(crate) fn record(name: impl Into<String>, cause: impl Into<Cause>) -> Self {
        Self::Record {
            name: name.into(),
            cause: Arc::from(cause.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_cause() {
        let error = StoreError::folder(Path::new("data"), std::io::Error::other("disk full"));
        assert_eq!(error.source().unwrap().to_string(), "disk full");
        assert!(error.to_string().contains("data: disk full;"), "{error}");
    }
}
