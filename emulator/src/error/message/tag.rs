//! Tags.

use super::{Code, KmsError, error};

pub(crate) fn duplicate_tag_keys() -> KmsError {
    error(Code::Tag, "Duplicate tag keys")
}

pub(crate) fn too_many_tags() -> KmsError {
    error(Code::Tag, "Too many tags")
}

/// Quoted by users for `&`.
pub(crate) fn invalid_tag() -> KmsError {
    error(Code::Tag, "Invalid tag")
}

pub(crate) fn reserved_tags() -> KmsError {
    error(Code::Tag, "Tags beginning with aws: are reserved")
}
