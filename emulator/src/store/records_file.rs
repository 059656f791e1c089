//! `DIR/records`: all records one after the other, so that a start need not read them from sled.
//!
//! sled needs most of a start to read its pages, and then keeps most of them in memory. This file is read at the
//! same time as sled opens the database.
//!
//! It exists only while a large database is closed. It is used only if the database is unchanged since then
//! (`clean.rs`) and has the same last commit, and if the sum over all records is that of the commit. Otherwise, the
//! records are read from the database. So it needs no sync, and no damage to it is an error.
//!
//! | Bytes | Content |
//! | --- | --- |
//! | 16 | the last commit, as in the database |
//! | 4 and 4 | for each record: the length of its name and of its bytes |
//! | … | its name and its bytes |
//!
//! All numbers are big endian.

use std::fs::{File, remove_file};
use std::io::{self, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::Records;
use super::content::Last;
use super::pieces::Header;
use crate::folder::{make_private, private_file};

/// The memory of the records, in bytes, from which on there is a file. Fewer are read as fast from the database.
const MIN_SIZE: usize = 1 << 20;

/// The size of the parts that are read and written at once.
const BUFFER: usize = 1 << 20;

fn path(folder: &Path) -> PathBuf {
    folder.join("records")
}

pub(super) fn exists(folder: &Path) -> bool {
    path(folder).exists()
}

/// The last commit and its records; `None` if the file is damaged.
pub(super) fn read(folder: &Path) -> Option<(Last, Records)> {
    let file = File::open(path(folder)).ok()?;
    let length = file.metadata().ok()?.len();
    let mut file = BufReader::with_capacity(BUFFER, file);
    let mut last = [0; 16];
    file.read_exact(&mut last).ok()?;
    let mut left = length.checked_sub(16)?;
    let last = Last::read(&last)?;
    let mut records = Records::default();
    let mut sum = 0_u64;
    let mut record = Vec::new();
    while left > 0 {
        let mut lengths = [[0; 4]; 2];
        file.read_exact(lengths.as_flattened_mut()).ok()?;
        let [name, bytes] = lengths.map(|length| u64::from(u32::from_be_bytes(length)));
        // A damaged length must not reserve memory.
        left = left.checked_sub(8 + name + bytes)?;
        record.resize(usize::try_from(name + bytes).ok()?, 0);
        file.read_exact(&mut record).ok()?;
        let (name, bytes) = record.split_at_checked(usize::try_from(name).ok()?)?;
        let name = str::from_utf8(name).ok()?;
        sum = sum.wrapping_add(Header::of(name, bytes).summand());
        records.push(name.into(), bytes.into());
    }
    (sum == last.sum).then_some((last, records))
}

/// Writes the records of a closed database, if they are many.
pub(super) fn write(folder: &Path, last: Last, records: &Records) -> io::Result<()> {
    if records.size() < MIN_SIZE {
        return Ok(());
    }
    let path = path(folder);
    let file = private_file().truncate(true).open(&path)?;
    make_private(&path)?;
    let mut file = BufWriter::with_capacity(BUFFER, file);
    file.write_all(&last.to_bytes())?;
    for (name, bytes) in records.iter() {
        for part in [name.as_bytes(), bytes] {
            let length = u32::try_from(part.len()).map_err(io::Error::other)?;
            file.write_all(&length.to_be_bytes())?;
        }
        file.write_all(name.as_bytes())?;
        file.write_all(bytes)?;
    }
    file.flush()
}

/// Removes the file. If it stays, it is of another commit than the database.
pub(super) fn remove(folder: &Path) {
    match remove_file(path(folder)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!("cannot remove {}: {error}", path(folder).display());
        }
        _ => {}
    }
}
