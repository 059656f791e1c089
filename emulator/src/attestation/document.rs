//! Documents of our own: what an enclave would show, if there were one.

use std::collections::BTreeMap;

use super::payload::{DIGEST, Payload};
use super::{ROOT, Refused, Trust, cose, leaf, verify};
use crate::clock::{Clock, Timestamp};
use crate::crypto::es384::{Es384Key, Form};

/// An attestation document to be signed under the emulator's own root, for the member `Recipient`
/// of a request. It proves nothing: anybody can make one.
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
#[must_use = "sign it"]
pub struct Document {
    public_key: Vec<u8>,
    module_id: String,
    pcrs: BTreeMap<u64, Vec<u8>>,
    user_data: Option<Vec<u8>>,
    nonce: Option<Vec<u8>>,
    at: Option<Timestamp>,
}

/// The registers that an enclave has. Those of one in debug mode are zeros, and so are ours until
/// they are said.
const REGISTERS: u64 = 16;
const UNMEASURED: [u8; 48] = [0; 48];

impl Document {
    /// A document of an enclave with an RSA public key, a DER `SubjectPublicKeyInfo`.
    pub fn new(public_key: impl Into<Vec<u8>>) -> Self {
        Self {
            public_key: public_key.into(),
            module_id: "i-00000000000000000-enc0000000000000000".to_owned(),
            pcrs: (0..REGISTERS)
                .map(|index| (index, UNMEASURED.to_vec()))
                .collect(),
            user_data: None,
            nonce: None,
            at: None,
        }
    }

    /// Sets a platform configuration register, 0 to 31, to a value of 32, 48 or 64 bytes.
    pub fn pcr(mut self, index: u8, value: impl Into<Vec<u8>>) -> Self {
        self.pcrs.insert(index.into(), value.into());
        self
    }

    /// Adds data of the enclave's choice, at most 512 bytes.
    pub fn user_data(mut self, user_data: impl Into<Vec<u8>>) -> Self {
        self.user_data = Some(user_data.into());
        self
    }

    /// Adds a nonce, at most 512 bytes.
    pub fn nonce(mut self, nonce: impl Into<Vec<u8>>) -> Self {
        self.nonce = Some(nonce.into());
        self
    }

    /// Names the module that issues the document.
    pub fn module_id(mut self, module_id: impl Into<String>) -> Self {
        self.module_id = module_id.into();
        self
    }

    /// Says when the document is made, instead of now. It is believed for three hours.
    pub fn at(mut self, at: Timestamp) -> Self {
        self.at = Some(at);
        self
    }

    /// Makes the document, with a key and a certificate of its own.
    ///
    /// # Errors
    ///
    /// If the emulator itself would not believe it: a member is not within its limits.
    pub fn sign(&self) -> Result<Vec<u8>, Refused> {
        let at = self.at.unwrap_or_else(|| Clock::system().now());
        let key = Es384Key::generate(Form::Fixed)?;
        let certificate = leaf::issue(key.point(), at)?;
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
            more: false,
        };
        let document = cose::envelope(&payload.encode()?, |message| Ok(key.sign(message)?))?;
        verify(&document, Trust::OwnRoot, at)?;
        Ok(document)
    }
}
