//! Tests of RSA.

use EncryptionAlgorithm::{RsaesOaepSha1, RsaesOaepSha256};
use SigningAlgorithm::{
    RsassaPkcs1V15Sha256, RsassaPkcs1V15Sha384, RsassaPkcs1V15Sha512, RsassaPssSha256,
    RsassaPssSha384, RsassaPssSha512,
};

use super::*;

const ALGORITHMS: [SigningAlgorithm; 6] = [
    RsassaPkcs1V15Sha256,
    RsassaPkcs1V15Sha384,
    RsassaPkcs1V15Sha512,
    RsassaPssSha256,
    RsassaPssSha384,
    RsassaPssSha512,
];

#[test]
fn each_algorithm_signs_messages_and_digests() {
    let key = RsaKey::generate(RsaSize::Rsa2048, &Random::System).unwrap();
    let key = RsaKey::decode(RsaSize::Rsa2048, key.encode().expose()).unwrap();
    for algorithm in ALGORITHMS {
        let digest = digest::digest(Scheme::of(algorithm).unwrap().digest, b"message");
        let signature = key
            .sign(algorithm, Message::Digest(digest.as_ref()), &Random::System)
            .unwrap();
        assert_eq!(signature.len(), 256);
        assert!(
            key.verify(algorithm, Message::Raw(b"message"), &signature)
                .unwrap()
        );
        let again = key
            .sign(algorithm, Message::Raw(b"message"), &Random::System)
            .unwrap();
        assert!(
            key.verify(algorithm, Message::Digest(digest.as_ref()), &again)
                .unwrap()
        );
        // PKCS#1 v1.5 is deterministic, PSS has a salt.
        let deterministic = [
            RsassaPkcs1V15Sha256,
            RsassaPkcs1V15Sha384,
            RsassaPkcs1V15Sha512,
        ];
        assert_eq!(again == signature, deterministic.contains(&algorithm));

        assert!(
            !key.verify(algorithm, Message::Raw(b"massage"), &signature)
                .unwrap()
        );
        assert!(
            !key.verify(algorithm, Message::Raw(b"message"), &signature[1..])
                .unwrap()
        );
        assert!(
            !key.verify(algorithm, Message::Raw(b"message"), &[])
                .unwrap()
        );
        for other in ALGORITHMS.into_iter().filter(|other| *other != algorithm) {
            assert!(
                !key.verify(other, Message::Raw(b"message"), &signature)
                    .unwrap()
            );
        }
    }
    assert!(
        key.sign(
            SigningAlgorithm::EcdsaSha256,
            Message::Raw(b"message"),
            &Random::System
        )
        .is_err()
    );
}

#[test]
fn oaep_decrypts_only_with_the_same_hash() {
    let key = RsaKey::generate(RsaSize::Rsa2048, &Random::System).unwrap();
    for (algorithm, other, longest) in [
        (RsaesOaepSha1, RsaesOaepSha256, 214),
        (RsaesOaepSha256, RsaesOaepSha1, 190),
    ] {
        for length in [1, longest] {
            let plaintext = vec![7; length];
            let mut ciphertext = key.encrypt(algorithm, &plaintext, &Random::System).unwrap();
            assert_eq!(ciphertext.len(), 256);
            let decrypted = key.decrypt(algorithm, &ciphertext).unwrap().unwrap();
            assert_eq!(decrypted.expose(), plaintext);
            assert!(key.decrypt(other, &ciphertext).unwrap().is_none());
            assert!(key.decrypt(algorithm, &ciphertext[1..]).unwrap().is_none());
            ciphertext[100] ^= 1;
            assert!(key.decrypt(algorithm, &ciphertext).unwrap().is_none());
        }
        assert!(
            key.encrypt(algorithm, &vec![7; longest + 1], &Random::System)
                .is_err()
        );
    }
}

#[test]
fn rejects_keys_of_another_size() {
    let key = RsaKey::generate(RsaSize::Rsa2048, &Random::System).unwrap();
    assert!(RsaKey::decode(RsaSize::Rsa3072, key.encode().expose()).is_err());
    assert!(RsaKey::decode(RsaSize::Rsa2048, b"not a key").is_err());
    assert_eq!(key.public_key().unwrap().len(), 294);
}
