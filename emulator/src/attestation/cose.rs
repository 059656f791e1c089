//! `COSE_Sign1` (RFC 9052), the envelope of an attestation document: two headers, the payload,
//! the signature.

use minicbor::data::{Tag, Type};
use minicbor::{Decoder, Encoder};

use super::{Refused, repeat};

/// The tag that may stand before the envelope, and does not in what an enclave gets.
const TAG: u64 = 18;
/// `{1: -35}`, the header that says ES384, in its only deterministic encoding.
const ES384: &[u8] = &[0xa1, 0x01, 0x38, 0x22];
const CONTEXT: &str = "Signature1";

/// The envelope, open.
pub(super) struct Sign1<'d> {
    protected: &'d [u8],
    /// Whether the header that nobody signs is empty.
    bare: bool,
    pub(super) payload: &'d [u8],
    pub(super) signature: &'d [u8],
}

impl<'d> Sign1<'d> {
    /// Opens an envelope.
    pub(super) fn parse(document: &'d [u8]) -> Result<Self, Refused> {
        let mut cbor = Decoder::new(document);
        if cbor.datatype()? == Type::Tag && cbor.tag()? != Tag::new(TAG) {
            return Err(Refused("its tag is not the one of COSE_Sign1"));
        }
        if cbor.array()? != Some(4) {
            return Err(Refused("it is not an array of four"));
        }
        let protected = cbor.bytes()?;
        let members = cbor.map()?;
        let bare = members == Some(0);
        repeat(&mut cbor, members, |cbor| {
            cbor.skip()?;
            Ok(cbor.skip()?)
        })?;
        let (payload, signature) = (cbor.bytes()?, cbor.bytes()?);
        if cbor.position() != document.len() {
            return Err(Refused("something follows it"));
        }
        Ok(Self {
            protected,
            bare,
            payload,
            signature,
        })
    }

    /// Whether it claims to be signed as documents are, and no more than that.
    pub(super) fn check(&self) -> Result<(), Refused> {
        if self.protected != ES384 {
            return Err(Refused("its algorithm is not ES384"));
        }
        if !self.bare {
            return Err(Refused("its unprotected header is not empty"));
        }
        Ok(())
    }

    /// What the signature is of.
    pub(super) fn signed(&self) -> Result<Vec<u8>, Refused> {
        to_be_signed(self.protected, self.payload)
    }
}

fn to_be_signed(protected: &[u8], payload: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut cbor = Encoder::new(Vec::new());
    cbor.array(4)?
        .str(CONTEXT)?
        .bytes(protected)?
        .bytes(&[])?
        .bytes(payload)?;
    Ok(cbor.into_writer())
}

/// Puts a payload into an envelope; `sign` signs it.
pub(super) fn envelope(
    payload: &[u8],
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, Refused>,
) -> Result<Vec<u8>, Refused> {
    let signature = sign(&to_be_signed(ES384, payload)?)?;
    let mut cbor = Encoder::new(Vec::new());
    cbor.array(4)?
        .bytes(ES384)?
        .map(0)?
        .bytes(payload)?
        .bytes(&signature)?;
    Ok(cbor.into_writer())
}
