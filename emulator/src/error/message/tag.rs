//! Tags.

use super::{Code, KmsError, Mismatch, error};

pub(crate) fn duplicate_tag_keys(key: &str) -> KmsError {
    let reason = Mismatch::new("Tags", "each key once", format!("`{key}` again"));
    error(Code::Tag, "Duplicate tag keys").because(reason)
}

pub(crate) fn too_many_tags(max: usize, count: usize) -> KmsError {
    let reason = Mismatch::new("Tags", format!("at most {max} on a key"), count.to_string());
    error(Code::Tag, "Too many tags").because(reason)
}

/// Quoted by users for `&`.
pub(crate) fn invalid_tag(key: &str) -> KmsError {
    let expected = "letters, digits, spaces and _ . : / = + - @";
    let found = format!("other characters in the tag `{key}`");
    error(Code::Tag, "Invalid tag").because(Mismatch::new("Tags", expected, found))
}

pub(crate) fn reserved_tags(key: &str) -> KmsError {
    let reason = Mismatch::new("Tags", "keys that do not begin with aws:", key);
    error(Code::Tag, "Tags beginning with aws: are reserved").because(reason)
}
