//! What was made in the upstream and here.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::bounded::Bounded;

/// The maximum number of keys and aliases.
const MAX: usize = 20_000;

pub(super) struct Made {
    /// The ids of keys, and names of aliases. A key has the input of its `CreateKey`, without secrets.
    resources: Bounded<Option<Arc<Value>>>,
}

impl Made {
    pub(super) fn new() -> Self {
        Self {
            resources: Bounded::new(MAX),
        }
    }

    pub(super) fn add_key(&mut self, id: &str, input: Option<Value>) {
        self.resources.insert(id, input.map(Arc::new));
    }

    pub(super) fn add_alias(&mut self, name: &str) {
        self.resources.insert(name, None);
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.resources.remove(name);
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.resources.get(name).is_some()
    }

    /// The input with which a key was made.
    pub(super) fn input(&self, id: &str) -> Option<Arc<Value>> {
        self.resources.get(id)?.clone()
    }
}

/// The keys and aliases that a request names, without accounts and Regions.
pub(super) fn references(input: &Map<String, Value>) -> Vec<&str> {
    const MEMBERS: [&str; 5] = [
        "KeyId",
        "SourceKeyId",
        "DestinationKeyId",
        "TargetKeyId",
        "AliasName",
    ];
    let found = MEMBERS.iter().filter_map(|name| input.get(*name)?.as_str());
    found
        .map(|text| match text.split_once(":key/") {
            Some((_, id)) => id,
            None => text
                .find(":alias/")
                .and_then(|at| text.get(at + 1..))
                .unwrap_or(text),
        })
        .collect()
}
