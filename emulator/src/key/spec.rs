//! Which keys KMS creates.

use crate::api::{KeyFamily, KeySpec, KeyUsage, Region};
use crate::error::{KmsError, message};

impl KeySpec {
    /// Refuses a key that KMS does not offer: the Region does not have the spec, or the spec does
    /// not allow the usage.
    ///
    /// # Errors
    ///
    /// `UnsupportedOperationException` or `ValidationException`.
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
