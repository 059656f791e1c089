//! Records as entries of sled, each of at most 1 KiB.
//!
//! sled keeps about 17 entries on a page. It writes a page over a quarter of a segment to a file of its
//! own, and never syncs that file. Small entries keep every page far below that size.
//!
//! | Entry | Key | Value |
//! | --- | --- | --- |
//! | the first | the name | CRC-32 of name, NUL and bytes; the number of bytes; the first 1,024 bytes |
//! | the others | the name, NUL, and 1, 2, … in 4 bytes | the next 1,024 bytes each |
//!
//! All numbers are big endian. Names have no NUL, so the entries of a record follow one another.

use super::{Bytes, Name, Records};

/// The number of bytes of a record in one entry.
const PIECE: usize = 1024;
const PIECE_LENGTH: u32 = 1024;

/// The checksum and the length of a record, from its first entry.
#[derive(Clone, Copy)]
pub(super) struct Header {
    checksum: u32,
    length: u32,
}

impl Header {
    pub(super) fn of(name: &str, bytes: &[u8]) -> Self {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(name.as_bytes());
        hasher.update(&[0]);
        hasher.update(bytes);
        Self {
            checksum: hasher.finalize(),
            // Requests have limits that are far below this.
            length: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        }
    }

    /// Reads the value of a first entry.
    pub(super) fn read(value: &[u8]) -> Option<(Self, &[u8])> {
        let (checksum, rest) = value.split_first_chunk()?;
        let (length, piece) = rest.split_first_chunk()?;
        let header = Self {
            checksum: u32::from_be_bytes(*checksum),
            length: u32::from_be_bytes(*length),
        };
        Some((header, piece))
    }

    /// The number of entries of the record.
    pub(super) fn entries(self) -> u32 {
        self.length.div_ceil(PIECE_LENGTH).max(1)
    }

    /// The part of the record in the [sum](Joined::sum) over all records.
    pub(super) fn summand(self) -> u64 {
        (1 << 32) + u64::from(self.checksum)
    }
}

/// The key of an entry.
pub(super) fn key(name: &str, index: u32) -> Vec<u8> {
    let mut key = name.as_bytes().to_vec();
    if index > 0 {
        key.push(0);
        key.extend(index.to_be_bytes());
    }
    key
}

/// The name of the record and the index, from the key of an entry.
pub(super) fn parse(key: &[u8]) -> Option<(&str, u32)> {
    let (name, index) = match key.iter().position(|byte| *byte == 0) {
        None => (key, 0),
        Some(end) => {
            let (name, index) = key.split_at(end);
            (name, u32::from_be_bytes(index.get(1..)?.try_into().ok()?))
        }
    };
    Some((str::from_utf8(name).ok()?, index))
}

/// The entries of a record.
pub(super) fn split(name: &str, bytes: &[u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    let header = Header::of(name, bytes);
    (0..header.entries())
        .zip(0..)
        .map(move |(index, start): (u32, usize)| {
            let mut value = Vec::new();
            if index == 0 {
                value.extend(header.checksum.to_be_bytes());
                value.extend(header.length.to_be_bytes());
            }
            value.extend(bytes.chunks(PIECE).nth(start).unwrap_or_default());
            (key(name, index), value)
        })
}

/// Records from their entries.
pub(super) struct Joined {
    pub(super) records: Records,
    /// The sum of all checksums. It changes if a record is missing or is of an earlier time.
    pub(super) sum: u64,
    /// The names of the records that cannot be read.
    pub(super) unreadable: Vec<String>,
}

struct Partial {
    name: Name,
    header: Header,
    bytes: Vec<u8>,
    entries: u32,
}

/// Joins the entries of a database, sorted by key.
pub(super) fn join<E>(
    entries: impl Iterator<Item = Result<(sled::IVec, sled::IVec), E>>,
) -> Result<Joined, E> {
    let mut records = Vec::new();
    let mut unreadable = Vec::new();
    let mut sum = 0_u64;
    let mut partial: Option<Partial> = None;
    let mut finish = |partial: Option<Partial>, unreadable: &mut Vec<String>| {
        let Some(Partial {
            name,
            header,
            bytes,
            ..
        }) = partial
        else {
            return;
        };
        let found = Header::of(&name, &bytes);
        if (found.checksum, found.length) == (header.checksum, header.length) {
            sum = sum.wrapping_add(header.summand());
            records.push((name, Bytes::from(bytes)));
        } else {
            unreadable.push(name.to_string());
        }
    };
    for entry in entries {
        let (key, value) = entry?;
        let Some((name, index)) = parse(&key) else {
            unreadable.push(String::from_utf8_lossy(&key).into_owned());
            continue;
        };
        match &mut partial {
            Some(partial) if index > 0 && *partial.name == *name && index == partial.entries => {
                partial.bytes.extend_from_slice(&value);
                partial.entries += 1;
            }
            _ => {
                finish(partial.take(), &mut unreadable);
                match Header::read(&value) {
                    Some((header, piece)) if index == 0 => {
                        partial = Some(Partial {
                            name: name.into(),
                            header,
                            bytes: piece.to_vec(),
                            entries: 1,
                        });
                    }
                    _ => unreadable.push(name.to_owned()),
                }
            }
        }
    }
    finish(partial, &mut unreadable);
    unreadable.dedup();
    Ok(Joined {
        // The records are sorted, so building the map is fast.
        records: records.into_iter().collect(),
        sum,
        unreadable,
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    type Entries = Vec<(Vec<u8>, Vec<u8>)>;

    fn joined(entries: &Entries) -> Joined {
        let entries = entries
            .iter()
            .map(|(key, value)| Ok((key.as_slice().into(), value.as_slice().into())));
        let Ok(joined) = join::<Infallible>(entries);
        joined
    }

    fn entries() -> (Vec<(&'static str, Vec<u8>)>, Entries) {
        let records: Vec<_> = [
            ("a", 0),
            ("b", 1),
            ("c", PIECE),
            ("d", PIECE + 1),
            ("e", 9 * PIECE),
        ]
        .map(|(name, length)| {
            (
                name,
                (0..length).map(|index| index.to_le_bytes()[0]).collect(),
            )
        })
        .into();
        let entries = records
            .iter()
            .flat_map(|(name, bytes): &(_, Vec<u8>)| split(name, bytes))
            .collect();
        (records, entries)
    }

    #[test]
    fn joins_what_it_split() {
        let (records, entries) = entries();
        let lengths: Vec<_> = entries.iter().map(|(_, value)| value.len()).collect();
        assert_eq!(lengths.len(), 1 + 1 + 1 + 2 + 9);
        assert!(lengths.iter().all(|length| *length <= PIECE + 8));
        assert!(entries.is_sorted());
        let joined = joined(&entries);
        assert_eq!(joined.unreadable, Vec::<String>::new());
        let mut sum = 0;
        for (name, bytes) in records {
            assert_eq!(**joined.records.get(name).unwrap(), bytes);
            sum += Header::of(name, &bytes).summand();
        }
        assert_eq!(joined.sum, sum);
    }

    #[test]
    fn names_damaged_records_and_reads_the_others() {
        let (_, entries) = entries();
        let sum = joined(&entries).sum;
        for lost in 0..entries.len() {
            let mut rest = entries.clone();
            let (key, _) = rest.remove(lost);
            let joined = joined(&rest);
            assert_ne!(joined.sum, sum);
            assert_eq!(joined.records.len(), 4);
            assert!(
                joined
                    .unreadable
                    .iter()
                    .all(|name| name.as_str() == parse(&key).unwrap().0)
            );
        }
        for changed in 0..entries.len() {
            let mut damaged = entries.clone();
            if let Some(byte) = damaged[changed].1.last_mut() {
                *byte ^= 1;
            }
            let joined = joined(&damaged);
            assert_eq!(joined.unreadable, [parse(&damaged[changed].0).unwrap().0]);
            assert_ne!(joined.sum, sum);
        }
    }
}
