//! The payload of an attestation document: a map of nine members, each with its own limits.
//!
//! The members and their limits follow AWS's [attestation process](
//! https://github.com/aws/aws-nitro-enclaves-nsm-api/blob/main/docs/attestation_process.md),
//! except that an optional member may be null, because enclave devices write null for absent members.

use std::collections::BTreeMap;

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

use super::{Reason, read_items};

/// The members that are present.
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
    /// Whether the map has any other member.
    pub(super) has_unknown_member: bool,
}

/// The only digest algorithm.
pub(super) const DIGEST: &str = "SHA384";

// AWS's limits, in bytes.
const MAX_LENGTH: usize = 16_384;
const MAX_CERTIFICATE: usize = 1024;
const MAX_PUBLIC_KEY: usize = 1024;
const MAX_DATA: usize = 512;
/// The number of PCRs that AWS allows.
const MAX_PCRS: u64 = 32;

impl<'d> Payload<'d> {
    /// Parses a payload. [`Self::check`] checks the values.
    pub(super) fn parse(payload: &'d [u8]) -> Result<Self, Reason> {
        let mut cbor = Decoder::new(payload);
        let mut read = Self::default();
        let members = cbor.map()?;
        read_items(&mut cbor, members, |cbor| match cbor.str()? {
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
                read.has_unknown_member = true;
                Ok(cbor.skip()?)
            }
        })?;
        if cbor.position() != payload.len() {
            return Err(Reason::Invalid("extra bytes follow the payload"));
        }
        Ok(read)
    }

    /// Checks that every required member is present and every member is within its limits.
    pub(super) fn check(&self, length: usize) -> Result<(), Reason> {
        let within = |bytes: Option<&[u8]>, max| bytes.is_none_or(|bytes| bytes.len() <= max);
        require(length <= MAX_LENGTH, "the payload is too long")?;
        require(
            !self.has_unknown_member,
            "the payload has an unknown member",
        )?;
        require(
            self.module_id.is_some_and(|id| !id.is_empty()),
            "module_id is missing",
        )?;
        require(self.digest == Some(DIGEST), "digest is not SHA384")?;
        require(
            self.timestamp.is_some_and(|timestamp| timestamp > 0),
            "timestamp is missing",
        )?;
        self.check_pcrs()?;
        require(
            self.certificate.is_some_and(is_certificate_length),
            "certificate is missing or too long",
        )?;
        let bundle = self.cabundle.as_deref().unwrap_or_default();
        require(!bundle.is_empty(), "cabundle is missing")?;
        require(
            bundle.iter().copied().all(is_certificate_length),
            "a certificate of cabundle is empty or too long",
        )?;
        require(
            within(self.public_key, MAX_PUBLIC_KEY),
            "public_key is too long",
        )?;
        require(within(self.user_data, MAX_DATA), "user_data is too long")?;
        require(within(self.nonce, MAX_DATA), "nonce is too long")
    }

    fn check_pcrs(&self) -> Result<(), Reason> {
        let pcrs = self.pcrs.as_ref().filter(|pcrs| !pcrs.is_empty());
        let pcrs = pcrs.ok_or(Reason::Invalid("pcrs is missing"))?;
        for (index, value) in pcrs {
            if *index >= MAX_PCRS {
                return Err(Reason::Invalid("pcrs has an index above 31"));
            }
            if !matches!(value.len(), 32 | 48 | 64) {
                return Err(Reason::Invalid("a PCR does not have 32, 48 or 64 bytes"));
            }
        }
        Ok(())
    }

    /// Encodes the payload, with null for absent members.
    pub(super) fn encode(&self) -> Result<Vec<u8>, Reason> {
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

fn is_certificate_length(certificate: &[u8]) -> bool {
    (1..=MAX_CERTIFICATE).contains(&certificate.len())
}

fn count<T>(items: impl Iterator<Item = T>) -> u64 {
    items.fold(0, |count, _| count + 1)
}

fn require(condition: bool, otherwise: &'static str) -> Result<(), Reason> {
    if condition {
        Ok(())
    } else {
        Err(Reason::Invalid(otherwise))
    }
}

/// Reads a member, which may occur once; null counts as absent.
fn fill<'d, T>(
    member: &mut Option<T>,
    cbor: &mut Decoder<'d>,
    read: impl FnOnce(&mut Decoder<'d>) -> Result<T, Reason>,
) -> Result<(), Reason> {
    if member.is_some() {
        return Err(Reason::Invalid("the payload has a duplicate member"));
    }
    if cbor.datatype()? == Type::Null {
        return Ok(cbor.null()?);
    }
    *member = Some(read(cbor)?);
    Ok(())
}

fn pcrs<'d>(cbor: &mut Decoder<'d>) -> Result<BTreeMap<u64, &'d [u8]>, Reason> {
    let mut pcrs = BTreeMap::new();
    let registers = cbor.map()?;
    read_items(cbor, registers, |cbor| {
        match pcrs.insert(cbor.u64()?, cbor.bytes()?) {
            None => Ok(()),
            Some(_) => Err(Reason::Invalid("pcrs has a duplicate index")),
        }
    })?;
    Ok(pcrs)
}

fn cabundle<'d>(cbor: &mut Decoder<'d>) -> Result<Vec<&'d [u8]>, Reason> {
    let mut bundle = Vec::new();
    let certificates = cbor.array()?;
    read_items(cbor, certificates, |cbor| {
        bundle.push(cbor.bytes()?);
        Ok(())
    })?;
    Ok(bundle)
}

fn bytes(cbor: &mut Encoder<Vec<u8>>, value: Option<&[u8]>) -> Result<(), Reason> {
    match value {
        Some(value) => cbor.bytes(value)?,
        None => cbor.null()?,
    };
    Ok(())
}
