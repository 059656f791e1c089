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
        if let Some(tag) = tags.iter().find(|tag| !keys.insert(lower(&tag.key))) {
            return Err(StsError::duplicate_tag_keys(&tag.key));
        }
        let mut transitive = transitive_keys.iter();
        if let Some(key) = transitive.find(|key| !keys.contains(&lower(key))) {
            return Err(StsError::transitive_key_without_tag(key));
        }
        if let Some(key) = inherited.keys().find(|key| keys.contains(&lower(key))) {
            return Err(StsError::transitive_key_conflict(key));
        }
        let transitive_keys: HashSet<_> = transitive_keys.iter().map(|key| lower(key)).collect();
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
