//! A second database beside the database: a copy while it is being opened, or its replacement.
//!
//! sled repairs a database when it opens it, and overwrites parts that it cannot read. With the copy, a
//! database that is damaged, foreign or of another version stays unchanged. A database that was closed
//! needs no copy (`clean.rs`).
//!
//! The process may be killed at any step. A rename is the only switch between two states, and nothing
//! is removed before its replacement is complete and synced:
//!
//! | Folder | Meaning |
//! | --- | --- |
//! | `sled` | the database |
//! | `sled.unfinished` | a second database that is not complete |
//! | `sled.copy`, with the file `complete` | the database to use instead of `sled`: as it was before an opening that did not end, or its replacement |
//! | `sled.discarded` | a folder that is being removed |
//! | `sled.backup` | a copy by version 0.1.0, which may be incomplete: used only if `sled` does not open |

use std::fs::{File, copy, hard_link, read_dir, remove_dir_all, remove_file, rename};
use std::io;
use std::path::{Path, PathBuf};

use crate::folder::{private_file, private_part, sync_folder};

/// The files that sled changes in place. It never changes other files after it created them.
const CHANGED_IN_PLACE: [&str; 2] = ["db", "conf"];

/// The file that marks a complete copy.
const COMPLETE: &str = "complete";

/// The second database.
pub(super) struct Backup {
    original: PathBuf,
    copy: PathBuf,
}

impl Backup {
    pub(super) fn new(original: &Path) -> Self {
        Self {
            original: original.to_owned(),
            copy: original.with_extension("copy"),
        }
    }

    /// Whether there is a database. After a kill, it may have another name.
    pub(super) fn exists(&self) -> bool {
        let folders = [self.original.clone(), self.copy.clone(), self.earlier()];
        folders.iter().any(|folder| folder.is_dir())
    }

    /// The folder with the database as it was before an interrupted opening.
    #[cfg(feature = "cli")]
    pub(super) fn current(&self) -> PathBuf {
        let is_copy = self.copy.join(COMPLETE).exists() || !self.original.exists();
        if is_copy {
            self.copy.clone()
        } else {
            self.original.clone()
        }
    }

    /// Copies the database. An opening that did not end is undone first. If the database does not
    /// exist, the copy is an empty folder. `opens` says whether a database can be opened.
    pub(super) fn create(&self, opens: impl FnOnce(&Path) -> bool) -> io::Result<()> {
        let original = &self.original;
        let unfinished = self.unfinished();
        self.clear()?;
        if self.copy.join(COMPLETE).exists() {
            self.restore()?;
        }
        self.discard(&self.copy)?;
        let earlier = self.earlier();
        if earlier.join("db").exists() {
            if original.exists() {
                // Opening changes a database, so this is tried with a copy.
                copy_folder(original, &unfinished)?;
                let is_sound = opens(&unfinished);
                remove(&unfinished)?;
                if !is_sound {
                    self.discard(original)?;
                }
            }
            if !original.exists() {
                rename(&earlier, original)?;
                self.sync_parent()?;
            }
        }
        private_part(&unfinished)?;
        if original.exists() {
            copy_folder(original, &unfinished)?;
        }
        self.complete()
    }

    /// The path of a database that will [replace](Self::replace) the database.
    pub(super) fn unfinished(&self) -> PathBuf {
        self.original.with_extension("unfinished")
    }

    /// Removes what an interrupted copy or replacement left.
    pub(super) fn clear(&self) -> io::Result<()> {
        remove(&self.unfinished())?;
        remove(&self.discarded())
    }

    /// Replaces the database by the one in [`unfinished`](Self::unfinished), which is synced.
    pub(super) fn replace(&self) -> io::Result<()> {
        self.discard(&self.copy)?;
        self.complete()?;
        self.restore()
    }

    /// From here on, the next opening uses the second database.
    fn complete(&self) -> io::Result<()> {
        let unfinished = self.unfinished();
        private_file().open(unfinished.join(COMPLETE))?.sync_all()?;
        sync_folder(&unfinished)?;
        rename(&unfinished, &self.copy)?;
        self.sync_parent()
    }

    /// Replaces the database by the copy.
    pub(super) fn restore(&self) -> io::Result<()> {
        self.discard(&self.original)?;
        rename(&self.copy, &self.original)?;
        self.sync_parent()?;
        // The marker belongs to copies only. A database with the marker works too.
        remove_file(self.original.join(COMPLETE))
    }

    /// Removes all other folders, because the database is sound.
    pub(super) fn remove(&self) -> io::Result<()> {
        self.clear()?;
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

pub(super) fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    private_part(to)?;
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
            // Shares the blocks where the file system can: on Linux by `copy_file_range`.
            copy(&source, &target)?;
            File::open(&target)?.sync_all()?;
        }
    }
    sync_folder(to)
}
