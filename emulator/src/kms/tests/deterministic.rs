//! Reproducible answers.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::Kms;
use crate::attestation::Document;
use crate::clock::{Clock, Timestamp};
use crate::crypto::enveloped::tests::Enclave;
use crate::protocol::Request;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// A KMS and its answers, with their request ids.
struct Run {
    kms: Kms,
    answers: Vec<String>,
}

impl Run {
    fn new(text: &str) -> Self {
        let clock = Arc::new(Clock::frozen_at(NOW));
        let kms = Kms::builder().deterministic(text).clock(clock);
        Self {
            kms: kms.build_temporary().unwrap(),
            answers: Vec::new(),
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "callers pass temporaries")]
    fn call(&mut self, operation: &str, body: Value) -> Value {
        let target = format!("TrentService.{operation}");
        let authorization =
            "AWS4-HMAC-SHA256 Credential=A/20270115/cn-north-1/kms/aws4_request, Signature=0";
        let reply = self.kms.handle(&Request {
            authorization: Some(authorization),
            ..Request::new(&target, body.to_string().as_bytes())
        });
        let answer = String::from_utf8(reply.body).unwrap();
        assert_eq!(reply.status, 200, "{operation} {body}: {answer}");
        self.answers
            .push(format!("{operation} {} {answer}", reply.request_id));
        serde_json::from_str(&answer).unwrap_or_default()
    }

    fn key(&mut self, spec: &str, usage: &str) -> Value {
        let body = json!({ "KeySpec": spec, "KeyUsage": usage });
        self.call("CreateKey", body)["KeyMetadata"]["KeyId"].clone()
    }
}

/// Calls every operation that uses randomness. Verifies each signature.
fn run(text: &str, enclave: &[u8]) -> Vec<String> {
    let mut run = Run::new(text);
    for (spec, algorithms) in [
        (
            "RSA_2048",
            &[
                "RSASSA_PSS_SHA_256",
                "RSASSA_PSS_SHA_384",
                "RSASSA_PSS_SHA_512",
                "RSASSA_PKCS1_V1_5_SHA_256",
            ][..],
        ),
        ("ECC_NIST_P256", &["ECDSA_SHA_256"]),
        ("ECC_NIST_P384", &["ECDSA_SHA_384"]),
        ("ECC_NIST_P521", &["ECDSA_SHA_512"]),
        ("ECC_SECG_P256K1", &["ECDSA_SHA_256"]),
        ("ECC_NIST_EDWARDS25519", &["ED25519_SHA_512"]),
        ("SM2", &["SM2DSA"]),
        ("ML_DSA_44", &["ML_DSA_SHAKE_256"]),
        ("ML_DSA_65", &["ML_DSA_SHAKE_256"]),
        ("ML_DSA_87", &["ML_DSA_SHAKE_256"]),
    ] {
        let key = run.key(spec, "SIGN_VERIFY");
        run.call("GetPublicKey", json!({ "KeyId": key }));
        for algorithm in algorithms {
            let mut body =
                json!({ "KeyId": key, "Message": "bWVzc2FnZQ==", "SigningAlgorithm": algorithm });
            body["Signature"] = run.call("Sign", body.clone())["Signature"].clone();
            run.call("Verify", body);
        }
    }
    let digest = json!({ "KeyId": run.key("RSA_2048", "SIGN_VERIFY"), "MessageType": "DIGEST",
        "SigningAlgorithm": "RSASSA_PSS_SHA_256", "Message": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" });
    run.call("Sign", digest);
    for (spec, algorithms) in [
        ("RSA_2048", &["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"][..]),
        ("SM2", &["SM2PKE"]),
        ("SYMMETRIC_DEFAULT", &["SYMMETRIC_DEFAULT"]),
    ] {
        let key = run.key(spec, "ENCRYPT_DECRYPT");
        for algorithm in algorithms {
            let body =
                json!({ "KeyId": key, "Plaintext": "YQ==", "EncryptionAlgorithm": algorithm });
            let sealed = run.call("Encrypt", body)["CiphertextBlob"].clone();
            let body =
                json!({ "KeyId": key, "CiphertextBlob": sealed, "EncryptionAlgorithm": algorithm });
            assert_eq!(run.call("Decrypt", body)["Plaintext"], "YQ==");
        }
    }
    let key = run.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
    run.call(
        "GenerateDataKey",
        json!({ "KeyId": key, "KeySpec": "AES_256" }),
    );
    run.call("GenerateDataKey", json!({ "KeyId": key, "KeySpec": "AES_256",
        "Recipient": { "AttestationDocument": base64(enclave), "KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256" } }));
    for pair in ["RSA_2048", "ECC_NIST_P384", "ECC_NIST_EDWARDS25519", "SM2"] {
        run.call(
            "GenerateDataKeyPair",
            json!({ "KeyId": key, "KeyPairSpec": pair }),
        );
    }
    run.call("GenerateRandom", json!({ "NumberOfBytes": 16 }));
    run.call("CreateGrant", json!({
        "KeyId": key, "GranteePrincipal": "arn:aws-cn:iam::000000000000:role/r", "Operations": ["Decrypt"],
    }));
    run.call("RotateKeyOnDemand", json!({ "KeyId": key }));
    run.call("Encrypt", json!({ "KeyId": key, "Plaintext": "YQ==" }));
    let import =
        run.call("CreateKey", json!({ "Origin": "EXTERNAL" }))["KeyMetadata"]["KeyId"].clone();
    run.call("GetParametersForImport", json!({
        "KeyId": import, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048",
    }));
    for spec in ["ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"] {
        let key = run.key(spec, "ENCAPSULATE_DECAPSULATE");
        let body = json!({ "KeyId": key, "EncapsulationAlgorithm": "ML_KEM" });
        let encapsulated = run.call("Encapsulate", body);
        let body = json!({ "KeyId": key, "EncapsulationAlgorithm": "ML_KEM", "SharedSecretCiphertextBlob": encapsulated["SharedSecretCiphertextBlob"] });
        assert_eq!(
            run.call("Decapsulate", body)["SharedSecret"],
            encapsulated["SharedSecret"]
        );
    }
    run.answers
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn same_text_gives_same_answers() {
    let enclave = Enclave::new();
    let enclave = Document::new(enclave.public_key()).at(NOW).sign().unwrap();
    let first = run("a text", &enclave);
    for (one, other) in run("a text", &enclave).iter().zip(&first) {
        assert_eq!(one, other);
    }
    for (one, other) in run("another text", &enclave).iter().zip(&first) {
        assert_ne!(one, other);
    }
}

#[test]
fn restore_and_reset_rewind_the_generator() {
    let mut run = Run::new("a text");
    run.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
    let snapshot = run.kms.snapshot();
    run.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
    run.kms.restore(&snapshot).unwrap();
    run.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
    run.kms.reset().unwrap();
    run.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
    let answers = run.answers;
    assert!(answers[1] == answers[2] && answers[0] == answers[3] && answers[0] != answers[1]);
}
