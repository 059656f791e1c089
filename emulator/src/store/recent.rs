//! `DIR/recent`: the latest commits, which the database does not have yet.
//!
//! For each batch, sled wakes all of its threads twice and waits for the disk three times. So a commit is only
//! appended to this file, and synced. The database gets the commits together, as one batch, before they change
//! more than [`MAX_ENTRIES`](super::database::MAX_ENTRIES) entries, and when the store is closed. The next commit
//! is then written to the start of the file.
//!
//! Each commit names the commit of the database that it builds on. So commits that the database has are not
//! used, nor are older ones that follow the latest. A commit that is damaged ends the list. Then the number of the last
//! acknowledged commit reveals that some are missing.
//!
//! | Bytes | Content |
//! | --- | --- |
//! | 4 | the number of bytes of the rest |
//! | 4 | CRC-32 of the rest |
//! | 16 | the last commit of the database, as in the database |
//! | 8 | the number of this commit |
//! | 4 and 4 | for each change: the length of its name, and that of its bytes plus 1, or 0 if it deletes the record |
//! | … | its name and its bytes |
//!
//! All numbers are big endian.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::content::Last;
use super::database::is_same;
use super::{Bytes, Name};
use crate::folder::{make_private, private_file, sync_folder};

/// The file is filled with zeros up to this size, so that a sync of a commit need not sync the length and the place
/// of the file. Commits with [`MAX_ENTRIES`](super::database::MAX_ENTRIES) entries together have about 80 KiB.
const SIZE: u64 = 128 << 10;

/// The new bytes of records, or `None` to delete them.
pub(super) type Changes = BTreeMap<Name, Option<Bytes>>;

/// A commit in the file.
pub(super) struct Commit {
    /// The last commit of the database.
    pub(super) base: Last,
    pub(super) number: u64,
    pub(super) changes: Changes,
    /// Its end in the file.
    end: u64,
}

/// The file, and the end of its last commit.
pub(super) struct Recent {
    folder: PathBuf,
    /// Opened for the first commit.
    file: Option<File>,
    end: u64,
}

fn path(folder: &Path) -> PathBuf {
    folder.join("recent")
}

/// The commits in a data folder.
pub(super) fn read(folder: &Path) -> io::Result<Vec<Commit>> {
    let bytes = match std::fs::read(path(folder)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut commits: Vec<Commit> = Vec::new();
    let mut rest = bytes.as_slice();
    while let Some((mut commit, after)) = parse(rest) {
        let number = match commits.last() {
            Some(before) if before.base == commit.base => before.number,
            Some(_) => break,
            None => commit.base.number,
        };
        if commit.number != number + 1 {
            break;
        }
        rest = after;
        commit.end = (bytes.len() - rest.len()) as u64;
        commits.push(commit);
    }
    Ok(commits)
}

fn parse(bytes: &[u8]) -> Option<(Commit, &[u8])> {
    let (size, rest) = length(bytes)?;
    let (checksum, rest) = rest.split_first_chunk()?;
    let (body, rest) = rest.split_at_checked(size)?;
    if crc32fast::hash(body) != u32::from_be_bytes(*checksum) {
        return None;
    }
    let (base, body) = body.split_first_chunk::<16>()?;
    let (number, mut body) = body.split_first_chunk()?;
    let mut changes = Changes::new();
    while !body.is_empty() {
        let (name, after) = length(body)?;
        let (bytes, after) = length(after)?;
        let (name, after) = after.split_at_checked(name)?;
        let name = Name::from(str::from_utf8(name).ok()?);
        let Some(bytes) = bytes.checked_sub(1) else {
            changes.insert(name, None);
            body = after;
            continue;
        };
        let (bytes, after) = after.split_at_checked(bytes)?;
        changes.insert(name, Some(Bytes::from(bytes)));
        body = after;
    }
    let commit = Commit {
        base: Last::read(base)?,
        number: u64::from_be_bytes(*number),
        changes,
        end: 0,
    };
    Some((commit, rest))
}

fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    Some((u32::from_be_bytes(*length) as usize, rest))
}

fn encode(base: Last, number: u64, changes: &Changes) -> io::Result<Vec<u8>> {
    let length = |length: usize| {
        u32::try_from(length)
            .map(u32::to_be_bytes)
            .map_err(io::Error::other)
    };
    let mut body = base.to_bytes();
    body.extend(number.to_be_bytes());
    for (name, bytes) in changes {
        body.extend(length(name.len())?);
        body.extend(length(bytes.as_ref().map_or(0, |bytes| bytes.len() + 1))?);
        body.extend(name.as_bytes());
        body.extend(bytes.iter().flat_map(|bytes| bytes.iter()));
    }
    let mut commit = length(body.len())?.to_vec();
    commit.extend(crc32fast::hash(&body).to_be_bytes());
    commit.extend(body);
    Ok(commit)
}

impl Recent {
    /// The file in a data folder, and its commits that build on the last commit of the database. Changes nothing.
    pub(super) fn new(folder: &Path, last: Last) -> io::Result<(Self, Vec<Commit>)> {
        let mut commits = read(folder)?;
        commits.retain(|commit| commit.base == last);
        let recent = Self {
            folder: folder.to_owned(),
            file: None,
            end: commits.last().map_or(0, |commit| commit.end),
        };
        Ok((recent, commits))
    }

    /// Appends a commit, and syncs the file.
    pub(super) fn append(&mut self, base: Last, number: u64, changes: &Changes) -> io::Result<()> {
        let bytes = encode(base, number, changes)?;
        let end = self.end;
        let mut file = self.file()?;
        file.seek(SeekFrom::Start(end))?;
        file.write_all(&bytes)?;
        file.sync_data()?;
        self.end += bytes.len() as u64;
        Ok(())
    }

    /// Syncs the commits that were read. After a kill, the system may have written, but not synced them.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.file()?.sync_data()
    }

    /// The database has all commits.
    pub(super) fn restart(&mut self) {
        self.end = 0;
    }

    fn file(&mut self) -> io::Result<&File> {
        let file = match self.file.take() {
            Some(file) => file,
            None => open(&self.folder)?,
        };
        Ok(self.file.insert(file))
    }

    /// Whether the open file is still the file in the folder.
    pub(super) fn is_in_place(&self) -> bool {
        let is_in_place = |file| is_same(file, &path(&self.folder)).unwrap_or(false);
        self.file.as_ref().is_none_or(is_in_place)
    }
}

fn open(folder: &Path) -> io::Result<File> {
    let path = path(folder);
    let mut file = private_file().open(&path)?;
    make_private(&path)?;
    let length = file.seek(SeekFrom::End(0))?;
    if length < SIZE {
        io::copy(&mut io::repeat(0).take(SIZE - length), &mut file)?;
        file.sync_all()?;
    }
    // A process that was killed may have created the file without syncing its name.
    sync_folder(folder)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(name: &str, bytes: Option<&[u8]>) -> Changes {
        Changes::from([(name.into(), bytes.map(Into::into))])
    }

    fn numbers(folder: &Path) -> Vec<u64> {
        let commits = read(folder).unwrap();
        commits.iter().map(|commit| commit.number).collect()
    }

    #[test]
    fn reads_the_latest_commits_up_to_the_first_damage() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let base = Last { number: 6, sum: 1 };
        let (mut recent, commits) = Recent::new(folder, base).unwrap();
        assert!(commits.is_empty());
        let written = [
            changes("key/a", Some(b"1")),
            changes("key/b", Some(b"")),
            changes("key/a", None),
            Changes::new(),
        ];
        for (number, changes) in (7..).zip(&written) {
            recent.append(base, number, changes).unwrap();
        }
        assert_eq!(numbers(folder), [7, 8, 9, 10]);
        let (_, commits) = Recent::new(folder, base).unwrap();
        assert!(commits.iter().map(|commit| &commit.changes).eq(&written));
        let (_, others) = Recent::new(folder, Last { number: 6, sum: 2 }).unwrap();
        assert!(others.is_empty());

        let bytes = std::fs::read(path(folder)).unwrap();
        for index in 0..usize::try_from(recent.end).unwrap() {
            let mut damaged = bytes.clone();
            damaged[index] ^= 4;
            std::fs::write(path(folder), damaged).unwrap();
            let ends = commits
                .iter()
                .map(|commit| usize::try_from(commit.end).unwrap());
            let intact = ends.take_while(|end| *end <= index).count();
            assert_eq!(numbers(folder), &[7, 8, 9, 10][..intact], "byte {index}");
        }
        std::fs::write(path(folder), &bytes).unwrap();

        // An older commit that follows the latest.
        recent.restart();
        let later = Last { number: 10, sum: 3 };
        recent.append(later, 11, &written[0]).unwrap();
        assert_eq!(numbers(folder), [11]);
        assert_eq!(std::fs::metadata(path(folder)).unwrap().len(), SIZE);
    }
}
