//! The certificates of an attestation document: a chain from the root to the one that signed it.
//!
//! The checks are those that AWS lists, which are those of RFC 5280 without names that constrain,
//! policies and revocation.

use x509_cert::Certificate;
use x509_cert::der::asn1::{BitStringRef, ObjectIdentifier};
use x509_cert::der::oid::AssociatedOid as _;
use x509_cert::der::{Decode as _, Header, Reader as _, SliceReader};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::Refused;
use crate::clock::Timestamp;
use crate::crypto::es384::{self, Form};

const ECDSA_WITH_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// A certificate, and the part of it that its issuer signed: as it came, because encoding it anew
/// might change it.
struct Link<'d> {
    certificate: Certificate,
    signed: &'d [u8],
}

/// Verifies the chain of a bundle, which begins with the root, and of the certificate that
/// follows it. Returns the point of that certificate's key.
///
/// Nothing is said of the root but that it is well formed, valid now and signed by itself: whoever
/// trusts it knows its bytes.
pub(super) fn verify(
    bundle: &[&[u8]],
    certificate: &[u8],
    now: Timestamp,
) -> Result<Vec<u8>, Refused> {
    let mut issuer: Option<Link<'_>> = None;
    for (depth, authority) in bundle.iter().enumerate() {
        let link = Link::parse(authority)?;
        link.is_signed_by(issuer.as_ref().unwrap_or(&link))?;
        link.is_valid(now)?;
        // The authorities that follow this one.
        link.is_authority(bundle.len() - depth - 1)?;
        issuer = Some(link);
    }
    let issuer = issuer.ok_or(Refused("its cabundle is missing"))?;
    let link = Link::parse(certificate)?;
    link.is_signed_by(&issuer)?;
    link.is_valid(now)?;
    link.is_signer()?;
    link.point().map(<[u8]>::to_vec)
}

impl<'d> Link<'d> {
    fn parse(der: &'d [u8]) -> Result<Self, Refused> {
        const UNREADABLE: Refused = Refused("a certificate is not one of X.509");
        let certificate = Certificate::from_der(der).map_err(|_| UNREADABLE)?;
        let mut reader = SliceReader::new(der).map_err(|_| UNREADABLE)?;
        Header::decode(&mut reader).map_err(|_| UNREADABLE)?;
        let signed = reader.tlv_bytes().map_err(|_| UNREADABLE)?;
        Ok(Self {
            certificate,
            signed,
        })
    }

    fn is_signed_by(&self, issuer: &Link<'_>) -> Result<(), Refused> {
        let certificate = self.certificate.tbs_certificate();
        if certificate.issuer() != issuer.certificate.tbs_certificate().subject() {
            return Err(Refused("a certificate was not issued by the one before it"));
        }
        if !is_es384(certificate.signature()) || !is_es384(self.certificate.signature_algorithm()) {
            return Err(Refused("a certificate is not signed with ES384"));
        }
        let signature = self.certificate.signature().as_bytes().unwrap_or_default();
        if es384::verifies(Form::Der, issuer.point()?, self.signed, signature) {
            Ok(())
        } else {
            Err(Refused("the signature of a certificate is wrong"))
        }
    }

    fn is_valid(&self, now: Timestamp) -> Result<(), Refused> {
        let validity = self.certificate.tbs_certificate().validity();
        let now = u64::try_from(now.millis().div_euclid(1000)).unwrap_or(0);
        if now < validity.not_before.to_unix_duration().as_secs() {
            return Err(Refused("a certificate is not valid yet"));
        }
        if now > validity.not_after.to_unix_duration().as_secs() {
            return Err(Refused("a certificate has expired"));
        }
        Ok(())
    }

    /// Whether it may issue certificates, with so many more authorities after it.
    fn is_authority(&self, following: usize) -> Result<(), Refused> {
        let (constraints, usage) = self.extensions()?;
        let Some((true, constraints)) = constraints else {
            return Err(Refused("an authority has no critical basic constraints"));
        };
        let longest = constraints.path_len_constraint.map(usize::from);
        if !constraints.ca || longest.is_some_and(|longest| following > longest) {
            return Err(Refused("a certificate may not issue the one after it"));
        }
        if !usage.key_cert_sign() {
            return Err(Refused("an authority's key may not sign certificates"));
        }
        Ok(())
    }

    /// Whether it may sign a document.
    fn is_signer(&self) -> Result<(), Refused> {
        let (constraints, usage) = self.extensions()?;
        if constraints.is_some_and(|(_, it)| it.ca || it.path_len_constraint.is_some()) {
            return Err(Refused("the certificate is one of an authority"));
        }
        if !usage.digital_signature() {
            return Err(Refused("the certificate's key may not sign"));
        }
        Ok(())
    }

    /// The two extensions that matter here; no other may be critical.
    fn extensions(&self) -> Result<(Option<(bool, BasicConstraints)>, KeyUsage), Refused> {
        const UNREADABLE: Refused = Refused("an extension of a certificate cannot be read");
        let certificate = self.certificate.tbs_certificate();
        let known = [BasicConstraints::OID, KeyUsage::OID];
        let mut all = certificate.extensions().into_iter().flatten();
        if all.any(|extension| extension.critical && !known.contains(&extension.extn_id)) {
            return Err(Refused("a certificate has an unknown critical extension"));
        }
        let constraints = certificate.get_extension().map_err(|_| UNREADABLE)?;
        let usage = certificate.get_extension().map_err(|_| UNREADABLE)?;
        let (_, usage) = usage.ok_or(Refused("a certificate has no key usage"))?;
        Ok((constraints, usage))
    }

    /// The public key, which must be one of P-384.
    fn point(&self) -> Result<&[u8], Refused> {
        const OTHER: Refused = Refused("a certificate's key is not one of P-384");
        let key = self.certificate.tbs_certificate().subject_public_key_info();
        let curve = key.algorithm.parameters.as_ref();
        let curve = curve.and_then(|curve| curve.decode_as::<ObjectIdentifier>().ok());
        if key.algorithm.oid != EC_PUBLIC_KEY || curve != Some(P384) {
            return Err(OTHER);
        }
        let point: BitStringRef<'_> = (&key.subject_public_key).into();
        point.as_bytes().ok_or(OTHER)
    }
}

fn is_es384(algorithm: &AlgorithmIdentifierOwned) -> bool {
    algorithm.oid == ECDSA_WITH_SHA384 && algorithm.parameters.is_none()
}
