//! Creation of attestation documents.

use std::collections::BTreeMap;

use super::payload::{DIGEST, Payload};
use super::{AttestationError, ROOT, Reason, Trust, attested, cose, leaf};
use crate::clock::{Clock, Timestamp};
use crate::crypto::es384::Es384Key;

/// An attestation document under the emulator's root, for the member `Recipient` of a request. It
/// proves nothing, because the root's private key is public.
///
/// ```no_run
/// use kms_emulator::attestation::Document;
///
/// let public_key = std::fs::read("enclave-public-key.der")?;
/// let document = Document::new(public_key)
///     .pcr(0, [0xab; 48])
///     .nonce(b"nonce")
///     .sign()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "call `sign` to create the document"]
pub struct Document {
    public_key: Vec<u8>,
    module_id: String,
    pcrs: BTreeMap<u64, Vec<u8>>,
    user_data: Option<Vec<u8>>,
    nonce: Option<Vec<u8>>,
    created_at: Option<Timestamp>,
}

/// The number of platform configuration registers (PCRs) that an enclave has.
const PCR_COUNT: u64 = 16;
/// A PCR of an enclave in debug mode, and the default here.
const ZERO_PCR: [u8; 48] = [0; 48];

impl Document {
    /// A document for an RSA public key, in DER `SubjectPublicKeyInfo` form.
    pub fn new(public_key: impl Into<Vec<u8>>) -> Self {
        Self {
            public_key: public_key.into(),
            module_id: "i-00000000000000000-enc0000000000000000".to_owned(),
            pcrs: (0..PCR_COUNT)
                .map(|index| (index, ZERO_PCR.to_vec()))
                .collect(),
            user_data: None,
            nonce: None,
            created_at: None,
        }
    }

    /// Sets a platform configuration register, 0 to 31, to a value of 32, 48 or 64 bytes.
    pub fn pcr(mut self, index: u8, value: impl Into<Vec<u8>>) -> Self {
        self.pcrs.insert(index.into(), value.into());
        self
    }

    /// Sets the user data, at most 512 bytes.
    pub fn user_data(mut self, user_data: impl Into<Vec<u8>>) -> Self {
        self.user_data = Some(user_data.into());
        self
    }

    /// Sets the nonce, at most 512 bytes.
    pub fn nonce(mut self, nonce: impl Into<Vec<u8>>) -> Self {
        self.nonce = Some(nonce.into());
        self
    }

    /// Sets the id of the module that issues the document.
    pub fn module_id(mut self, module_id: impl Into<String>) -> Self {
        self.module_id = module_id.into();
        self
    }

    /// Sets the time of creation; the default is now. The document is valid for three hours.
    pub fn at(mut self, at: Timestamp) -> Self {
        self.created_at = Some(at);
        self
    }

    /// Creates the document, with a new key and a new certificate.
    ///
    /// # Errors
    ///
    /// If a member exceeds its limits. The emulator would reject such a document.
    pub fn sign(&self) -> Result<Vec<u8>, AttestationError> {
        Ok(self.signed()?)
    }

    fn signed(&self) -> Result<Vec<u8>, Reason> {
        let at = self.created_at.unwrap_or_else(|| Clock::system().now());
        let key = Es384Key::generate()?;
        let certificate = leaf::issue(&key, at)?;
        let pcrs = self.pcrs.iter();
        let payload = Payload {
            module_id: Some(&self.module_id),
            digest: Some(DIGEST),
            timestamp: u64::try_from(at.millis()).ok(),
            pcrs: Some(pcrs.map(|(index, pcr)| (*index, pcr.as_slice())).collect()),
            certificate: Some(&certificate),
            cabundle: Some(vec![ROOT]),
            public_key: Some(&self.public_key),
            user_data: self.user_data.as_deref(),
            nonce: self.nonce.as_deref(),
            has_unknown_member: false,
        };
        let document = cose::envelope(&payload.encode()?, |message| Ok(key.sign(message)?))?;
        attested(&document, Trust::OwnRoot, at)?;
        Ok(document)
    }
}
