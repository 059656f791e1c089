//! The combinations of key spec, key usage and Region that KMS supports.

use crate::api::{KeyFamily, KeySpec, KeyUsage, Region};
use crate::error::{KmsError, message};

impl KeySpec {
    /// Checks that a key with this spec can be created.
    ///
    /// # Errors
    ///
    /// `UnsupportedOperationException` if the Region does not support the spec; `ValidationException`
    /// if the spec does not support the usage.
    pub(crate) fn require(self, usage: KeyUsage, region: &Region) -> Result<(), KmsError> {
        if self.family() == KeyFamily::Sm2 && !region.is_in_china() {
            return Err(message::key_spec_not_in_this_region(self));
        }
        if !self.usages().contains(&usage) {
            return Err(message::incompatible_key_usage(usage, self));
        }
        Ok(())
    }
}
