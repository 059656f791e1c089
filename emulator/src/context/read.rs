//! Access to records.

use std::collections::BTreeMap;

use super::{Lock, RequestContext, Services};
use crate::store::Bytes;

impl<L: Lock> RequestContext<'_, '_, L> {
    /// The record with that name. With the write lock, it includes the changes of the request.
    /// Without it, changes are visible after the consistency delay.
    pub(crate) fn get(&self, name: &str) -> Option<Bytes> {
        if let Some(changes) = self.lock.changes() {
            return changes.get(name);
        }
        let Services {
            consistency_delay,
            store,
            ..
        } = self.services();
        consistency_delay.visible(name, self.now(), store.get(name))
    }

    /// Calls `take` for the records with a prefix, sorted by name, after the given name, until it
    /// returns `false`. All names are without the prefix. Ignores the changes of the request.
    pub(crate) fn scan(
        &self,
        prefix: &str,
        after: Option<&str>,
        mut take: impl FnMut(&str, &Bytes) -> bool,
    ) {
        let mut take =
            |name: &str, bytes: &Bytes| take(name.strip_prefix(prefix).unwrap_or(name), bytes);
        let after = after.map(|after| format!("{prefix}{after}"));
        let Services {
            consistency_delay,
            store,
            ..
        } = self.services();
        if self.lock.changes().is_some() || consistency_delay.is_zero() {
            return store.scan(prefix, after.as_deref(), take);
        }
        let mut records = BTreeMap::new();
        store.scan(prefix, after.as_deref(), |name, bytes| {
            records.insert(name.to_owned(), bytes.clone());
            true
        });
        for (name, before) in consistency_delay.delayed(prefix, self.now()) {
            match before {
                Some(bytes) if after.as_ref().is_none_or(|after| *after < name) => {
                    records.insert(name, bytes);
                }
                _ => drop(records.remove(&name)),
            }
        }
        for (name, bytes) in &records {
            if !take(name, bytes) {
                return;
            }
        }
    }

    /// All names with a prefix, without the prefix.
    pub(super) fn names(&self, prefix: &str) -> Vec<String> {
        let mut names = Vec::new();
        self.scan(prefix, None, |name, _| {
            names.push(name.to_owned());
            true
        });
        names
    }
}
