//! Checks for `GenerateMac` and `VerifyMac`.

use crate::api::MacAlgorithm;
use crate::error::{KmsError, message};
use crate::key::Key;

/// Checks that a key has an algorithm.
///
/// # Errors
///
/// `InvalidKeyUsageException`.
pub(crate) fn require_algorithm(key: &Key, algorithm: MacAlgorithm) -> Result<(), KmsError> {
    let spec = key.record.spec;
    if spec.mac_algorithms().contains(&algorithm) {
        return Ok(());
    }
    Err(message::incompatible_algorithm(algorithm.as_str(), spec))
}
