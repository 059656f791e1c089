//! Tags, and the rules for tags of a key.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::error::{KmsError, message};

/// A tag: `TagKey` and `TagValue` on the wire, and in records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    pub(crate) tag_key: String,
    pub(crate) tag_value: String,
}

/// The maximum number of tags on a key.
const MAX_TAGS: usize = 50;

/// Adds tags to the tags of a key. An existing tag key keeps its position and gets the new value
/// (recorded); other tags are appended in the given order.
///
/// # Errors
///
/// `TagException` for a duplicate or reserved tag key, a character that is not allowed, or more than 50
/// tags.
pub(crate) fn add(existing: &[Tag], added: Vec<Tag>) -> Result<Vec<Tag>, KmsError> {
    let mut distinct = HashSet::new();
    if let Some(tag) = added.iter().find(|tag| !distinct.insert(&tag.tag_key)) {
        return Err(message::duplicate_tag_keys(&tag.tag_key));
    }
    if let Some(tag) = added.iter().find(|tag| is_reserved(&tag.tag_key)) {
        return Err(message::reserved_tags(&tag.tag_key));
    }
    let is_valid = |tag: &Tag| {
        let texts = [&tag.tag_key, &tag.tag_value];
        texts.iter().all(|text| text.chars().all(is_allowed))
    };
    if let Some(tag) = added.iter().find(|tag| !is_valid(tag)) {
        return Err(message::invalid_tag(&tag.tag_key));
    }
    if added.len() > MAX_TAGS {
        return Err(message::too_many_tags(MAX_TAGS, added.len()));
    }
    let mut tags = existing.to_vec();
    for tag in added {
        match tags.iter_mut().find(|other| other.tag_key == tag.tag_key) {
            Some(other) => *other = tag,
            None => tags.push(tag),
        }
    }
    if tags.len() > MAX_TAGS {
        Err(message::too_many_tags(MAX_TAGS, tags.len()))
    } else {
        Ok(tags)
    }
}

/// Whether a tag can contain a character: letters, digits, spaces and `_ . : / = + - @` (documented).
fn is_allowed(character: char) -> bool {
    character.is_alphanumeric() || character == ' ' || "_.:/=+-@".contains(character)
}

/// `aws:` in any case (recorded for `AWS:`).
fn is_reserved(key: &str) -> bool {
    key.get(..4)
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"))
}
