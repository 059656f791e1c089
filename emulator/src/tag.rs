//! Tags, and the rules that a set of them keeps.

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

/// The most tags that a key may have.
const MOST: usize = 50;

/// Adds tags to those that a key has. A tag whose key is there already keeps its place and takes
/// the new value (recorded); others follow in the order given.
///
/// # Errors
///
/// `TagException` for a key that comes twice, one that is reserved, or more tags than 50.
pub(crate) fn add(present: &[Tag], added: Vec<Tag>) -> Result<Vec<Tag>, KmsError> {
    let distinct: HashSet<_> = added.iter().map(|tag| tag.tag_key.as_str()).collect();
    if distinct.len() < added.len() {
        return Err(message::duplicate_tag_keys());
    }
    if added.iter().any(|tag| is_reserved(&tag.tag_key)) {
        return Err(message::reserved_tags());
    }
    if added.len() > MOST {
        return Err(message::too_many_tags());
    }
    let mut tags = present.to_vec();
    for tag in added {
        match tags.iter_mut().find(|other| other.tag_key == tag.tag_key) {
            Some(other) => *other = tag,
            None => tags.push(tag),
        }
    }
    if tags.len() > MOST {
        Err(message::too_many_tags())
    } else {
        Ok(tags)
    }
}

/// `aws:` in any case (recorded for `AWS:` too).
fn is_reserved(key: &str) -> bool {
    key.get(..4)
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"))
}
