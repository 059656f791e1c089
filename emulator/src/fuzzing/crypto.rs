//! Targets below requests: cryptographic formats. Key material and ciphertexts come in requests, as bytes.

use std::sync::LazyLock;

use crate::api::{EncryptionAlgorithm, KeyMaterialId};
use crate::api::{KeySpec, SigningAlgorithm, WrappingAlgorithm, WrappingKeySpec};
use crate::attestation::{self, Trust};
use crate::clock::Timestamp;
use crate::crypto::enveloped::RecipientKey;
use crate::crypto::{KeyMaterial, Message, SecretBytes};
use crate::custom_key_store::SymmetricCiphertext;
use crate::key::ciphertext::Ciphertext;

/// Every spec whose material is fast to make; RSA once.
pub(super) const SPECS: [KeySpec; 12] = [
    KeySpec::Rsa2048,
    KeySpec::EccNistP256,
    KeySpec::EccNistP384,
    KeySpec::EccNistP521,
    KeySpec::EccSecgP256K1,
    KeySpec::EccNistEdwards25519,
    KeySpec::Sm2,
    KeySpec::SymmetricDefault,
    KeySpec::Hmac256,
    KeySpec::MlDsa44,
    KeySpec::MlKem512,
    KeySpec::MlKem1024,
];

/// Pairs of a signing spec and an algorithm.
pub(super) const SIGNERS: [(KeySpec, SigningAlgorithm); 8] = [
    (KeySpec::Rsa2048, SigningAlgorithm::RsassaPssSha256),
    (KeySpec::Rsa2048, SigningAlgorithm::RsassaPkcs1V15Sha256),
    (KeySpec::EccNistP256, SigningAlgorithm::EcdsaSha256),
    (KeySpec::EccNistP521, SigningAlgorithm::EcdsaSha512),
    (KeySpec::EccSecgP256K1, SigningAlgorithm::EcdsaSha256),
    (
        KeySpec::EccNistEdwards25519,
        SigningAlgorithm::Ed25519Sha512,
    ),
    (KeySpec::Sm2, SigningAlgorithm::Sm2Dsa),
    (KeySpec::MlDsa44, SigningAlgorithm::MlDsaShake256),
];

pub(super) const WRAPPERS: [(WrappingKeySpec, WrappingAlgorithm); 5] = [
    (WrappingKeySpec::Rsa2048, WrappingAlgorithm::RsaesOaepSha1),
    (WrappingKeySpec::Rsa2048, WrappingAlgorithm::RsaesOaepSha256),
    (
        WrappingKeySpec::Rsa2048,
        WrappingAlgorithm::RsaAesKeyWrapSha1,
    ),
    (
        WrappingKeySpec::Rsa2048,
        WrappingAlgorithm::RsaAesKeyWrapSha256,
    ),
    (WrappingKeySpec::Sm2, WrappingAlgorithm::Sm2Pke),
];

/// The time of the fuzzers.
pub(super) const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// The same material in every process, one for each of [`SPECS`].
pub(super) fn material(spec: KeySpec) -> &'static KeyMaterial {
    static MATERIALS: LazyLock<Vec<KeyMaterial>> = LazyLock::new(|| {
        let derive = |spec| KeyMaterial::derive(spec, "fuzzing").unwrap();
        SPECS.map(derive).into()
    });
    let index = SPECS.iter().position(|other| *other == spec).unwrap();
    &MATERIALS[index]
}

/// The first byte chooses one of `choices`.
fn choose<'i, T: Copy>(choices: &[T], input: &'i [u8]) -> Option<(T, &'i [u8])> {
    let (first, rest) = input.split_first()?;
    Some((choices[usize::from(*first) % choices.len()], rest))
}

/// An attestation document.
pub(super) fn attestation(input: &[u8]) {
    for trust in [Trust::Any, Trust::OwnRoot] {
        let _ = attestation::verify(input, trust, NOW);
    }
}

/// The CBOR payload of an attestation document, and the certificates in it.
pub(super) fn cbor(input: &[u8]) {
    attestation::verify_payload(input, NOW);
}

/// A ciphertext of each kind of key.
pub(super) fn ciphertext(input: &[u8]) {
    if let Some(parsed) = SymmetricCiphertext::parse(input) {
        let id: KeyMaterialId = parsed.material();
        assert!(input[5..].starts_with(id.as_bytes()));
    }
    if let Some(parsed) = Ciphertext::parse(input) {
        let key = material(KeySpec::SymmetricDefault).symmetric().unwrap();
        let _ = parsed.decrypt(key, &serde_json::from_str("{}").unwrap());
    }
    let rsa = material(KeySpec::Rsa2048);
    let _ = rsa.decrypt(EncryptionAlgorithm::RsaesOaepSha256, input);
    let _ = material(KeySpec::Sm2).decrypt(EncryptionAlgorithm::Sm2Pke, input);
    for spec in [KeySpec::MlKem512, KeySpec::MlKem1024] {
        let _ = material(spec).ml_kem().unwrap().decapsulate(input);
    }
}

/// Private and public keys.
pub(super) fn der(input: &[u8]) {
    let Some((spec, bytes)) = choose(&SPECS, input) else {
        return;
    };
    let secret = SecretBytes::new(bytes.to_vec());
    if let Some(imported) = KeyMaterial::import(spec, &secret) {
        let stored = imported.encode().unwrap();
        let read = KeyMaterial::decode(spec, stored.expose()).unwrap();
        assert_eq!(read.public_key().unwrap(), imported.public_key().unwrap());
    }
    let _ = KeyMaterial::decode(spec, bytes);
    let _ = RecipientKey::parse(bytes);
    for spec in [
        KeySpec::EccNistP256,
        KeySpec::EccNistP384,
        KeySpec::EccNistP521,
        KeySpec::Sm2,
    ] {
        let _ = material(spec).agree(bytes);
    }
}

/// A signature of each algorithm.
pub(super) fn signature(input: &[u8]) {
    if let Some(((spec, algorithm), signature)) = choose(&SIGNERS, input) {
        let _ = material(spec).verify(algorithm, Message::Raw(b"message"), signature);
    }
}

/// Wrapped key material, unwrapped and then imported.
pub(super) fn import(input: &[u8]) {
    let Some(((wrapping_key, algorithm), wrapped)) = choose(&WRAPPERS, input) else {
        return;
    };
    let key = material(wrapping_key.key_spec());
    if let Ok(Some(secret)) = algorithm.unwrap(wrapping_key, key, wrapped) {
        for spec in SPECS {
            let _ = KeyMaterial::import(spec, &secret);
        }
    }
}
