//! Verification of a certificate chain, from the root to the certificate that signed a document.
//!
//! The checks follow AWS's documentation: RFC 5280 path validation without name constraints,
//! policies and revocation. AWS requires a check of the key usage of each certificate, which
//! `rustls-webpki` does not perform.

use const_oid::db::rfc5912::{ECDSA_WITH_SHA_384, ID_EC_PUBLIC_KEY, SECP_384_R_1};
use x509_cert::Certificate;
use x509_cert::der::asn1::{BitStringRef, ObjectIdentifier};
use x509_cert::der::oid::AssociatedOid as _;
use x509_cert::der::{Decode as _, Header, Reader as _, SliceReader};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::Reason;
use crate::clock::Timestamp;
use crate::crypto::es384::{self, Form};

/// A certificate, and the bytes that its signature covers. Encoding it again could change them.
struct Link<'d> {
    certificate: Certificate,
    signed: &'d [u8],
}

/// Verifies a chain: the bundle, which starts with the root, and the certificate of the signer.
/// Returns the public key of the signer, as a point.
///
/// This accepts any root that is well formed, valid now and self-signed. The caller compares it with
/// the trusted root.
pub(super) fn verify(
    bundle: &[&[u8]],
    certificate: &[u8],
    now: Timestamp,
) -> Result<Vec<u8>, Reason> {
    let mut issuer: Option<Link<'_>> = None;
    for (depth, authority) in bundle.iter().enumerate() {
        let link = Link::parse(authority)?;
        link.require_signed_by(issuer.as_ref().unwrap_or(&link))?;
        link.require_valid_at(now)?;
        let authorities_below = bundle.len() - depth - 1;
        link.require_authority(authorities_below)?;
        issuer = Some(link);
    }
    let issuer = issuer.ok_or(Reason::Invalid("cabundle is missing"))?;
    let link = Link::parse(certificate)?;
    link.require_signed_by(&issuer)?;
    link.require_valid_at(now)?;
    link.require_signer()?;
    link.point().map(<[u8]>::to_vec)
}

impl<'d> Link<'d> {
    fn parse(der: &'d [u8]) -> Result<Self, Reason> {
        const INVALID: Reason = Reason::Invalid("a certificate is not valid X.509");
        let certificate = Certificate::from_der(der).map_err(|_| INVALID)?;
        let mut reader = SliceReader::new(der).map_err(|_| INVALID)?;
        Header::decode(&mut reader).map_err(|_| INVALID)?;
        let signed = reader.tlv_bytes().map_err(|_| INVALID)?;
        Ok(Self {
            certificate,
            signed,
        })
    }

    fn require_signed_by(&self, issuer: &Link<'_>) -> Result<(), Reason> {
        let certificate = self.certificate.tbs_certificate();
        if certificate.issuer() != issuer.certificate.tbs_certificate().subject() {
            return Err(Reason::Invalid(
                "the issuer of a certificate is not the certificate before it",
            ));
        }
        if !is_es384(certificate.signature()) || !is_es384(self.certificate.signature_algorithm()) {
            return Err(Reason::Invalid("a certificate is not signed with ES384"));
        }
        let signature = self.certificate.signature().as_bytes().unwrap_or_default();
        if es384::verify(Form::Der, issuer.point()?, self.signed, signature) {
            Ok(())
        } else {
            Err(Reason::Invalid("the signature of a certificate is invalid"))
        }
    }

    fn require_valid_at(&self, now: Timestamp) -> Result<(), Reason> {
        let validity = self.certificate.tbs_certificate().validity();
        let now = u64::try_from(now.millis().div_euclid(1000)).unwrap_or(0);
        if now < validity.not_before.to_unix_duration().as_secs() {
            return Err(Reason::Invalid("a certificate is not valid yet"));
        }
        if now > validity.not_after.to_unix_duration().as_secs() {
            return Err(Reason::Invalid("a certificate has expired"));
        }
        Ok(())
    }

    /// Checks that the certificate may issue certificates with this many authorities below it.
    fn require_authority(&self, authorities_below: usize) -> Result<(), Reason> {
        let (constraints, usage) = self.extensions()?;
        let Some((true, constraints)) = constraints else {
            return Err(Reason::Invalid(
                "an authority has no critical basic constraints",
            ));
        };
        let max_length = constraints.path_len_constraint.map(usize::from);
        if !constraints.ca || max_length.is_some_and(|max_length| authorities_below > max_length) {
            return Err(Reason::Invalid(
                "a certificate may not issue the certificate after it",
            ));
        }
        if !usage.key_cert_sign() {
            return Err(Reason::Invalid(
                "the key usage of an authority does not include certificate signing",
            ));
        }
        Ok(())
    }

    /// Checks that the certificate may sign a document.
    fn require_signer(&self) -> Result<(), Reason> {
        let (constraints, usage) = self.extensions()?;
        if constraints.is_some_and(|(_, it)| it.ca || it.path_len_constraint.is_some()) {
            return Err(Reason::Invalid("certificate is an authority"));
        }
        if !usage.digital_signature() {
            return Err(Reason::Invalid(
                "the key usage of certificate does not include digital signatures",
            ));
        }
        Ok(())
    }

    /// The basic constraints with their criticality, and the key usage. No other extension may be
    /// critical.
    fn extensions(&self) -> Result<(Option<(bool, BasicConstraints)>, KeyUsage), Reason> {
        const INVALID: Reason = Reason::Invalid("an extension of a certificate is invalid");
        let certificate = self.certificate.tbs_certificate();
        let known = [BasicConstraints::OID, KeyUsage::OID];
        let mut all = certificate.extensions().into_iter().flatten();
        if all.any(|extension| extension.critical && !known.contains(&extension.extn_id)) {
            return Err(Reason::Invalid(
                "a certificate has an unknown critical extension",
            ));
        }
        let constraints = certificate.get_extension().map_err(|_| INVALID)?;
        let usage = certificate.get_extension().map_err(|_| INVALID)?;
        let (_, usage) = usage.ok_or(Reason::Invalid("a certificate has no key usage"))?;
        Ok((constraints, usage))
    }

    /// The public key, which must be on P-384.
    fn point(&self) -> Result<&[u8], Reason> {
        const OTHER_CURVE: Reason = Reason::Invalid("the key of a certificate is not on P-384");
        let key = self.certificate.tbs_certificate().subject_public_key_info();
        let curve = key.algorithm.parameters.as_ref();
        let curve = curve.and_then(|curve| curve.decode_as::<ObjectIdentifier>().ok());
        if key.algorithm.oid != ID_EC_PUBLIC_KEY || curve != Some(SECP_384_R_1) {
            return Err(OTHER_CURVE);
        }
        let point: BitStringRef<'_> = (&key.subject_public_key).into();
        point.as_bytes().ok_or(OTHER_CURVE)
    }
}

fn is_es384(algorithm: &AlgorithmIdentifierOwned) -> bool {
    algorithm.oid == ECDSA_WITH_SHA_384 && algorithm.parameters.is_none()
}
