//! The content of the database: its format, its records and the writes to it.

use std::cell::Cell;
use std::io;
use std::path::{Path, PathBuf};

use super::acknowledged::{self, Acknowledged};
use super::backup::Backup;
use super::clean;
use super::content::{COMMIT_ENTRY, Content, FORMAT_ENTRY, Format, Last};
use super::database::{DATABASE, Database, FORMAT, MAX_ENTRIES};
use super::guard::{Panic, guarded};
use super::pieces::{self, Header};
use super::recent::{Changes, Recent};
use super::{Bytes, Change, Name, Records, StoreError, records_file};

pub(super) struct Writer {
    folder: PathBuf,
    path: PathBuf,
    /// `None` only while the database is being replaced, and after that failed.
    database: Option<Database>,
    format: Format,
    /// The last commit that the database has.
    last: Last,
    /// The number of the last commit.
    number: u64,
    recent: Recent,
    /// The changes that the database does not have yet.
    pending: Changes,
    /// The number of entries of sled that they change, at most.
    entries: u32,
    acknowledged: Acknowledged,
}

impl Writer {
    /// Opens the database and reads all records, if they are not `known` from another file. No other process may use
    /// the folder.
    pub(super) fn open(
        folder: &Path,
        known: impl FnOnce(Last) -> Option<Records>,
    ) -> Result<(Self, Records), StoreError> {
        let path = folder.join(DATABASE);
        let open = || {
            let folder_error = |error: io::Error| StoreError::folder(folder, error);
            let content = Content::read(folder, &path, known)?;
            let (recent, commits) = Recent::new(folder, content.last).map_err(folder_error)?;
            let number = commits
                .last()
                .map_or(content.last.number, |last| last.number);
            let (acknowledged, expected) = Acknowledged::open(folder).map_err(folder_error)?;
            let missing = expected.unwrap_or(0).saturating_sub(number);
            if missing > 0 {
                return Err(StoreError::damaged(folder, missing_writes(missing)));
            }
            if content.format != Format::None {
                // After a kill, the system may have written, but not synced, what was read now.
                content.database.sync().map_err(folder_error)?;
            }
            let mut writer = Self {
                folder: folder.to_owned(),
                path: path.clone(),
                database: Some(content.database),
                format: content.format,
                last: content.last,
                number,
                recent,
                pending: Changes::new(),
                entries: 0,
                acknowledged,
            };
            if !commits.is_empty() {
                writer.recent.sync().map_err(folder_error)?;
            }
            let mut records = content.records;
            for commit in commits {
                writer.entries += writer.entries_of(&commit.changes);
                for (name, bytes) in &commit.changes {
                    records.set(Name::clone(name), bytes.clone());
                }
                writer.pending.extend(commit.changes);
            }
            Ok((writer, records))
        };
        guarded(open).unwrap_or_else(|panic| Err(opening_error(folder, panic)))
    }

    /// Whether a database can be opened, and has all acknowledged writes. This changes it.
    pub(super) fn can_open(folder: &Path, path: &Path) -> bool {
        let acknowledged = acknowledged::read(folder).ok().flatten().unwrap_or(0);
        let content = guarded(|| Content::read(folder, path, |_| None));
        content
            .is_ok_and(|content| content.is_ok_and(|content| content.last.number >= acknowledged))
    }

    /// Converts a database of format 2.
    pub(super) fn into_current_format(mut self, records: &Records) -> Result<Self, StoreError> {
        if self.format == Format::Earlier {
            guarded(|| self.convert(records))
                .unwrap_or_else(|panic| Err(io::Error::other(panic)))
                .map_err(|error| StoreError::folder(&self.folder, error))?;
        }
        Ok(self)
    }

    fn convert(&mut self, records: &Records) -> io::Result<()> {
        let sum = records.iter().fold(0_u64, |sum, (name, bytes)| {
            sum.wrapping_add(Header::of(name, bytes).summand())
        });
        self.last.sum = sum;
        let entries = records
            .iter()
            .flat_map(|(name, bytes)| pieces::split(name, bytes))
            .map(|(key, value)| Ok((key.into(), value.into())));
        let last = self.last;
        self.replace(entries, || last)
    }

    /// The number of entries of sled that changes change, with those of the commit itself. Does not count far beyond
    /// the maximum.
    pub(super) fn entries_of<'c>(
        &self,
        changes: impl IntoIterator<Item = (&'c Name, &'c Option<Bytes>)>,
    ) -> u32 {
        let mut entries = 1_u32;
        for (name, bytes) in changes {
            if entries > MAX_ENTRIES {
                break;
            }
            let before = self.header(name).ok().flatten();
            let after = bytes.as_ref().map(|bytes| Header::of(name, bytes));
            let headers = before.into_iter().chain(after);
            let count = headers.map(Header::entries).max().unwrap_or(0);
            entries = entries.saturating_add(count);
        }
        entries
    }

    /// Writes the changes as one commit, durably. They change that number of entries of sled, at most.
    pub(super) fn write<'c>(
        &mut self,
        changes: impl Iterator<Item = &'c Change>,
        entries: u32,
    ) -> Result<(), StoreError> {
        let changes: Changes = changes.cloned().collect();
        guarded(|| self.commit(changes, entries))
            .unwrap_or_else(|panic| Err(io::Error::other(panic)))
            .map_err(|error| {
                if self.is_in_place() {
                    StoreError::write(error)
                } else {
                    self.removed()
                }
            })?;
        // A write into a removed file succeeds.
        if !self.is_in_place() {
            return Err(self.removed());
        }
        self.acknowledged
            .write(self.number)
            .map_err(StoreError::write)
    }

    fn commit(&mut self, changes: Changes, entries: u32) -> io::Result<()> {
        let number = self.number + 1;
        let is_small = entries <= MAX_ENTRIES && self.format == Format::Current;
        if !is_small || self.entries + entries > MAX_ENTRIES {
            self.store_recent()?;
        }
        if is_small {
            self.recent.append(self.last, number, &changes)?;
            self.entries += entries;
            self.pending.extend(changes);
        } else {
            self.store(&changes, number)?;
        }
        self.number = number;
        Ok(())
    }

    /// Writes the recent commits to the database, durably.
    fn store_recent(&mut self) -> io::Result<()> {
        if self.number > self.last.number {
            let changes = std::mem::take(&mut self.pending);
            self.store(&changes, self.number)?;
        }
        self.recent.restart();
        self.entries = 0;
        Ok(())
    }

    /// Writes changes to the database, durably. It then has the commits up to that number.
    fn store(&mut self, changes: &Changes, number: u64) -> io::Result<()> {
        let sum = self.last.sum;
        let mut last = Last { number, sum };
        for (name, bytes) in changes {
            if let Some(bytes) = bytes {
                last.sum = last.sum.wrapping_add(Header::of(name, bytes).summand());
            }
        }
        self.last = match self.batch(changes, last)? {
            Some((batch, last)) => {
                self.database()?.write(batch)?;
                last
            }
            None => self.rewrite(changes, last)?,
        };
        self.format = Format::Current;
        Ok(())
    }

    /// The changes as a batch of sled; `None` if they are too many. `last` does not know yet what the changes
    /// replace.
    fn batch(&self, changes: &Changes, mut last: Last) -> io::Result<Option<(sled::Batch, Last)>> {
        let mut batch = sled::Batch::default();
        let mut count = 0;
        for (name, bytes) in changes {
            let mut entries = 0;
            if let Some(bytes) = bytes {
                for (key, value) in pieces::split(name, bytes) {
                    batch.insert(key, value);
                    entries += 1;
                }
            }
            if let Some(before) = self.header(name)? {
                last.sum = last.sum.wrapping_sub(before.summand());
                for index in entries..before.entries() {
                    batch.remove(pieces::key(name, index));
                }
                entries = entries.max(before.entries());
            }
            count += entries;
            if count > MAX_ENTRIES {
                return Ok(None);
            }
        }
        batch.insert(COMMIT_ENTRY, last.to_bytes());
        if self.format == Format::None {
            batch.insert(FORMAT_ENTRY, FORMAT);
        }
        Ok(Some((batch, last)))
    }

    /// Writes a second database, with changes, and replaces the database by it. Until it is complete,
    /// the database is unchanged. `last` does not know yet what the changes replace.
    fn rewrite(&mut self, changes: &Changes, last: Last) -> io::Result<Last> {
        let last = Cell::new(last);
        let is_kept = |key: &[u8], value: &[u8]| {
            let Some((name, index)) = pieces::parse(key) else {
                return true;
            };
            if !changes.contains_key(name) {
                return key != FORMAT_ENTRY && key != COMMIT_ENTRY;
            }
            if let (0, Some((header, _))) = (index, Header::read(value)) {
                let Last { number, sum } = last.get();
                let sum = sum.wrapping_sub(header.summand());
                last.set(Last { number, sum });
            }
            false
        };
        let kept = self.database()?.entries().filter(|entry| {
            entry
                .as_ref()
                .map_or(true, |(key, value)| is_kept(key, value))
        });
        let stored = changes
            .iter()
            .filter_map(|(name, bytes)| Some((name, bytes.as_ref()?)));
        let new = stored.flat_map(|(name, bytes)| pieces::split(name, bytes));
        let new = new.map(|(key, value)| Ok((key.into(), value.into())));
        self.replace(kept.chain(new), || last.get())?;
        Ok(last.get())
    }

    /// Replaces the database by one with these entries. `last` is asked for after them.
    fn replace(
        &mut self,
        entries: impl Iterator<Item = sled::Result<(sled::IVec, sled::IVec)>>,
        last: impl FnOnce() -> Last,
    ) -> io::Result<()> {
        let format = std::iter::once(Ok((FORMAT_ENTRY.into(), FORMAT.into())));
        let commit = || Ok((COMMIT_ENTRY.into(), last().to_bytes().into()));
        let ours = format.chain(std::iter::once_with(commit));
        let backup = Backup::new(&self.path);
        backup.clear()?;
        Database::create(&backup.unfinished(), entries.chain(ours))?;
        // A folder that was removed is not made again.
        if !self.is_in_place() {
            return Err(io::Error::other("the folder was removed"));
        }
        self.database = None;
        backup.replace()?;
        self.database = Some(Database::open(&self.path)?);
        Ok(())
    }

    /// The first entry of a record says how many there are.
    fn header(&self, name: &str) -> io::Result<Option<Header>> {
        let entry = self.database()?.get(name.as_bytes())?;
        Ok(entry.and_then(|entry| Header::read(&entry).map(|(header, _)| header)))
    }

    fn database(&self) -> io::Result<&Database> {
        self.database
            .as_ref()
            .ok_or_else(|| io::Error::other("the database is closed"))
    }

    fn is_in_place(&self) -> bool {
        self.database.as_ref().is_none_or(Database::is_in_place) && self.recent.is_in_place()
    }

    fn removed(&self) -> StoreError {
        StoreError::Removed {
            folder: self.folder.clone(),
        }
    }

    /// Whether the number of the last acknowledged commit is synced.
    pub(super) fn is_settled(&self) -> bool {
        self.acknowledged.is_synced()
    }

    pub(super) fn settle(&mut self) {
        if let Err(error) = self.acknowledged.sync() {
            // The number only serves to notice damage.
            tracing::warn!("cannot sync the number of the last write: {error}");
        }
    }

    /// Closes the database, and notes its checksum. `records` are all that it has.
    pub(super) fn close(mut self, records: &Records) -> io::Result<()> {
        let is_in_place = self.is_in_place();
        if is_in_place {
            guarded(|| self.store_recent()).map_err(io::Error::other)??;
        }
        let Some(database) = self.database.take() else {
            return Ok(());
        };
        let mut file = database.close()?;
        if is_in_place {
            self.acknowledged.sync()?;
            if let Err(error) = records_file::write(&self.folder, self.last, records) {
                // The next start reads the database.
                tracing::warn!("cannot write the file for a faster start: {error}");
                records_file::remove(&self.folder);
            }
            clean::write(&self.folder, &mut file)?;
        }
        Ok(())
    }
}

pub(super) fn missing_writes(count: u64) -> String {
    format!("the last {count} acknowledged writes are missing")
}

fn opening_error(folder: &Path, panic: Panic) -> StoreError {
    if panic.is_about_the_clock() {
        let folder = folder.to_owned();
        return StoreError::Clock { folder };
    }
    StoreError::damaged(folder, panic)
}
