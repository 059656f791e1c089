//! The condition keys of a request.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The values of a request's condition keys. Names of keys ignore case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Context {
    keys: BTreeMap<String, Entry>,
    /// The names of the keys that it keeps, in lower case. `None`: of all keys.
    kept: Option<Arc<[String]>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) values: Vec<String>,
    /// Whether the key can have several values, by its type. One value does not make it single.
    pub(super) is_list: bool,
}

/// Reads a context, and notes which keys were asked for in vain.
pub(crate) struct Lookup<'c> {
    context: &'c Context,
    missing: BTreeSet<String>,
}

/// The global condition keys that are lists.
const LISTS: &[&str] = &[
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "aws:vpceorgpaths",
];

/// Whether a global condition key is a list.
pub(crate) fn is_list_key(name: &str) -> bool {
    LISTS.contains(&name.to_lowercase().as_str())
}

impl Context {
    /// A context that keeps only the keys with these names in lower case.
    pub(crate) fn only(kept: Arc<[String]>) -> Self {
        Self {
            keys: BTreeMap::new(),
            kept: Some(kept),
        }
    }

    /// Whether it keeps a key.
    pub(crate) fn keeps(&self, name: &str) -> bool {
        let Some(kept) = &self.kept else {
            return true;
        };
        if name.is_ascii() {
            kept.iter().any(|known| known.eq_ignore_ascii_case(name))
        } else {
            kept.contains(&name.to_lowercase())
        }
    }

    /// Whether it can keep a key whose name begins so.
    pub(crate) fn keeps_some(&self, start: &str) -> bool {
        let begins = |known: &String| {
            let own = known.get(..start.len());
            own.is_some_and(|own| own.eq_ignore_ascii_case(start))
        };
        let kept = self.kept.as_ref();
        kept.is_none_or(|kept| kept.iter().any(begins))
    }

    /// The length of all names and values.
    pub(crate) fn length(&self) -> usize {
        let lengths = self.keys.iter().map(|(name, entry)| {
            let values = entry.values.iter().map(String::len);
            name.len() + values.sum::<usize>()
        });
        lengths.sum()
    }

    /// Sets a key with one value.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        if self.keeps(name) {
            self.put(name, vec![value.into()], false);
        }
    }

    /// Sets a key with one value, which is made only if the context keeps the key.
    pub(crate) fn set_with(&mut self, name: &str, value: impl FnOnce() -> String) {
        if self.keeps(name) {
            self.put(name, vec![value()], false);
        }
    }

    /// Sets a key that is a list. A key without values is absent.
    pub(crate) fn set_list(&mut self, name: &str, values: impl IntoIterator<Item = String>) {
        if self.keeps(name) {
            self.put(name, values.into_iter().collect(), true);
        }
    }

    /// Sets a key whose type follows from its name, or from the number of its values.
    pub(crate) fn set_values(&mut self, name: &str, values: Vec<String>) {
        if self.keeps(name) {
            let is_list = values.len() > 1 || is_list_key(name);
            self.put(name, values, is_list);
        }
    }

    /// Sets a key that it keeps.
    fn put(&mut self, name: &str, values: Vec<String>, is_list: bool) {
        let name = name.to_lowercase();
        if values.is_empty() {
            self.keys.remove(&name);
        } else {
            self.keys.insert(name, Entry { values, is_list });
        }
    }
}

impl<'c> Lookup<'c> {
    pub(crate) fn new(context: &'c Context) -> Self {
        Self {
            context,
            missing: BTreeSet::new(),
        }
    }

    /// The keys that policies asked for and that the request does not have, as the policies write
    /// them.
    pub(crate) fn missing(self) -> BTreeSet<String> {
        self.missing
    }

    pub(super) fn get(&mut self, name: &str) -> Option<&'c Entry> {
        let entry = self.context.keys.get(&name.to_lowercase());
        if entry.is_none() {
            self.missing.insert(name.to_owned());
        }
        entry
    }

    /// The value of a policy variable. A list has none, not even the default (recorded).
    pub(super) fn variable<'v>(&mut self, key: &str, default: Option<&'v str>) -> Option<&'v str>
    where
        'c: 'v,
    {
        match self.get(key) {
            Some(entry) if entry.is_list => None,
            Some(entry) => entry.values.first().map(String::as_str),
            None => default,
        }
    }
}
