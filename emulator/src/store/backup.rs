//! A copy of the database beside it, while it is being opened.
//!
//! sled repairs what it opens, and what it cannot read it overwrites. With the copy, a database
//! that turns out to be damaged, of another version or somebody else's is left as it was.

use std::fs::{copy, hard_link, read_dir, remove_dir_all, rename};
use std::io;
use std::path::{Path, PathBuf};

/// The file that sled changes in place; it adds and removes all others whole.
const CHANGED_IN_PLACE: [&str; 2] = ["db", "conf"];

/// A copy of a database, to be put back or removed.
pub(super) struct Backup {
    original: PathBuf,
    copy: PathBuf,
}

impl Backup {
    /// Copies the database in `original`, if there is one. A copy that an interrupted opening
    /// left is put back first.
    pub(super) fn make(original: &Path) -> io::Result<Self> {
        let backup = Self {
            original: original.to_owned(),
            copy: original.with_extension("backup"),
        };
        if backup.copy.exists() {
            backup.restore()?;
        }
        if original.exists() {
            // Under another name until it is whole.
            let unfinished = original.with_extension("unfinished");
            if unfinished.exists() {
                remove_dir_all(&unfinished)?;
            }
            copy_folder(original, &unfinished)?;
            rename(&unfinished, &backup.copy)?;
        }
        Ok(backup)
    }

    /// Puts the database back as it was; without a copy there was none.
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

    /// Removes the copy: the database is open.
    pub(super) fn remove(&self) -> io::Result<()> {
        if self.copy.exists() {
            remove_dir_all(&self.copy)
        } else {
            Ok(())
        }
    }
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    super::disk::private_folder(to)?;
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
            // Not every file system has links.
            copy(&source, &target)?;
        }
    }
    Ok(())
}
