//! Private keys in the formats of other programs: PKCS#8, PKCS#1 and SEC1, as PEM or as DER, and raw bytes.

use ::pkcs8::der::asn1::{AnyRef, OctetStringRef};
use ::pkcs8::der::{Decode as _, Encode as _};
use ::pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use ::pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use const_oid::db::rfc5912::{ID_EC_PUBLIC_KEY, RSA_ENCRYPTION};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use sec1::{EcParameters, EcPrivateKey};

use super::{KeyMaterial, SecretBytes};
use crate::api::{KeyFamily, KeySpec};

impl KeyMaterial {
    /// Reads the first private key of a PEM text. The outer `None` is a text without a private key, the
    /// inner one a key of another spec.
    #[expect(clippy::option_option, reason = "two different faults of a seed")]
    pub(crate) fn from_pem(spec: KeySpec, pem: &str) -> Option<Option<Self>> {
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()?;
        Some(from_der(spec, &key))
    }

    /// Reads raw bytes, or a private key in DER. No bytes are valid in more than one format.
    pub(crate) fn from_bytes(spec: KeySpec, secret: &SecretBytes) -> Option<Self> {
        let raw = Self::decode(spec, secret.expose()).ok();
        raw.or_else(|| from_der(spec, &PrivateKeyDer::try_from(secret.expose()).ok()?))
    }
}

fn from_der(spec: KeySpec, key: &PrivateKeyDer<'_>) -> Option<KeyMaterial> {
    match key {
        PrivateKeyDer::Pkcs8(key) => from_pkcs8(spec, key.secret_pkcs8_der()),
        PrivateKeyDer::Sec1(key) => {
            // PKCS#8 has the curve in the algorithm identifier.
            let key = key.secret_sec1_der();
            let curve = EcPrivateKey::try_from(key).ok()?.parameters;
            let curve = curve.and_then(EcParameters::named_curve)?;
            in_pkcs8(spec, ID_EC_PUBLIC_KEY, AnyRef::from(&curve), key)
        }
        PrivateKeyDer::Pkcs1(key) => {
            in_pkcs8(spec, RSA_ENCRYPTION, AnyRef::NULL, key.secret_pkcs1_der())
        }
        _ => None,
    }
}

fn from_pkcs8(spec: KeySpec, pkcs8: &[u8]) -> Option<KeyMaterial> {
    match spec.family() {
        KeyFamily::Symmetric | KeyFamily::Hmac => None,
        KeyFamily::Rsa
        | KeyFamily::EccNist
        | KeyFamily::EccSecg
        | KeyFamily::Edwards
        | KeyFamily::Sm2 => KeyMaterial::import(spec, &SecretBytes::new(pkcs8.to_vec())),
        KeyFamily::MlDsa | KeyFamily::MlKem => post_quantum(spec, pkcs8),
    }
}

/// Decodes a post-quantum key. KMS does not import them, so [`KeyMaterial::import`] cannot.
fn post_quantum(spec: KeySpec, pkcs8: &[u8]) -> Option<KeyMaterial> {
    let info = PrivateKeyInfoRef::try_from(pkcs8).ok()?;
    let material = KeyMaterial::decode(spec, content(info.private_key.as_bytes())?).ok()?;
    // The public and the private key have the same algorithm identifier.
    let public_key = material.public_key().ok().flatten()?;
    let public_key = SubjectPublicKeyInfoRef::from_der(&public_key).ok()?;
    (info.algorithm == public_key.algorithm).then_some(material)
}

/// Wraps a key in PKCS#8.
fn in_pkcs8(
    spec: KeySpec,
    oid: ObjectIdentifier,
    parameters: AnyRef<'_>,
    key: &[u8],
) -> Option<KeyMaterial> {
    let algorithm = AlgorithmIdentifierRef {
        oid,
        parameters: Some(parameters),
    };
    let info = PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(key).ok()?);
    let pkcs8 = SecretBytes::new(info.to_der().ok()?);
    from_pkcs8(spec, pkcs8.expose())
}

/// The content of a post-quantum private key: a seed under `[0]`, or an expanded key of ML-KEM as an
/// OCTET STRING.
fn content(octets: &[u8]) -> Option<&[u8]> {
    if let [0x80, length, seed @ ..] = octets {
        return (usize::from(*length) == seed.len()).then_some(seed);
    }
    let octets = <&OctetStringRef>::from_der(octets).ok()?;
    Some(octets.as_bytes())
}
