//! A database of sled: how its files are opened, checked, synced and closed.
//!
//! **Segments.** sled writes its log in segments. When a segment has no current page any more, sled
//! overwrites it, even if the pages that replaced those in it are not synced yet. At least one whole segment
//! is written in between. So less than a segment is written between two syncs: segments of 4 MiB, and at
//! most [`MAX_ENTRIES`] changed entries.
//!
//! **Derived files.** The files `conf` and `snap.*` only save time, but damage in them prevents the opening.
//! They are removed before each opening, and sled writes them anew.

use std::fs::{File, TryLockError, read_dir, remove_file};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::guard::guarded;
use crate::folder::{make_private, private_file, private_part, sync_folder};

/// The folder of the database, in the data folder.
pub(super) const DATABASE: &str = "sled";

/// The format of the store. Each record also has a version of its own format.
pub(super) const FORMAT: &str = "3";

/// The size of a segment.
const SEGMENT: u32 = 4 << 20;
/// sled's own choice, used before format 3.
const EARLIER_SEGMENT: u32 = 512 << 10;

/// The maximum number of changed entries between two syncs. For each of them, sled writes at most one page
/// of 20 KiB, or two after a split, and moves another page out of an old segment.
pub(super) const MAX_ENTRIES: u32 = 64;

/// The size of sled's page cache in bytes. It is small because reads do not use sled.
const CACHE_CAPACITY: u64 = 16 << 20;

/// sled's threads may use the file for a moment after sled was closed.
const CLOSING: Duration = Duration::from_millis(5);
const MAX_CLOSING: u32 = 400;

/// An open database.
pub(super) struct Database {
    sled: sled::Db,
    file: File,
    path: PathBuf,
}

/// The file of the database in its folder.
pub(super) fn file(path: &Path) -> PathBuf {
    path.join("db")
}

impl Database {
    /// Opens or creates a database. sled repairs it, and may destroy what it cannot read. It may also panic.
    pub(super) fn open(path: &Path) -> Result<Self, sled::Error> {
        private_part(path)?;
        let mut file = private_file().open(file(path))?;
        for entry in read_dir(path)? {
            let entry = entry?;
            let name = entry.file_name();
            if name == "conf" || name.to_string_lossy().starts_with("snap.") {
                remove_file(entry.path())?;
            }
        }
        let config = sled::Config::new()
            .path(path)
            .segment_size(segment_size(&mut file)? as usize)
            .cache_capacity(CACHE_CAPACITY)
            .flush_every_ms(None);
        let sled = config.open()?;
        for entry in read_dir(path)? {
            make_private(&entry?.path())?;
        }
        Ok(Self {
            sled,
            file,
            path: path.to_owned(),
        })
    }

    /// Creates a database with these entries, and closes it. Nothing else may be in the folder.
    pub(super) fn create(
        path: &Path,
        entries: impl Iterator<Item = sled::Result<(sled::IVec, sled::IVec)>>,
    ) -> Result<(), sled::Error> {
        let database = Self::open(path)?;
        let mut batch = sled::Batch::default();
        for (index, entry) in entries.enumerate() {
            let (key, value) = entry?;
            batch.insert(key, value);
            if index % 256 == 255 {
                database.sled.apply_batch(std::mem::take(&mut batch))?;
            }
        }
        database.sled.apply_batch(batch)?;
        database.close()?;
        sync_folder(path)?;
        Ok(())
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<sled::IVec>, sled::Error> {
        self.sled.get(key)
    }

    /// All entries, sorted by key.
    pub(super) fn entries(&self) -> sled::Iter {
        self.sled.iter()
    }

    /// Whether nothing was ever stored.
    pub(super) fn is_new(&self) -> bool {
        self.sled.is_empty() && self.sled.tree_names().len() == 1
    }

    /// Applies a batch, and syncs it.
    pub(super) fn write(&self, batch: sled::Batch) -> Result<(), sled::Error> {
        self.sled.apply_batch(batch)?;
        self.sled.flush()?;
        self.sync()?;
        Ok(())
    }

    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Whether the open file is still the file in the folder.
    pub(super) fn is_in_place(&self) -> bool {
        is_same(&self.file, &file(&self.path)).unwrap_or(false)
    }

    /// Closes the database, and syncs its file. Returns the file, at its start.
    pub(super) fn close(self) -> io::Result<File> {
        let Self { sled, mut file, .. } = self;
        // sled panics if it cannot sync.
        guarded(|| drop(sled)).map_err(io::Error::other)?;
        let mut tries = 0;
        // sled holds a lock while one of its threads may write to the file.
        while let Err(error) = file.try_lock() {
            match error {
                TryLockError::WouldBlock if tries < MAX_CLOSING => std::thread::sleep(CLOSING),
                TryLockError::WouldBlock => {
                    return Err(io::Error::other("sled still uses its file"));
                }
                TryLockError::Error(error) => return Err(error),
            }
            tries += 1;
        }
        // The next opening writes zeros up to the end of the last segment. Then it needs no room for them.
        let length = file.seek(SeekFrom::End(0))?;
        let rest = length.next_multiple_of(SEGMENT.into()) - length;
        io::copy(&mut io::repeat(0).take(rest), &mut file)?;
        file.flush()?;
        file.sync_all()?;
        file.unlock()?;
        file.rewind()?;
        Ok(file)
    }
}

/// The size of the segments in a file of sled. It is found without `conf`, which may be damaged.
pub(super) fn segment_size(file: &mut File) -> io::Result<u32> {
    let length = file.metadata()?.len();
    let mut offset = u64::from(EARLIER_SEGMENT);
    while offset < length {
        if offset % u64::from(SEGMENT) != 0 && has_segment_header(file, offset)? {
            return Ok(EARLIER_SEGMENT);
        }
        offset += u64::from(EARLIER_SEGMENT);
    }
    Ok(SEGMENT)
}

/// Whether a segment begins there: a checksum, and two numbers of 8 bytes.
fn has_segment_header(file: &mut File, offset: u64) -> io::Result<bool> {
    let mut header = Vec::new();
    file.seek(SeekFrom::Start(offset))?;
    file.take(20).read_to_end(&mut header)?;
    let Some((checksum, numbers)) = header.split_first_chunk() else {
        return Ok(false);
    };
    Ok(crc32fast::hash(numbers) == !u32::from_le_bytes(*checksum))
}

/// Whether an open file is still the file at a path.
#[cfg(unix)]
pub(super) fn is_same(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;

    let (open, named) = (file.metadata()?, std::fs::metadata(path)?);
    Ok((open.dev(), open.ino()) == (named.dev(), named.ino()))
}

/// Other systems do not remove open files.
#[cfg(not(unix))]
pub(super) fn is_same(_: &File, path: &Path) -> io::Result<bool> {
    path.try_exists()
}
