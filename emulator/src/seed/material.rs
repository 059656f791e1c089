//! Key material of a seed: derived from a text, PEM, or bytes in hexadecimal or base64.

use const_oid::db::rfc5912::{ID_EC_PUBLIC_KEY, RSA_ENCRYPTION};
use pkcs8::der::asn1::{AnyRef, OctetStringRef};
use pkcs8::der::{Decode as _, Encode as _};
use pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use sec1::{EcParameters, EcPrivateKey};

use super::format::Material;
use crate::api::{KeyFamily, KeySpec};
use crate::crypto::{KeyMaterial, SecretBytes};
use crate::hex;
use crate::protocol::blob;

/// Why material is invalid, and which of its fields is.
#[derive(Debug)]
pub(super) struct InvalidMaterial {
    pub(super) field: &'static str,
    pub(super) message: String,
}

/// Reads the material. Errors do not contain it.
pub(super) fn read(spec: KeySpec, material: &Material) -> Result<KeyMaterial, InvalidMaterial> {
    let Material {
        seed,
        pem,
        hex,
        base64,
        rotated: _,
    } = material;
    let invalid = |field, message: &str| InvalidMaterial {
        field,
        message: message.to_owned(),
    };
    let (field, key) = match (seed, pem, hex, base64) {
        (Some(text), None, None, None) => {
            return KeyMaterial::derive(spec, text).map_err(|error| InvalidMaterial {
                field: "seed",
                message: error.to_string(),
            });
        }
        (None, Some(pem), None, None) => {
            let key = PrivateKeyDer::from_pem_slice(pem.as_bytes());
            let key = key.map_err(|_| invalid("pem", "no private key in PEM found"))?;
            ("pem", from_pem(spec, &key))
        }
        (None, None, Some(digits), None) => {
            let digits: String = digits.split_whitespace().collect();
            let bytes = hex::decode(&digits);
            let bytes =
                bytes.ok_or_else(|| invalid("hex", "expected pairs of hexadecimal digits"))?;
            ("hex", from_bytes(spec, bytes))
        }
        (None, None, None, Some(text)) => {
            let text: String = text.split_whitespace().collect();
            let bytes = blob::decode(&text).map_err(|_| invalid("base64", "invalid base64"))?;
            ("base64", from_bytes(spec, bytes))
        }
        _ => {
            return Err(invalid(
                "",
                "expected exactly one of: seed, pem, hex, base64",
            ));
        }
    };
    key.ok_or_else(|| InvalidMaterial {
        field,
        message: format!("not a key of {spec}"),
    })
}

fn from_pem(spec: KeySpec, key: &PrivateKeyDer<'_>) -> Option<KeyMaterial> {
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

/// Reads raw bytes or PKCS#8. No bytes are valid in both formats.
fn from_bytes(spec: KeySpec, bytes: Vec<u8>) -> Option<KeyMaterial> {
    let secret = SecretBytes::new(bytes);
    let raw = KeyMaterial::decode(spec, secret.expose()).ok();
    raw.or_else(|| from_pkcs8(spec, secret.expose()))
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
