//! The last cryptographic use of each key, for `GetKeyLastUsage`.
//!
//! A write for each use would make each signature wait for the disk. So the last use is in memory,
//! and saved at most once a minute and when the emulator ends. Requests do not wait for it. A crash
//! loses the last minute. Real KMS reports uses with a delay, too.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::api::KeyArn;
use crate::clock::{Timestamp, millis};
use crate::journal;
use crate::store::{Store, StoreError, record};

/// The time between two writes for one key.
const SAVE_INTERVAL: Duration = Duration::from_secs(60);

/// The last use of a key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LastUse {
    pub(crate) operation: Cow<'static, str>,
    #[serde(with = "millis")]
    pub(crate) at: Timestamp,
    pub(crate) request_id: String,
}

/// The last uses of the keys that were used since the start.
#[derive(Default)]
pub(crate) struct LastUses(Mutex<HashMap<KeyArn, Entry>>);

struct Entry {
    last: LastUse,
    saved: Option<Timestamp>,
}

impl LastUse {
    /// The id of the CloudTrail event of this use.
    pub(crate) fn event_id(&self, key: &KeyArn) -> String {
        journal::event_id(&key.location.account, &self.request_id)
    }
}

impl LastUses {
    /// Records a use.
    ///
    /// # Errors
    ///
    /// Internal, if the store rejects writes.
    pub(crate) fn record(
        &self,
        store: &Store,
        key: KeyArn,
        last: LastUse,
    ) -> Result<(), StoreError> {
        let now = last.at;
        let mut all = self.lock();
        if let Some(known) = all.get_mut(&key) {
            let is_recent = |saved: Timestamp| now < saved.plus(SAVE_INTERVAL);
            if known.saved.is_some_and(is_recent) {
                known.last = last;
                return Ok(());
            }
        }
        let saved = Some(now);
        let unsaved = [(key.clone(), last.clone())];
        all.insert(key, Entry { last, saved });
        drop(all);
        save(store, &unsaved)
    }

    /// The last use of a key; `None` if it was never used.
    ///
    /// # Errors
    ///
    /// Internal: the record is damaged.
    pub(crate) fn get(&self, store: &Store, key: &KeyArn) -> Result<Option<LastUse>, StoreError> {
        if let Some(known) = self.lock().get(key) {
            return Ok(Some(known.last.clone()));
        }
        let name = name(key);
        let bytes = store.get(&name);
        bytes.map(|bytes| record::decode(&name, &bytes)).transpose()
    }

    /// Removes a deleted key.
    pub(crate) fn remove(&self, key: &KeyArn) {
        self.lock().remove(key);
    }

    /// Clears everything, after all records were replaced.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// Saves all uses that are newer than the saved ones.
    ///
    /// # Errors
    ///
    /// Internal, if the store rejects writes.
    pub(crate) fn save_all(&self, store: &Store) -> Result<(), StoreError> {
        let known = self.lock();
        let newer = known
            .iter()
            .filter(|(_, known)| known.saved.is_none_or(|saved| saved < known.last.at));
        let newer: Vec<_> = newer
            .map(|(key, known)| (key.clone(), known.last.clone()))
            .collect();
        drop(known);
        save(store, &newer)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<KeyArn, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of the record.
pub(crate) fn name(key: &KeyArn) -> String {
    format!("last-use/{}/{}", key.location, key.id)
}

fn save(store: &Store, uses: &[(KeyArn, LastUse)]) -> Result<(), StoreError> {
    // The store writes few changes faster than many.
    for uses in uses.chunks(32) {
        let mut changes = store.begin()?;
        for (key, last) in uses {
            let name = name(key);
            let bytes = record::encode(&name, last)?;
            changes.put(name, bytes);
        }
        // No reply depends on this, so no request waits for it.
        drop(changes.commit()?);
    }
    Ok(())
}
