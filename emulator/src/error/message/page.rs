//! Pages of lists.

use super::{Code, KmsError, without_message};

pub(crate) fn invalid_marker() -> KmsError {
    without_message(Code::InvalidMarker)
}
