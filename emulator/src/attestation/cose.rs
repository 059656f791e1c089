//! `COSE_Sign1` (RFC 9052), the envelope of an attestation document: two headers, the payload and
//! the signature.
//!
//! This uses `minicbor` directly: the crate `coset` would bring a second CBOR library for one array of
//! four elements.

use minicbor::data::{Tag, Type};
use minicbor::{Decoder, Encoder};

use super::{Reason, read_items};

/// The optional tag before the envelope. Enclaves receive their documents without it.
const TAG: u64 = 18;
/// `{1: -35}`, the header for ES384, in deterministic encoding.
const ES384: &[u8] = &[0xa1, 0x01, 0x38, 0x22];
const CONTEXT: &str = "Signature1";

/// A parsed envelope.
pub(super) struct Sign1<'d> {
    protected: &'d [u8],
    /// Whether the unprotected header, which the signature does not cover, is empty.
    unprotected_is_empty: bool,
    pub(super) payload: &'d [u8],
    pub(super) signature: &'d [u8],
}

impl<'d> Sign1<'d> {
    /// Parses an envelope.
    pub(super) fn parse(document: &'d [u8]) -> Result<Self, Reason> {
        let mut cbor = Decoder::new(document);
        if cbor.datatype()? == Type::Tag && cbor.tag()? != Tag::new(TAG) {
            return Err(Reason::Invalid("the CBOR tag is not COSE_Sign1"));
        }
        if cbor.array()? != Some(4) {
            return Err(Reason::Invalid("the document is not an array of four"));
        }
        let protected = cbor.bytes()?;
        let members = cbor.map()?;
        let unprotected_is_empty = members == Some(0);
        read_items(&mut cbor, members, |cbor| {
            cbor.skip()?;
            Ok(cbor.skip()?)
        })?;
        let (payload, signature) = (cbor.bytes()?, cbor.bytes()?);
        if cbor.position() != document.len() {
            return Err(Reason::Invalid("extra bytes follow the document"));
        }
        Ok(Self {
            protected,
            unprotected_is_empty,
            payload,
            signature,
        })
    }

    /// Checks that the headers are exactly those of an attestation document.
    pub(super) fn check(&self) -> Result<(), Reason> {
        if self.protected != ES384 {
            return Err(Reason::Invalid("the signature algorithm is not ES384"));
        }
        if !self.unprotected_is_empty {
            return Err(Reason::Invalid("the unprotected header is not empty"));
        }
        Ok(())
    }

    /// The bytes that the signature covers.
    pub(super) fn signed_message(&self) -> Result<Vec<u8>, Reason> {
        signed_message(self.protected, self.payload)
    }
}

fn signed_message(protected: &[u8], payload: &[u8]) -> Result<Vec<u8>, Reason> {
    let mut cbor = Encoder::new(Vec::new());
    cbor.array(4)?
        .str(CONTEXT)?
        .bytes(protected)?
        .bytes(&[])?
        .bytes(payload)?;
    Ok(cbor.into_writer())
}

/// Wraps a payload in an envelope, with the signature that `sign` returns for a message.
pub(super) fn envelope(
    payload: &[u8],
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, Reason>,
) -> Result<Vec<u8>, Reason> {
    let signature = sign(&signed_message(ES384, payload)?)?;
    let mut cbor = Encoder::new(Vec::new());
    cbor.array(4)?
        .bytes(ES384)?
        .map(0)?
        .bytes(payload)?
        .bytes(&signature)?;
    Ok(cbor.into_writer())
}
