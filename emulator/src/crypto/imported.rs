//! Key material that comes from outside: bytes for a symmetric or an HMAC key, PKCS#8 for all
//! others. What comes out is checked to be one key, of the spec, and nothing else.

use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use sec1::{EcParameters, EcPrivateKey};

use super::{KeyMaterial, SecretBytes};
use crate::api::KeySpec;

const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// An OCTET STRING of the length of an Ed25519 seed.
const SEED_HEADER: &[u8] = &[0x04, 0x20];

impl KeyMaterial {
    /// The material that was imported; `None` if these bytes are none of the spec.
    pub(crate) fn import(spec: KeySpec, secret: &SecretBytes) -> Option<Self> {
        if let Some(curve) = curve(spec) {
            return elliptic_curve(spec, curve, secret.expose());
        }
        match spec {
            KeySpec::EccNistEdwards25519 => edwards(spec, secret.expose()),
            _ => Self::decode(spec, secret.expose()).ok(),
        }
    }
}

fn curve(spec: KeySpec) -> Option<ObjectIdentifier> {
    let name = match spec {
        KeySpec::EccNistP256 => "1.2.840.10045.3.1.7",
        KeySpec::EccNistP384 => "1.3.132.0.34",
        KeySpec::EccNistP521 => "1.3.132.0.35",
        KeySpec::EccSecgP256K1 => "1.3.132.0.10",
        KeySpec::Sm2 => "1.2.156.10197.1.301",
        _ => return None,
    };
    ObjectIdentifier::new(name).ok()
}

fn elliptic_curve(spec: KeySpec, curve: ObjectIdentifier, pkcs8: &[u8]) -> Option<KeyMaterial> {
    let info = PrivateKeyInfoRef::try_from(pkcs8).ok()?;
    let named =
        info.algorithm.oid == EC_PUBLIC_KEY && info.algorithm.parameters_oid().ok() == Some(curve);
    let key = EcPrivateKey::try_from(info.private_key.as_bytes()).ok()?;
    let inner = key.parameters.and_then(EcParameters::named_curve);
    if !named || inner.is_some_and(|inner| inner != curve) {
        return None;
    }
    let material = KeyMaterial::decode(spec, key.private_key).ok()?;
    belongs(&material, key.public_key).then_some(material)
}

fn edwards(spec: KeySpec, pkcs8: &[u8]) -> Option<KeyMaterial> {
    let info = PrivateKeyInfoRef::try_from(pkcs8).ok()?;
    if info.algorithm.oid != ED25519 || info.algorithm.parameters.is_some() {
        return None;
    }
    let seed = info.private_key.as_bytes().strip_prefix(SEED_HEADER)?;
    let material = KeyMaterial::decode(spec, seed).ok()?;
    let public_key = info.public_key.and_then(|key| key.as_bytes());
    belongs(&material, public_key).then_some(material)
}

/// Whether a public key that came with a private key is that key's.
fn belongs(material: &KeyMaterial, public_key: Option<&[u8]>) -> bool {
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
    fn a_private_key_of_ours_comes_back_as_itself() {
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

    #[test]
    fn a_key_of_another_spec_or_with_a_byte_changed_in_its_structure_is_none() {
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
    fn a_public_key_of_another_private_key_is_noticed() {
        let (_, one) = pkcs8(KeySpec::EccNistP256);
        let (_, other) = pkcs8(KeySpec::EccNistP256);
        let mixed = [&one.expose()[..86], &other.expose()[86..]].concat();
        assert!(KeyMaterial::import(KeySpec::EccNistP256, &SecretBytes::new(mixed)).is_none());
    }

    #[test]
    fn secrets_have_exactly_their_length() {
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
