//! `DIR/acknowledged`: the number of the last acknowledged commit.
//!
//! It reveals a database whose end is missing. It has 8 bytes, big endian, and their CRC-32. Before
//! format 3, it had no checksum.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use crate::folder::{make_private, private_file};

pub(super) struct Acknowledged {
    file: File,
    /// Whether the last number survives a power failure.
    is_synced: bool,
}

fn path(folder: &Path) -> PathBuf {
    folder.join("acknowledged")
}

/// The number in a data folder: 0 in a new folder, `None` if it is damaged.
pub(super) fn read(folder: &Path) -> io::Result<Option<u64>> {
    match std::fs::read(path(folder)) {
        Ok(bytes) => Ok(parse(&bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Some(0)),
        Err(error) => Err(error),
    }
}

fn parse(bytes: &[u8]) -> Option<u64> {
    let Some((number, checksum)) = bytes.split_first_chunk() else {
        return bytes.is_empty().then_some(0);
    };
    let is_sound = checksum.is_empty() || *checksum == crc32fast::hash(number).to_be_bytes();
    is_sound.then_some(u64::from_be_bytes(*number))
}

impl Acknowledged {
    /// Opens the file. The number is `None` if it is damaged.
    pub(super) fn open(folder: &Path) -> io::Result<(Self, Option<u64>)> {
        let mut file = private_file().open(path(folder))?;
        make_private(&path(folder))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let number = parse(&bytes);
        if number.is_none() {
            tracing::warn!("{} is damaged; it is written anew", path(folder).display());
        }
        let is_synced = true;
        Ok((Self { file, is_synced }, number))
    }

    /// Writes a number without syncing it: a lower number after a power failure only weakens the
    /// check.
    pub(super) fn write(&mut self, number: u64) -> io::Result<()> {
        let number = number.to_be_bytes();
        let mut bytes = number.to_vec();
        bytes.extend(crc32fast::hash(&number).to_be_bytes());
        self.file.rewind()?;
        self.file.write_all(&bytes)?;
        self.is_synced = false;
        Ok(())
    }

    pub(super) fn is_synced(&self) -> bool {
        self.is_synced
    }

    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()?;
        self.is_synced = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_forms_and_notices_damage() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        assert_eq!(read(folder).unwrap(), Some(0));
        std::fs::write(path(folder), 7_u64.to_be_bytes()).unwrap();
        let (mut file, number) = Acknowledged::open(folder).unwrap();
        assert_eq!(number, Some(7));
        file.write(1 << 40).unwrap();
        assert_eq!(read(folder).unwrap(), Some(1 << 40));
        let bytes = std::fs::read(path(folder)).unwrap();
        for index in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[index] ^= 4;
            assert_eq!(parse(&damaged), None, "byte {index}");
        }
    }
}
