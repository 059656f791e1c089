//! Attestation documents: what a Nitro Enclave shows of itself.
//!
//! Real documents are signed by the hardware of AWS, under a root certificate of AWS. An emulator
//! has neither, so it has a root of its own: [`Document`] makes documents under it, and every
//! emulator believes those. The root's private key is public, part of this program and the same
//! everywhere, so that such a document proves nothing whatsoever; it makes the way of a secret
//! into an enclave testable, no more.
//!
//! | file | what |
//! | --- | --- |
//! | `cose` | the envelope and its signature |
//! | `payload` | the members and their limits |
//! | `chain` | the certificates |
//! | `document`, `leaf` | documents of our own |
//! | `root.der`, `root.p8` | the root: its certificate, valid 2020 to 2120, and its key |

mod chain;
mod cose;
mod document;
mod leaf;
mod payload;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;

use minicbor::Decoder;
use minicbor::data::Type;

use self::cose::Sign1;
use self::payload::Payload;
use crate::clock::Timestamp;
use crate::crypto::enveloped::RecipientKey;
use crate::crypto::es384::{self, Form};
use crate::crypto::{CryptoError, Random};

pub use document::Document;

/// The certificate of the emulator's own root.
const ROOT: &[u8] = include_bytes!("root.der");

/// Whose documents are believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Those of the emulator's own attestation root.
    OwnRoot,
    /// Anybody's that is well formed: nothing is verified.
    Anybody,
}

/// What a document has proven.
pub(crate) struct Attested {
    key: RecipientKey,
    pcrs: BTreeMap<u64, Vec<u8>>,
}

/// Why a document is not believed, or cannot be made.
#[derive(Debug)]
pub struct Refused(&'static str);

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl std::error::Error for Refused {}

impl From<minicbor::decode::Error> for Refused {
    fn from(_: minicbor::decode::Error) -> Self {
        Self("it is not the CBOR of a document")
    }
}

impl From<minicbor::encode::Error<Infallible>> for Refused {
    fn from(_: minicbor::encode::Error<Infallible>) -> Self {
        Self("it cannot be written")
    }
}

/// Reads a document and verifies it, as far as `trust` asks for it.
///
/// # Errors
///
/// The first reason found not to believe it.
pub(crate) fn verify(document: &[u8], trust: Trust, now: Timestamp) -> Result<Attested, Refused> {
    let envelope = Sign1::parse(document)?;
    let payload = Payload::parse(envelope.payload)?;
    match trust {
        Trust::OwnRoot => prove(&envelope, &payload, now)?,
        Trust::Anybody => {}
    }
    let key = payload.public_key.ok_or(Refused("it has no public_key"))?;
    let key = RecipientKey::parse(key).ok_or(Refused(
        "its public_key is not one of RSA with 2048 to 4096 bits",
    ))?;
    let pcrs = payload.pcrs.into_iter().flatten();
    Ok(Attested {
        key,
        pcrs: pcrs.map(|(index, pcr)| (index, pcr.to_vec())).collect(),
    })
}

fn prove(envelope: &Sign1<'_>, payload: &Payload<'_>, now: Timestamp) -> Result<(), Refused> {
    envelope.check()?;
    payload.check(envelope.payload.len())?;
    let bundle = payload.cabundle.as_deref().unwrap_or_default();
    if bundle.first() != Some(&ROOT) {
        return Err(Refused("its root is not the emulator's"));
    }
    let certificate = payload.certificate.unwrap_or_default();
    let point = chain::verify(bundle, certificate, now)?;
    let signed = envelope.signed()?;
    if es384::verifies(Form::Fixed, &point, &signed, envelope.signature) {
        Ok(())
    } else {
        Err(Refused("its signature is wrong"))
    }
}

impl Attested {
    /// A secret for the enclave alone: CMS `EnvelopedData`.
    ///
    /// # Errors
    ///
    /// If there is no randomness.
    pub(crate) fn seal(&self, secret: &[u8], random: &Random) -> Result<Vec<u8>, CryptoError> {
        self.key.seal(secret, random)
    }

    /// A measurement of the enclave; the first is that of its image.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "policies on measurements are not built yet")
    )]
    pub(crate) fn pcr(&self, index: u64) -> Option<&[u8]> {
        self.pcrs.get(&index).map(Vec::as_slice)
    }
}

/// Reads an array or a map of so many things, or up to its end if it does not say how many. A
/// claim to have more than there are bytes ends with the bytes.
fn repeat<'d>(
    cbor: &mut Decoder<'d>,
    things: Option<u64>,
    mut read: impl FnMut(&mut Decoder<'d>) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let Some(things) = things else {
        while cbor.datatype()? != Type::Break {
            read(cbor)?;
        }
        return Ok(cbor.skip()?);
    };
    for _ in 0..things {
        read(cbor)?;
    }
    Ok(())
}

#[cfg(test)]
mod forged_tests;
#[cfg(test)]
mod tests;
