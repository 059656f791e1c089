//! A copy of the database while it is being opened.
//!
//! sled repairs a database when it opens it, and overwrites parts that it cannot read. With the
//! copy, a database that is damaged, foreign or of another version stays unchanged.

use std::fs::{copy, hard_link, read_dir, remove_dir_all, rename};
use std::io;
use std::path::{Path, PathBuf};

use crate::folder::private_folder;

/// The files that sled changes in place. It never changes other files after it created them.
const CHANGED_IN_PLACE: [&str; 2] = ["db", "conf"];

/// A copy of a database.
pub(super) struct Backup {
    original: PathBuf,
    copy: PathBuf,
}

impl Backup {
    /// Copies the database in `original`, if it exists. Restores a copy from an interrupted opening
    /// first.
    pub(super) fn create(original: &Path) -> io::Result<Self> {
        let backup = Self {
            original: original.to_owned(),
            copy: original.with_extension("backup"),
        };
        if backup.copy.exists() {
            backup.restore()?;
        }
        if original.exists() {
            // The copy has another name until it is complete.
            let unfinished = original.with_extension("unfinished");
            if unfinished.exists() {
                remove_dir_all(&unfinished)?;
            }
            copy_folder(original, &unfinished)?;
            rename(&unfinished, &backup.copy)?;
        }
        Ok(backup)
    }

    /// Restores the copy. Without a copy, the database did not exist.
    pub(super) fn restore(&self) -> io::Result<()> {
        if self.original.exists() {
            remove_dir_all(&self.original)?;
        }
        if self.copy.exists() {
            rename(&self.copy, &self.original)
        } else {
            Ok(())
        }
    }

    /// Removes the copy after the database was opened.
    pub(super) fn remove(&self) -> io::Result<()> {
        if self.copy.exists() {
            remove_dir_all(&self.copy)
        } else {
            Ok(())
        }
    }
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    private_folder(to)?;
    for entry in read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy_folder(&source, &target)?;
        } else if CHANGED_IN_PLACE
            .iter()
            .any(|name| entry.file_name() == *name)
        {
            copy(&source, &target)?;
        } else if hard_link(&source, &target).is_err() {
            // Not every file system supports links.
            copy(&source, &target)?;
        }
    }
    Ok(())
}
