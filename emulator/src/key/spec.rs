//! The combinations of key spec, key usage and Region that KMS supports.

use crate::api::{KeyFamily, KeySpec, KeyUsage, Region};
use crate::error::{KmsError, message};

impl KeySpec {
    /// Checks that a Region supports the spec.
    ///
    /// # Errors
    ///
    /// `UnsupportedOperationException`.
    pub(crate) fn require_region(self, region: &Region) -> Result<(), KmsError> {
        if self.family() == KeyFamily::Sm2 && !region.is_in_china() {
            return Err(message::key_spec_not_in_this_region(self));
        }
        Ok(())
    }

    /// Checks that the spec supports a usage.
    ///
    /// # Errors
    ///
    /// `ValidationException`.
    pub(crate) fn require_usage(self, usage: KeyUsage) -> Result<(), KmsError> {
        if !self.usages().contains(&usage) {
            return Err(message::incompatible_key_usage(usage, self));
        }
        Ok(())
    }
}
