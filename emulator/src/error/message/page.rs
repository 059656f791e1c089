//! Pages of lists.

use super::{Code, KmsError, Mismatch, without_message};

pub(crate) fn invalid_marker(length: usize) -> KmsError {
    let expected = "the NextMarker of a page of the same list";
    let found = format!("another text of {length} bytes");
    let reason = Mismatch::new("Marker", expected, found);
    without_message(Code::InvalidMarker, reason)
}
