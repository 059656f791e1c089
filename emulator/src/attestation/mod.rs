//! Attestation documents, which Nitro Enclaves present to KMS.
//!
//! AWS's hardware signs real documents under an AWS root certificate. The emulator has its own root:
//! [`Document`] creates documents under that root, and every emulator accepts them. The root's private
//! key is part of this crate and therefore public, so such a document proves nothing. It exists to
//! test how an enclave receives secrets.
//!
//! | file | content |
//! | --- | --- |
//! | `cose` | the envelope and its signature |
//! | `payload` | the members and their limits |
//! | `chain` | verification of certificates |
//! | `document`, `leaf` | creation of documents and their certificates |
//! | `root.der`, `root.p8` | the root certificate, valid from 2020 to 2120, and its private key |

mod chain;
mod cose;
mod document;
mod error;
mod leaf;
mod payload;

use std::collections::BTreeMap;

use minicbor::Decoder;
use minicbor::data::Type;

use self::cose::Sign1;
use self::error::Reason;
use self::payload::Payload;
use crate::clock::Timestamp;
use crate::crypto::enveloped::RecipientKey;
use crate::crypto::es384::{self, Form};
use crate::hex;

pub use document::Document;
pub use error::AttestationError;

/// The emulator's root certificate.
const ROOT: &[u8] = include_bytes!("root.der");

/// Which attestation documents are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trust {
    /// Documents under the emulator's attestation root.
    OwnRoot,
    /// Every well-formed document. Signatures are not verified.
    Any,
}

/// An accepted attestation document.
pub(crate) struct Attested {
    pub(crate) key: RecipientKey,
    /// The registers by their names in condition keys, in hexadecimal: `PCR0`.
    pub(crate) registers: BTreeMap<String, String>,
}

/// Parses a document, and verifies it unless `trust` is [`Trust::Any`].
///
/// # Errors
///
/// The first reason to reject the document.
pub(crate) fn verify(
    document: &[u8],
    trust: Trust,
    now: Timestamp,
) -> Result<Attested, AttestationError> {
    Ok(attested(document, trust, now)?)
}

fn attested(document: &[u8], trust: Trust, now: Timestamp) -> Result<Attested, Reason> {
    let envelope = Sign1::parse(document)?;
    let payload = Payload::parse(envelope.payload)?;
    match trust {
        Trust::OwnRoot => verify_signature(&envelope, &payload, now)?,
        Trust::Any => {}
    }
    let key = payload
        .public_key
        .ok_or(Reason::Invalid("public_key is missing"))?;
    let key = RecipientKey::parse(key).ok_or(Reason::Invalid(
        "public_key is not an RSA key of 2048 to 4096 bits",
    ))?;
    let registers = payload.pcrs.iter().flatten();
    let registers = registers.map(|(index, value)| (format!("PCR{index}"), hex::encode(value)));
    Ok(Attested {
        key,
        registers: registers.collect(),
    })
}

fn verify_signature(
    envelope: &Sign1<'_>,
    payload: &Payload<'_>,
    now: Timestamp,
) -> Result<(), Reason> {
    envelope.check()?;
    payload.check(envelope.payload.len())?;
    let bundle = payload.cabundle.as_deref().unwrap_or_default();
    if bundle.first() != Some(&ROOT) {
        return Err(Reason::Invalid("cabundle has another root"));
    }
    let certificate = payload.certificate.unwrap_or_default();
    let point = chain::verify(bundle, certificate, now)?;
    let message = envelope.signed_message()?;
    if es384::verify(Form::Fixed, &point, &message, envelope.signature) {
        Ok(())
    } else {
        Err(Reason::Invalid("the signature is invalid"))
    }
}

/// Parses and checks a payload and its certificates, for the fuzzers. In a document, they come after a valid envelope and
/// the root.
#[cfg(any(test, fuzzing))]
pub(crate) fn verify_payload(bytes: &[u8], now: Timestamp) {
    if let Ok(payload) = Payload::parse(bytes) {
        let _ = payload.check(bytes.len());
        let bundle = payload.cabundle.unwrap_or_default();
        let _ = chain::verify(&bundle, payload.certificate.unwrap_or_default(), now);
    }
}

/// The payload of a document, for the fuzzers to start from.
#[cfg(any(test, fuzzing))]
pub(crate) fn payload(document: &[u8]) -> Option<Vec<u8>> {
    Some(Sign1::parse(document).ok()?.payload.to_vec())
}

/// Reads `length` items of an array or a map, or all items up to the break if the length is
/// indefinite. A length that exceeds the input fails at the end of the input.
fn read_items<'d>(
    cbor: &mut Decoder<'d>,
    length: Option<u64>,
    mut read: impl FnMut(&mut Decoder<'d>) -> Result<(), Reason>,
) -> Result<(), Reason> {
    let Some(length) = length else {
        while cbor.datatype()? != Type::Break {
            read(cbor)?;
        }
        return Ok(cbor.skip()?);
    };
    for _ in 0..length {
        read(cbor)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
