//! What can be wrong with a store, each as one sentence that says what to do.

use std::fmt;
use std::path::PathBuf;

/// Why a store cannot be opened, read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The folder cannot be made, read or written.
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        cause: String,
    },
    /// Another process has the store open.
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// The store was written by another version.
    OtherFormat {
        /// The folder.
        folder: PathBuf,
        /// The format that was found.
        format: String,
    },
    /// The folder holds a database, but none of ours.
    Foreign {
        /// The folder.
        folder: PathBuf,
    },
    /// The database is damaged.
    Damaged {
        /// The folder.
        folder: PathBuf,
        /// What was found.
        cause: String,
    },
    /// One record is damaged, or of a later version.
    Record {
        /// The record's name.
        name: String,
        /// What was found.
        cause: String,
    },
    /// A write failed, this one or an earlier one. What is on the disk is uncertain since.
    Write {
        /// What the system says.
        cause: String,
    },
    /// The thread that writes is gone.
    WriterGone,
}

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder { folder, cause } => write!(
                formatter,
                "cannot use the data folder {}: {cause}; choose another with --data-dir, or keep \
                 nothing with --temporary",
                folder.display()
            ),
            Self::InUse { folder } => write!(
                formatter,
                "another kms-emulator is using the data folder {}; stop it, or choose another \
                 folder with --data-dir",
                folder.display()
            ),
            Self::OtherFormat { folder, format } => write!(
                formatter,
                "the data folder {} has format {format}, which another version of Simulated KMS \
                 wrote; use that version, or choose another folder with --data-dir",
                folder.display()
            ),
            Self::Foreign { folder } => write!(
                formatter,
                "the folder {} holds a database that is not one of Simulated KMS; choose another \
                 folder with --data-dir",
                folder.display()
            ),
            Self::Damaged { folder, cause } => write!(
                formatter,
                "the data in the folder {} is damaged ({cause}); nothing was changed: restore it \
                 from a copy, or choose another folder with --data-dir",
                folder.display()
            ),
            Self::Record { name, cause } => {
                write!(
                    formatter,
                    "the record {name} cannot be read: {cause}; it was left as it is"
                )
            }
            Self::Write { cause } => write!(
                formatter,
                "a write to the data folder failed ({cause}); nothing more is written: make room \
                 or mend the disk, and restart"
            ),
            Self::WriterGone => formatter.write_str("the thread that writes has ended; restart"),
        }
    }
}

impl std::error::Error for StoreError {}
