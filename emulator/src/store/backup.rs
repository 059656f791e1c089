//! A copy of the database while it is being opened.
//!
//! sled repairs a database when it opens it, and overwrites parts that it cannot read. With the copy, a
//! database that is damaged, foreign or of another version stays unchanged.
//!
//! The process may be killed at any step. A rename is the only switch between two states, and nothing
//! is removed before its replacement is complete and synced:
//!
//! | Folder | Meaning |
//! | --- | --- |
//! | `sled` | the database |
//! | `sled.unfinished` | a copy that is not complete |
//! | `sled.copy`, with the file `complete` | the database as it was before an opening that did not end |
//! | `sled.discarded` | a folder that is being removed |
//! | `sled.backup` | a copy by version 0.1.0, which may be incomplete: used only if `sled` does not open |

use std::fs::{File, copy, hard_link, read_dir, remove_dir_all, remove_file, rename};
use std::io;
use std::path::{Path, PathBuf};

use crate::folder::{private_folder, sync_folder};

/// The files that sled changes in place. It never changes other files after it created them.
const CHANGED_IN_PLACE: [&str; 2] = ["db", "conf"];

/// The file that marks a complete copy.
const COMPLETE: &str = "complete";

/// A copy of a database.
pub(super) struct Backup {
    original: PathBuf,
    copy: PathBuf,
}

impl Backup {
    /// Copies the database in `original`. An opening that did not end is undone first. If `original`
    /// does not exist, the copy is an empty folder. `opens` says whether a database can be opened.
    pub(super) fn create(original: &Path, opens: impl FnOnce(&Path) -> bool) -> io::Result<Self> {
        let backup = Self {
            original: original.to_owned(),
            copy: original.with_extension("copy"),
        };
        let unfinished = original.with_extension("unfinished");
        remove(&unfinished)?;
        remove(&backup.discarded())?;
        if backup.copy.join(COMPLETE).exists() {
            backup.restore()?;
        }
        backup.discard(&backup.copy)?;
        let earlier = backup.earlier();
        if earlier.join("db").exists() {
            if original.exists() {
                // Opening changes a database, so this is tried with a copy.
                copy_folder(original, &unfinished)?;
                let is_sound = opens(&unfinished);
                remove(&unfinished)?;
                if !is_sound {
                    backup.discard(original)?;
                }
            }
            if !original.exists() {
                rename(&earlier, original)?;
                backup.sync_parent()?;
            }
        }
        private_folder(&unfinished)?;
        if original.exists() {
            copy_folder(original, &unfinished)?;
        }
        File::create(unfinished.join(COMPLETE))?.sync_all()?;
        sync_folder(&unfinished)?;
        rename(&unfinished, &backup.copy)?;
        backup.sync_parent()?;
        Ok(backup)
    }

    /// Restores the database from the copy.
    pub(super) fn restore(&self) -> io::Result<()> {
        self.discard(&self.original)?;
        rename(&self.copy, &self.original)?;
        self.sync_parent()?;
        // The marker belongs to copies only. A database with the marker works too.
        remove_file(self.original.join(COMPLETE))
    }

    /// Removes the copy after the database was opened.
    pub(super) fn remove(&self) -> io::Result<()> {
        self.discard(&self.copy)?;
        self.discard(&self.earlier())
    }

    /// Removes a folder. The rename makes it disappear at once.
    fn discard(&self, folder: &Path) -> io::Result<()> {
        if !folder.exists() {
            return Ok(());
        }
        let discarded = self.discarded();
        remove(&discarded)?;
        rename(folder, &discarded)?;
        self.sync_parent()?;
        remove_dir_all(&discarded)
    }

    fn discarded(&self) -> PathBuf {
        self.original.with_extension("discarded")
    }

    fn earlier(&self) -> PathBuf {
        self.original.with_extension("backup")
    }

    fn sync_parent(&self) -> io::Result<()> {
        self.original.parent().map_or(Ok(()), sync_folder)
    }
}

fn remove(folder: &Path) -> io::Result<()> {
    if folder.exists() {
        remove_dir_all(folder)
    } else {
        Ok(())
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
            // Not every file system supports links.
            || hard_link(&source, &target).is_err()
        {
            copy(&source, &target)?;
            File::open(&target)?.sync_all()?;
        }
    }
    sync_folder(to)
}
