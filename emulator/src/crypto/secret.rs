//! Secret bytes.

use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Secret bytes: encoded key material, a plaintext or a shared secret. They are overwritten when
/// dropped, and `Debug` does not show them.
#[derive(Clone)]
pub(crate) struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }

    /// A hash that identifies the secret for one purpose. It reveals neither the secret nor its
    /// fingerprint for another purpose.
    pub(crate) fn fingerprint(&self, purpose: &str) -> [u8; 32] {
        let inner = Sha256::new_with_prefix(purpose.as_bytes())
            .chain_update([0])
            .chain_update(self.expose())
            .finalize();
        // Hashed twice to prevent length extension.
        Sha256::digest(inner).into()
    }

    /// The bytes, for a response.
    pub(crate) fn into_exposed(mut self) -> Vec<u8> {
        std::mem::take(&mut *self.0)
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretBytes(..)")
    }
}
