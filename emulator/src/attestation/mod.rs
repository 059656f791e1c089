//! Attestation documents.

use std::fmt;

use crate::clock::Timestamp;
use crate::crypto::{CryptoError, Random};

/// Whose documents are believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Those of the emulator's own attestation root.
    OwnRoot,
    /// Anybody's that is well formed: nothing is verified.
    Anybody,
}

/// What a document has proven.
pub(crate) struct Attested {}

/// Why a document was not believed.
#[derive(Debug)]
pub(crate) struct Refused(&'static str);

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

/// Reads a document and verifies it.
pub(crate) fn verify(document: &[u8], trust: Trust, now: Timestamp) -> Result<Attested, Refused> {
    let _ = (document, trust, now);
    Err(Refused("not yet"))
}

impl Attested {
    /// CMS `EnvelopedData`.
    pub(crate) fn seal(&self, secret: &[u8], random: &Random) -> Result<Vec<u8>, CryptoError> {
        let _ = (secret, random);
        Err(CryptoError::Failed("seal"))
    }
}
