//! Tests of key material of every spec, and helpers for the tests of the algorithms.

use super::*;
use crate::api::{EncryptionAlgorithm, KeySpec, SigningAlgorithm};
use crate::hex;

/// The bytes of a test vector.
pub(super) fn hex(digits: &str) -> Vec<u8> {
    hex::decode(digits).unwrap()
}

const SPECS: [KeySpec; 18] = [
    KeySpec::SymmetricDefault,
    KeySpec::Hmac224,
    KeySpec::Hmac256,
    KeySpec::Hmac384,
    KeySpec::Hmac512,
    KeySpec::Rsa2048,
    KeySpec::EccNistP256,
    KeySpec::EccNistP384,
    KeySpec::EccNistP521,
    KeySpec::EccSecgP256K1,
    KeySpec::EccNistEdwards25519,
    KeySpec::Sm2,
    KeySpec::MlDsa44,
    KeySpec::MlDsa65,
    KeySpec::MlDsa87,
    KeySpec::MlKem512,
    KeySpec::MlKem768,
    KeySpec::MlKem1024,
];

#[test]
fn material_of_every_spec_encodes_and_hides_its_secret() {
    for spec in SPECS {
        let material = KeyMaterial::generate(spec, &Random::System).unwrap();
        let secret = material.encode().unwrap();
        assert_eq!(
            format!("{material:?} {secret:?}"),
            "KeyMaterial(..) SecretBytes(..)"
        );
        let again = KeyMaterial::decode(spec, secret.expose()).unwrap();
        assert_eq!(again.encode().unwrap().expose(), secret.expose(), "{spec}");
        assert_eq!(
            again.public_key().unwrap(),
            material.public_key().unwrap(),
            "{spec}"
        );
        assert!(
            KeyMaterial::decode(spec, &secret.expose()[1..]).is_err(),
            "{spec}"
        );
        assert!(KeyMaterial::decode(spec, &[]).is_err(), "{spec}");
    }
}

#[test]
fn material_rejects_unsupported_algorithms() {
    let message = Message::Raw(b"message");
    let hmac = KeyMaterial::generate(KeySpec::Hmac256, &Random::System).unwrap();
    assert!(
        hmac.sign(SigningAlgorithm::EcdsaSha256, message, &Random::System)
            .is_err()
    );
    assert!(
        hmac.verify(SigningAlgorithm::EcdsaSha256, message, &[])
            .is_err()
    );
    assert!(
        hmac.encrypt(EncryptionAlgorithm::RsaesOaepSha1, b"", &Random::System)
            .is_err()
    );
    assert!(
        hmac.decrypt(EncryptionAlgorithm::RsaesOaepSha1, b"")
            .is_err()
    );
    assert!(hmac.agree(b"").is_err());
    assert!(hmac.private_key().is_err());
}
