//! Tags of other emulators. AWS gives them no meaning, so this message is the emulator's own.

use super::{Code, KmsError, Mismatch, error};

/// A tag that chooses the id or the material of a new key, with a value that the key cannot have.
pub(crate) fn unusable_custom_tag(tag: &str, expected: &str, found: &str) -> KmsError {
    let text = format!(
        "In Simulated KMS, the tag {tag} chooses the id or the material of the key: expected {expected}, \
         found {found}. With --drop-in none, it is an ordinary tag."
    );
    error(Code::Tag, text).because(Mismatch::new(tag, expected, found))
}
