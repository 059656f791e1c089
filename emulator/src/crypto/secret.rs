//! Secrets as bytes.

use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A secret as bytes: key material on its way to or from the store, a plaintext, a shared secret.
/// It is overwritten when dropped, and `Debug` shows nothing of it.
#[derive(Clone)]
pub(crate) struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }

    /// A name for the secret, for a purpose: it tells nothing of the secret, nor of its name for
    /// another purpose.
    pub(crate) fn fingerprint(&self, purpose: &str) -> [u8; 32] {
        let inner = Sha256::new_with_prefix(purpose.as_bytes())
            .chain_update([0])
            .chain_update(self.expose())
            .finalize();
        // Hashed twice, so that nothing can be appended to a secret unnoticed.
        Sha256::digest(inner).into()
    }

    /// The bytes, to be told to a client.
    pub(crate) fn into_exposed(mut self) -> Vec<u8> {
        std::mem::take(&mut *self.0)
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretBytes(..)")
    }
}
