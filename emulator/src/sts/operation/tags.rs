//! Tags of sessions.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use crate::error::StsError;

/// A tag in a request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tag {
    pub(super) key: String,
    pub(super) value: String,
}

/// The tags of a request by their keys.
pub(super) fn by_key(tags: &[Tag]) -> BTreeMap<String, String> {
    let tags = tags.iter().map(|tag| (tag.key.clone(), tag.value.clone()));
    tags.collect()
}

/// The tags of a new session.
#[derive(Default)]
pub(super) struct SessionTags {
    pub(super) all: BTreeMap<String, String>,
    /// Those that the session keeps when it assumes a further role.
    pub(super) transitive: BTreeMap<String, String>,
}

impl SessionTags {
    /// The tags of a request, with those that the caller's session hands on.
    ///
    /// # Errors
    ///
    /// `InvalidParameterValue`: keys are equal but for their case, a transitive key has no tag, or a tag
    /// replaces one that is handed on.
    pub(super) fn new(
        tags: &[Tag],
        transitive_keys: &[String],
        inherited: &BTreeMap<String, String>,
    ) -> Result<Self, StsError> {
        // Keys are case insensitive.
        let lower = |key: &str| key.to_lowercase();
        let mut keys = HashSet::new();
        if !tags.iter().all(|tag| keys.insert(lower(&tag.key))) {
            return Err(StsError::duplicate_tag_keys());
        }
        let transitive_keys: HashSet<_> = transitive_keys.iter().map(|key| lower(key)).collect();
        if !transitive_keys.is_subset(&keys) {
            return Err(StsError::transitive_key_without_tag());
        }
        if inherited.keys().any(|key| keys.contains(&lower(key))) {
            return Err(StsError::transitive_key_conflict());
        }
        let mut session = Self {
            all: inherited.clone(),
            transitive: inherited.clone(),
        };
        for Tag { key, value } in tags {
            session.all.insert(key.clone(), value.clone());
            if transitive_keys.contains(&lower(key)) {
                session.transitive.insert(key.clone(), value.clone());
            }
        }
        Ok(session)
    }
}
