//! Documents that the emulator creates, and damaged ones.

mod forged;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::*;
use crate::Kms;
use crate::clock::Clock;
use crate::crypto::enveloped::tests::Enclave;
use crate::protocol::Request;

static ENCLAVE: LazyLock<Enclave> = LazyLock::new(Enclave::new);
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn document() -> Document {
    Document::new(ENCLAVE.public_key()).at(NOW)
}

fn call(kms: &Kms, operation: &str, body: &Value) -> (u16, Value) {
    let reply = kms.handle(&Request::new(
        &format!("TrentService.{operation}"),
        body.to_string().as_bytes(),
    ));
    (reply.status, serde_json::from_slice(&reply.body).unwrap())
}

fn recipient(document: &[u8]) -> Value {
    json!({
        "AttestationDocument": STANDARD.encode(document),
        "KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256",
    })
}

/// Decrypts the secret in a response, which must not contain the plaintext.
fn opened(answer: &Value, plain: &str) -> Vec<u8> {
    assert!(answer.get(plain).is_none(), "{answer}");
    let sealed = answer["CiphertextForRecipient"].as_str().unwrap();
    ENCLAVE.open(&STANDARD.decode(sealed).unwrap()).unwrap()
}

fn rejection(document: &[u8], now: Timestamp) -> String {
    match verify(document, Trust::OwnRoot, now) {
        Ok(_) => panic!("accepted"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn each_operation_encrypts_its_secret_for_the_enclave() {
    let clock = Arc::new(Clock::frozen_at(NOW));
    let kms = Kms::builder().clock(clock).build_temporary().unwrap();
    let recipient = recipient(&document().sign().unwrap());
    let create = |spec: &str, usage: &str| {
        let body = json!({ "KeySpec": spec, "KeyUsage": usage });
        call(&kms, "CreateKey", &body).1["KeyMetadata"]["KeyId"].clone()
    };
    let key = create("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");

    let body = json!({ "NumberOfBytes": 99, "Recipient": recipient });
    let (_, answer) = call(&kms, "GenerateRandom", &body);
    assert_eq!(opened(&answer, "Plaintext").len(), 99);

    let body = json!({ "KeyId": key, "KeySpec": "AES_256", "Recipient": recipient });
    let (_, answer) = call(&kms, "GenerateDataKey", &body);
    let data_key = opened(&answer, "Plaintext");
    let mut body = json!({ "CiphertextBlob": answer["CiphertextBlob"] });
    let (_, plain) = call(&kms, "Decrypt", &body);
    assert_eq!(plain["Plaintext"], STANDARD.encode(&data_key));
    body["Recipient"] = recipient.clone();
    let (_, answer) = call(&kms, "Decrypt", &body);
    assert_eq!(opened(&answer, "Plaintext"), data_key);

    let body = json!({ "KeyId": key, "KeyPairSpec": "ECC_NIST_P256", "Recipient": recipient });
    let (_, answer) = call(&kms, "GenerateDataKeyPair", &body);
    let private_key = opened(&answer, "PrivateKeyPlaintext");
    let body = json!({ "CiphertextBlob": answer["PrivateKeyCiphertextBlob"] });
    let (_, plain) = call(&kms, "Decrypt", &body);
    assert_eq!(plain["Plaintext"], STANDARD.encode(private_key));

    let key = create("ECC_NIST_P256", "KEY_AGREEMENT");
    let (_, public_key) = call(&kms, "GetPublicKey", &json!({ "KeyId": key }));
    let mut body = json!({
        "KeyId": key,
        "KeyAgreementAlgorithm": "ECDH",
        "PublicKey": public_key["PublicKey"],
    });
    let (_, plain) = call(&kms, "DeriveSharedSecret", &body);
    body["Recipient"] = recipient;
    let (_, answer) = call(&kms, "DeriveSharedSecret", &body);
    let secret = opened(&answer, "SharedSecret");
    assert_eq!(plain["SharedSecret"], STANDARD.encode(secret));
}

#[test]
fn rejected_document_is_a_validation_exception() {
    let kms = Kms::builder().build_temporary().unwrap();
    for document in [b"x".as_slice(), &document().sign().unwrap()] {
        let body = json!({ "NumberOfBytes": 9, "Recipient": recipient(document) });
        let (status, answer) = call(&kms, "GenerateRandom", &body);
        assert_eq!(status, 400);
        assert_eq!(answer["__type"], "ValidationException", "{answer}");
    }
}

#[test]
fn accepts_document_until_its_certificate_expires() {
    let clock = Clock::frozen_at(NOW);
    let document = document().sign().unwrap();
    let three_hours = Duration::from_secs(3 * 60 * 60);
    assert!(verify(&document, Trust::OwnRoot, clock.now()).is_ok());
    clock.advance(three_hours);
    assert!(verify(&document, Trust::OwnRoot, clock.now()).is_ok());
    clock.advance(Duration::from_secs(1));
    let expected = "a certificate has expired";
    assert_eq!(rejection(&document, clock.now()), expected);
    let early = Timestamp::from_millis(NOW.millis() - 6 * 60 * 1000);
    assert_eq!(
        rejection(&document, early),
        "a certificate is not valid yet"
    );
}

#[test]
fn signs_documents_only_while_the_root_is_valid() {
    let at = |millis| document().at(Timestamp::from_millis(millis)).sign();
    assert!(at(2_524_600_000_000).is_ok()); // 31 December 2049
    assert!(at(2_524_700_000_000).is_ok()); // 2 January 2050
    for outside in [
        i64::MIN,
        -1,
        0,
        1_500_000_000_000,
        4_733_600_000_000,
        i64::MAX,
    ] {
        assert!(at(outside).is_err(), "{outside}");
    }
}

#[test]
fn document_contains_its_pcrs() {
    let signed = document().pcr(0, [7; 48]).pcr(31, [8; 64]).sign().unwrap();
    let payload = Payload::parse(Sign1::parse(&signed).unwrap().payload).unwrap();
    let pcrs = payload.pcrs.unwrap();
    assert_eq!(pcrs.len(), 17);
    assert_eq!(pcrs[&0], [7; 48]);
    assert_eq!(pcrs[&1], [0; 48]);
    assert_eq!(pcrs[&31], [8; 64]);
}

#[test]
fn rejects_documents_outside_the_limits() {
    let long = vec![0; 513];
    for wrong in [
        document().module_id(""),
        document().pcr(32, [0; 48]),
        document().pcr(0, [0; 47]),
        document().user_data(long.clone()),
        document().nonce(long),
        Document::new([0x30, 0]).at(NOW),
        Document::new([]).at(NOW),
    ] {
        assert!(wrong.sign().is_err(), "{wrong:?}");
    }
    assert!(document().user_data([]).nonce([0; 512]).sign().is_ok());
}

#[test]
fn rejects_every_changed_bit() {
    let signed = document().nonce([1, 2, 3]).sign().unwrap();
    // Changes every bit around the payload, but only one bit per byte of the payload, which one
    // signature covers.
    let Sign1 { payload, .. } = Sign1::parse(&signed).unwrap();
    let start = payload.as_ptr() as usize - signed.as_ptr() as usize;
    let inside = start..start + payload.len();
    let mut changed = signed.clone();
    for position in 0..signed.len() {
        let bits = if inside.contains(&position) {
            position % 8..position % 8 + 1
        } else {
            0..8
        };
        for bit in bits {
            changed[position] ^= 1 << bit;
            assert!(
                verify(&changed, Trust::OwnRoot, NOW).is_err(),
                "bit {bit} of byte {position}"
            );
            changed[position] ^= 1 << bit;
        }
    }
    assert!(verify(&changed, Trust::OwnRoot, NOW).is_ok());
    changed.push(0);
    assert_eq!(rejection(&changed, NOW), "extra bytes follow the document");
}

#[test]
fn accepts_only_the_tag_of_cose_sign1() {
    let signed = document().sign().unwrap();
    let tagged = |tag: u8| [&[tag], signed.as_slice()].concat();
    assert!(verify(&tagged(0xd2), Trust::OwnRoot, NOW).is_ok());
    assert_eq!(
        rejection(&tagged(0xd1), NOW),
        "the CBOR tag is not COSE_Sign1"
    );
}

#[test]
fn damaged_documents_do_not_panic() {
    let signed = document().sign().unwrap();
    let mut random = fastrand::Rng::with_seed(1);
    for _ in 0..20_000 {
        let mut bytes = signed.clone();
        for _ in 0..random.usize(1..4) {
            match random.u8(0..4) {
                0 => bytes.truncate(random.usize(0..=bytes.len())),
                1 => bytes.insert(random.usize(0..=bytes.len()), random.u8(..)),
                _ => {
                    let position = random.usize(0..bytes.len().max(1));
                    if let Some(byte) = bytes.get_mut(position) {
                        *byte = random.u8(..);
                    }
                }
            }
        }
        let _ = verify(&bytes, Trust::Any, NOW);
        let noise: Vec<u8> = (0..random.usize(0..64)).map(|_| random.u8(..)).collect();
        assert!(verify(&noise, Trust::Any, NOW).is_err());
        assert!(verify(&noise, Trust::OwnRoot, NOW).is_err());
    }
    // Lengths that exceed the input.
    for header in [0x9b, 0xbb, 0x5b, 0x7b] {
        let mut bytes = vec![header];
        bytes.extend([0xff; 8]);
        assert!(verify(&bytes, Trust::Any, NOW).is_err());
    }
    assert!(verify(&vec![0x81; 100_000], Trust::Any, NOW).is_err());
}
