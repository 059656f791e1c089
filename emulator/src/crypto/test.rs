//! What the tests of cryptography share, and what must hold for every spec.

use super::*;
use crate::api::{EncryptionAlgorithm, KeySpec, SigningAlgorithm};

/// The bytes of a vector.
pub(super) fn hex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
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
fn material_of_every_spec_reads_back_and_shows_nothing() {
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
fn material_refuses_what_it_was_not_made_for() {
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
