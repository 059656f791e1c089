//! Pages of lists.

use super::{Code, KmsError, silent};

pub(crate) fn invalid_marker() -> KmsError {
    silent(Code::InvalidMarker)
}
