//! The payload of an attestation document: a map of nine members, each with limits of its own.
//!
//! The members and their limits are those of AWS's [attestation process](
//! https://github.com/aws/aws-nitro-enclaves-nsm-api/blob/main/docs/attestation_process.md),
//! except that an optional member may be null: that is how an enclave's own device writes it when
//! it is absent.

use std::collections::BTreeMap;

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

use super::{Refused, repeat};

/// The members, as far as they are there.
#[derive(Default)]
pub(super) struct Payload<'d> {
    pub(super) module_id: Option<&'d str>,
    pub(super) digest: Option<&'d str>,
    pub(super) timestamp: Option<u64>,
    pub(super) pcrs: Option<BTreeMap<u64, &'d [u8]>>,
    pub(super) certificate: Option<&'d [u8]>,
    pub(super) cabundle: Option<Vec<&'d [u8]>>,
    pub(super) public_key: Option<&'d [u8]>,
    pub(super) user_data: Option<&'d [u8]>,
    pub(super) nonce: Option<&'d [u8]>,
    /// Whether there was a member that is none of these.
    pub(super) more: bool,
}

/// The only digest there is.
pub(super) const DIGEST: &str = "SHA384";

/// What AWS allows a payload to be.
const LONGEST: usize = 16_384;
const LONGEST_CERTIFICATE: usize = 1024;
const LONGEST_KEY: usize = 1024;
const LONGEST_DATA: usize = 512;
const PCRS: u64 = 32;

impl<'d> Payload<'d> {
    /// Reads a payload: its form alone.
    pub(super) fn parse(payload: &'d [u8]) -> Result<Self, Refused> {
        let mut cbor = Decoder::new(payload);
        let mut read = Self::default();
        let members = cbor.map()?;
        repeat(&mut cbor, members, |cbor| match cbor.str()? {
            "module_id" => fill(&mut read.module_id, cbor, |cbor| Ok(cbor.str()?)),
            "digest" => fill(&mut read.digest, cbor, |cbor| Ok(cbor.str()?)),
            "timestamp" => fill(&mut read.timestamp, cbor, |cbor| Ok(cbor.u64()?)),
            "pcrs" => fill(&mut read.pcrs, cbor, pcrs),
            "certificate" => fill(&mut read.certificate, cbor, |cbor| Ok(cbor.bytes()?)),
            "cabundle" => fill(&mut read.cabundle, cbor, cabundle),
            "public_key" => fill(&mut read.public_key, cbor, |cbor| Ok(cbor.bytes()?)),
            "user_data" => fill(&mut read.user_data, cbor, |cbor| Ok(cbor.bytes()?)),
            "nonce" => fill(&mut read.nonce, cbor, |cbor| Ok(cbor.bytes()?)),
            _ => {
                read.more = true;
                Ok(cbor.skip()?)
            }
        })?;
        if cbor.position() != payload.len() {
            return Err(Refused("something follows its payload"));
        }
        Ok(read)
    }

    /// Whether each member is within its limits, and all are there that must be.
    pub(super) fn check(&self, length: usize) -> Result<(), Refused> {
        let must = |holds, otherwise| {
            if holds {
                Ok(())
            } else {
                Err(Refused(otherwise))
            }
        };
        let within = |bytes: Option<&[u8]>, most| bytes.is_none_or(|bytes| bytes.len() <= most);
        must(length <= LONGEST, "its payload is too long")?;
        must(!self.more, "its payload has an unknown member")?;
        must(
            self.module_id.is_some_and(|id| !id.is_empty()),
            "its module_id is missing",
        )?;
        must(self.digest == Some(DIGEST), "its digest is not SHA384")?;
        must(
            self.timestamp.is_some_and(|timestamp| timestamp > 0),
            "its timestamp is missing",
        )?;
        self.check_pcrs()?;
        must(
            self.certificate.is_some_and(is_certificate_long),
            "its certificate is missing or too long",
        )?;
        let bundle = self.cabundle.as_deref().unwrap_or_default();
        must(!bundle.is_empty(), "its cabundle is missing")?;
        must(
            bundle.iter().copied().all(is_certificate_long),
            "a certificate of its cabundle is empty or too long",
        )?;
        must(
            within(self.public_key, LONGEST_KEY),
            "its public_key is too long",
        )?;
        must(
            within(self.user_data, LONGEST_DATA),
            "its user_data is too long",
        )?;
        must(within(self.nonce, LONGEST_DATA), "its nonce is too long")
    }

    fn check_pcrs(&self) -> Result<(), Refused> {
        let pcrs = self.pcrs.as_ref().filter(|pcrs| !pcrs.is_empty());
        let pcrs = pcrs.ok_or(Refused("its pcrs are missing"))?;
        for (index, value) in pcrs {
            if *index >= PCRS {
                return Err(Refused("it has a PCR beyond 31"));
            }
            if !matches!(value.len(), 32 | 48 | 64) {
                return Err(Refused("a PCR is not of 32, 48 or 64 bytes"));
            }
        }
        Ok(())
    }

    /// Writes the payload, with null for what is absent.
    pub(super) fn encode(&self) -> Result<Vec<u8>, Refused> {
        let mut cbor = Encoder::new(Vec::new());
        cbor.map(9)?;
        cbor.str("module_id")?.encode(self.module_id)?;
        cbor.str("digest")?.encode(self.digest)?;
        cbor.str("timestamp")?.encode(self.timestamp)?;
        cbor.str("pcrs")?;
        let pcrs = self.pcrs.iter().flatten();
        cbor.map(count(pcrs.clone()))?;
        for (index, value) in pcrs {
            cbor.u64(*index)?.bytes(value)?;
        }
        bytes(cbor.str("certificate")?, self.certificate)?;
        cbor.str("cabundle")?;
        let bundle = self.cabundle.iter().flatten();
        cbor.array(count(bundle.clone()))?;
        for certificate in bundle {
            cbor.bytes(certificate)?;
        }
        bytes(cbor.str("public_key")?, self.public_key)?;
        bytes(cbor.str("user_data")?, self.user_data)?;
        bytes(cbor.str("nonce")?, self.nonce)?;
        Ok(cbor.into_writer())
    }
}

fn is_certificate_long(certificate: &[u8]) -> bool {
    (1..=LONGEST_CERTIFICATE).contains(&certificate.len())
}

fn count<T>(things: impl Iterator<Item = T>) -> u64 {
    things.fold(0, |count, _| count + 1)
}

/// Reads a member, once; null is as good as none.
fn fill<'d, T>(
    member: &mut Option<T>,
    cbor: &mut Decoder<'d>,
    read: impl FnOnce(&mut Decoder<'d>) -> Result<T, Refused>,
) -> Result<(), Refused> {
    if member.is_some() {
        return Err(Refused("its payload has a member twice"));
    }
    if cbor.datatype()? == Type::Null {
        return Ok(cbor.null()?);
    }
    *member = Some(read(cbor)?);
    Ok(())
}

fn pcrs<'d>(cbor: &mut Decoder<'d>) -> Result<BTreeMap<u64, &'d [u8]>, Refused> {
    let mut pcrs = BTreeMap::new();
    let registers = cbor.map()?;
    repeat(cbor, registers, |cbor| {
        match pcrs.insert(cbor.u64()?, cbor.bytes()?) {
            None => Ok(()),
            Some(_) => Err(Refused("it has a PCR twice")),
        }
    })?;
    Ok(pcrs)
}

fn cabundle<'d>(cbor: &mut Decoder<'d>) -> Result<Vec<&'d [u8]>, Refused> {
    let mut bundle = Vec::new();
    let certificates = cbor.array()?;
    repeat(cbor, certificates, |cbor| {
        bundle.push(cbor.bytes()?);
        Ok(())
    })?;
    Ok(bundle)
}

fn bytes(cbor: &mut Encoder<Vec<u8>>, value: Option<&[u8]>) -> Result<(), Refused> {
    match value {
        Some(value) => cbor.bytes(value)?,
        None => cbor.null()?,
    };
    Ok(())
}
