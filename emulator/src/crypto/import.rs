//! Imported key material: raw bytes for symmetric and HMAC keys, PKCS#8 in BER or DER for all other
//! keys. The bytes must be exactly one key of the spec.

use ::pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use const_oid::AssociatedOid as _;
use const_oid::db::rfc5912::ID_EC_PUBLIC_KEY;
use const_oid::db::rfc8410::ID_ED_25519;
use sec1::{EcParameters, EcPrivateKey};

use super::algorithm::Algorithm;
use super::{KeyMaterial, SecretBytes, ber};
use crate::api::KeySpec;

/// The DER header of an OCTET STRING with an Ed25519 seed.
const SEED_HEADER: &[u8] = &[0x04, 0x20];

impl KeyMaterial {
    /// Decodes imported material; `None` if the bytes are not a key of the spec.
    pub(crate) fn import(spec: KeySpec, secret: &SecretBytes) -> Option<Self> {
        let secret = secret.expose();
        match Algorithm::of(spec) {
            Algorithm::Ec(curve) => elliptic_curve(spec, curve.oid(), &ber::to_der(secret)?),
            Algorithm::Secp256k1 => {
                elliptic_curve(spec, k256::Secp256k1::OID, &ber::to_der(secret)?)
            }
            Algorithm::Sm2 => elliptic_curve(spec, sm2::Sm2::OID, &ber::to_der(secret)?),
            Algorithm::Rsa(_) => Self::decode(spec, &ber::to_der(secret)?).ok(),
            // AWS accepts only DER for Ed25519 (recorded).
            Algorithm::Ed25519 => edwards(spec, secret),
            Algorithm::Symmetric
            | Algorithm::Hmac(_)
            | Algorithm::MlDsa(_)
            | Algorithm::MlKem(_) => Self::decode(spec, secret).ok(),
        }
    }
}

fn elliptic_curve(spec: KeySpec, curve: ObjectIdentifier, pkcs8: &[u8]) -> Option<KeyMaterial> {
    let info = PrivateKeyInfoRef::try_from(pkcs8).ok()?;
    let names_curve = info.algorithm.oid == ID_EC_PUBLIC_KEY
        && info.algorithm.parameters_oid().ok() == Some(curve);
    let key = EcPrivateKey::try_from(info.private_key.as_bytes()).ok()?;
    let inner = key.parameters.and_then(EcParameters::named_curve);
    if !names_curve || inner.is_some_and(|inner| inner != curve) {
        return None;
    }
    let material = KeyMaterial::decode(spec, key.private_key).ok()?;
    has_public_key(&material, key.public_key).then_some(material)
}

fn edwards(spec: KeySpec, pkcs8: &[u8]) -> Option<KeyMaterial> {
    let info = PrivateKeyInfoRef::try_from(pkcs8).ok()?;
    if info.algorithm.oid != ID_ED_25519 || info.algorithm.parameters.is_some() {
        return None;
    }
    let seed = info.private_key.as_bytes().strip_prefix(SEED_HEADER)?;
    let material = KeyMaterial::decode(spec, seed).ok()?;
    let public_key = info.public_key.and_then(|key| key.as_bytes());
    has_public_key(&material, public_key).then_some(material)
}

/// Whether the public key, if there is one, matches the private key.
fn has_public_key(material: &KeyMaterial, public_key: Option<&[u8]>) -> bool {
    let Some(public_key) = public_key else {
        return true;
    };
    let derived = material.public_key().ok().flatten();
    derived.is_some_and(|derived| !public_key.is_empty() && derived.ends_with(public_key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::Random;

    const ASYMMETRIC: [KeySpec; 6] = [
        KeySpec::EccNistP256,
        KeySpec::EccNistP384,
        KeySpec::EccNistP521,
        KeySpec::EccSecgP256K1,
        KeySpec::EccNistEdwards25519,
        KeySpec::Sm2,
    ];

    fn pkcs8(spec: KeySpec) -> (KeyMaterial, SecretBytes) {
        let material = KeyMaterial::generate(spec, &Random::System).unwrap();
        let pkcs8 = material.private_key().unwrap();
        (material, pkcs8)
    }

    #[test]
    fn imports_exported_private_keys() {
        for spec in ASYMMETRIC {
            let (material, pkcs8) = pkcs8(spec);
            let imported = KeyMaterial::import(spec, &pkcs8).unwrap();
            assert_eq!(
                imported.public_key().unwrap(),
                material.public_key().unwrap(),
                "{spec}"
            );
        }
    }

    /// Recorded for an outer value of indefinite length.
    #[test]
    fn accepts_ber_for_all_but_ed25519() {
        for spec in ASYMMETRIC.into_iter().chain([KeySpec::Rsa2048]) {
            let (material, pkcs8) = pkcs8(spec);
            let der = pkcs8.expose();
            let head = match der[1] {
                0x82 => 4,
                0x81 => 3,
                _ => 2,
            };
            let ber = [&[der[0], 0x80], &der[head..], &[0, 0]].concat();
            let imported = KeyMaterial::import(spec, &SecretBytes::new(ber));
            if spec == KeySpec::EccNistEdwards25519 {
                assert!(imported.is_none());
            } else {
                let public_key = imported.unwrap().public_key().unwrap();
                assert_eq!(public_key, material.public_key().unwrap(), "{spec}");
            }
        }
    }

    #[test]
    fn rejects_other_specs_and_damaged_keys() {
        for spec in ASYMMETRIC {
            let (_, pkcs8) = pkcs8(spec);
            for other in ASYMMETRIC.into_iter().filter(|other| *other != spec) {
                assert!(
                    KeyMaterial::import(other, &pkcs8).is_none(),
                    "{spec} {other}"
                );
            }
            for length in 0..pkcs8.expose().len() {
                let cut = SecretBytes::new(pkcs8.expose()[..length].to_vec());
                assert!(KeyMaterial::import(spec, &cut).is_none(), "{spec} {length}");
            }
            let longer = [pkcs8.expose(), &[0]].concat();
            assert!(KeyMaterial::import(spec, &SecretBytes::new(longer)).is_none());
        }
    }

    #[test]
    fn rejects_public_key_of_another_private_key() {
        let (_, one) = pkcs8(KeySpec::EccNistP256);
        let (_, other) = pkcs8(KeySpec::EccNistP256);
        let mixed = [&one.expose()[..86], &other.expose()[86..]].concat();
        assert!(KeyMaterial::import(KeySpec::EccNistP256, &SecretBytes::new(mixed)).is_none());
    }

    #[test]
    fn raw_bytes_have_a_fixed_length() {
        for (spec, length) in [
            (KeySpec::SymmetricDefault, 32),
            (KeySpec::Hmac224, 28),
            (KeySpec::Hmac256, 32),
            (KeySpec::Hmac384, 48),
            (KeySpec::Hmac512, 64),
        ] {
            for (bytes, expected) in [(length, true), (length - 1, false), (length + 1, false)] {
                let secret = SecretBytes::new(vec![7; bytes]);
                let imported = KeyMaterial::import(spec, &secret).is_some();
                assert_eq!(imported, expected, "{spec} {bytes}");
            }
        }
    }
}
