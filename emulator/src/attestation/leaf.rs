//! The certificate that signs one document, issued by the root when the document is created.

use std::time::Duration;

use rcgen::{
    CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyIdMethod, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P384_SHA384, PublicKeyData, SignatureAlgorithm,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use time::OffsetDateTime;

use super::Reason;
use crate::clock::Timestamp;
use crate::crypto::es384::Es384Key;

/// The root's private key. It is public: see the module documentation.
const ROOT_KEY: &[u8] = include_bytes!("root.p8");
/// The subject of `root.der`.
const ROOT_NAME: &str = "Simulated KMS attestation root, not AWS";
/// The key identifier in `root.der`, which strict implementations of RFC 5280 require in the
/// certificates that the root issues.
const ROOT_KEY_ID: [u8; 20] = [
    0x99, 0x57, 0x06, 0x8b, 0x02, 0x6b, 0x71, 0x48, 0x5a, 0xcd, 0x8e, 0xf1, 0xa8, 0x7c, 0x44, 0xc4,
    0xbe, 0xfc, 0x93, 0xdc,
];
/// The subject of the certificate.
const NAME: &str = "Simulated KMS enclave, not AWS";

/// How long before its document a certificate becomes valid, to tolerate clock skew.
const BACKDATE: Duration = Duration::from_secs(5 * 60);
/// How long after its document a certificate expires, as on AWS.
const VALIDITY: Duration = Duration::from_secs(3 * 60 * 60);

impl PublicKeyData for Es384Key {
    fn der_bytes(&self) -> &[u8] {
        self.point()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P384_SHA384
    }
}

/// Issues a certificate for the key of a document.
pub(super) fn issue(key: &Es384Key, at: Timestamp) -> Result<Vec<u8>, Reason> {
    let certificate = params(at)?.signed_by(key, &root()?)?;
    Ok(certificate.der().to_vec())
}

/// The root as an issuer.
pub(super) fn root() -> Result<Issuer<'static, KeyPair>, Reason> {
    let key = PrivatePkcs8KeyDer::from(ROOT_KEY);
    let key = KeyPair::from_pkcs8_der_and_sign_algo(&key, &PKCS_ECDSA_P384_SHA384)?;
    let mut params = CertificateParams::default();
    params.distinguished_name = name(ROOT_NAME);
    params.key_identifier_method = KeyIdMethod::PreSpecified(ROOT_KEY_ID.to_vec());
    Ok(Issuer::new(params, key))
}

/// The content of a certificate. Its serial number is a hash of its key.
pub(super) fn params(at: Timestamp) -> Result<CertificateParams, Reason> {
    let mut params = CertificateParams::default();
    params.distinguished_name = name(NAME);
    (params.not_before, params.not_after) = validity(at)?;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn name(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

fn validity(at: Timestamp) -> Result<(OffsetDateTime, OffsetDateTime), Reason> {
    const OUT_OF_RANGE: Reason = Reason::Invalid("timestamp is out of range");
    let millis = u64::try_from(at.millis()).map_err(|_| OUT_OF_RANGE)?;
    let at = Duration::from_millis(millis);
    let time = |at: Option<Duration>| {
        let seconds = i64::try_from(at.ok_or(OUT_OF_RANGE)?.as_secs()).map_err(|_| OUT_OF_RANGE)?;
        OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| OUT_OF_RANGE)
    };
    let not_before = time(at.checked_sub(BACKDATE))?;
    Ok((not_before, time(at.checked_add(VALIDITY))?))
}
