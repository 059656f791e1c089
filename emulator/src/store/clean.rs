//! `DIR/clean`: the length and the checksum of a database that was closed.
//!
//! It exists only while no process uses the folder. With it, the next opening needs no copy of the
//! database, and notices each damage before sled changes anything.

use std::fmt;
use std::fs::{File, remove_file, rename};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::database::FORMAT;
use crate::folder::{private_file, sync_folder};

/// What is known about a closed database.
#[derive(PartialEq)]
struct Clean {
    format: String,
    length: u64,
    checksum: u32,
}

/// The result of a comparison of a database with `DIR/clean`.
pub(super) enum Comparison {
    Equal,
    Different(String),
    /// The database was not closed, or the file is damaged.
    Unknown,
    /// A database of another format was closed.
    OtherFormat(String),
}

fn path(folder: &Path) -> PathBuf {
    folder.join("clean")
}

impl fmt::Display for Clean {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            format,
            length,
            checksum,
        } = self;
        let text =
            format!("format {format}\nsled/db has {length} bytes\nits CRC-32 is {checksum}\n");
        writeln!(
            formatter,
            "{text}the CRC-32 of these lines is {}",
            crc32fast::hash(text.as_bytes())
        )
    }
}

impl Clean {
    fn of(database: &mut File) -> io::Result<Self> {
        let mut hasher = crc32fast::Hasher::new();
        let mut buffer = vec![0; 1 << 20];
        let mut length = 0;
        loop {
            let count = database.read(&mut buffer)?;
            if count == 0 {
                break;
            }
            hasher.update(buffer.get(..count).unwrap_or_default());
            length += count as u64;
        }
        Ok(Self {
            format: FORMAT.to_owned(),
            length,
            checksum: hasher.finalize(),
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let clean = Self {
            format: lines.next()?.strip_prefix("format ")?.to_owned(),
            length: lines.next()?.split(' ').nth(2)?.parse().ok()?,
            checksum: lines.next()?.rsplit(' ').next()?.parse().ok()?,
        };
        (clean.to_string() == text).then_some(clean)
    }
}

/// Compares the database with `DIR/clean`. Changes nothing.
pub(super) fn compare(folder: &Path, database: &Path) -> io::Result<Comparison> {
    let bytes = match std::fs::read(path(folder)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Comparison::Unknown),
        Err(error) => return Err(error),
    };
    let Some(expected) = str::from_utf8(&bytes).ok().and_then(Clean::parse) else {
        tracing::warn!("{} is damaged; it is ignored", path(folder).display());
        return Ok(Comparison::Unknown);
    };
    if expected.format != FORMAT {
        return Ok(Comparison::OtherFormat(expected.format));
    }
    let found = match File::open(database) {
        Ok(mut file) => Clean::of(&mut file)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Comparison::Different("sled/db is missing".to_owned()));
        }
        Err(error) => return Err(error),
    };
    let problem = if found.length != expected.length {
        format!(
            "sled/db has {} bytes instead of {}",
            found.length, expected.length
        )
    } else if found != expected {
        "the checksum of sled/db does not match".to_owned()
    } else {
        return Ok(Comparison::Equal);
    };
    Ok(Comparison::Different(problem))
}

/// Writes `DIR/clean` for a closed and synced database.
pub(super) fn write(folder: &Path, database: &mut File) -> io::Result<()> {
    let unfinished = folder.join("clean.unfinished");
    let clean = Clean::of(database)?;
    let mut file = private_file().truncate(true).open(&unfinished)?;
    file.write_all(clean.to_string().as_bytes())?;
    file.sync_all()?;
    rename(&unfinished, path(folder))?;
    sync_folder(folder)
}

/// Removes `DIR/clean`, before the database is changed.
pub(super) fn remove(folder: &Path) -> io::Result<()> {
    match remove_file(path(folder)) {
        Ok(()) => sync_folder(folder),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
