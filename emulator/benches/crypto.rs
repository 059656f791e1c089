//! The time of each algorithm in the emulator and as the bare primitive of its library, in the same
//! run. The difference is parsing, validation, lookup and the response.
//!
//! ```sh
//! cargo bench --package kms-emulator --bench crypto
//! cargo bench --package kms-emulator --bench crypto -- ECDSA     # only names that contain ECDSA
//! ```
//!
//! Sockets and the disk are not measured; see the bench `serve`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench panics on errors"
)]

use std::hint::black_box;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::kem::{DecapsulationKey, ML_KEM_768};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{
    KeyPair as RsaKeyPair, KeySize, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey,
    PublicEncryptingKey,
};
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, ML_DSA_65_SIGNING, PqdsaKeyPair,
    RsaEncoding,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use criterion::{Criterion, criterion_group, criterion_main};
use hmac::{Hmac, KeyInit as _, Mac as _};
use k256::ecdsa::signature::hazmat::RandomizedPrehashSigner as _;
use k256::elliptic_curve::Generate as _;
use kms_emulator::Kms;
use kms_emulator::protocol::Request;
use serde_json::{Value, json};
use sha2::Sha256;

const MESSAGE: &[u8] = b"a message";

/// The emulator as a client sees it.
struct Client(Kms);

impl Client {
    fn call(&self, operation: &str, body: &str) -> Value {
        let reply = self.0.handle(&Request::new(
            &format!("TrentService.{operation}"),
            body.as_bytes(),
        ));
        assert_eq!(reply.status, 200, "{operation} {body}");
        serde_json::from_slice(&reply.body).unwrap()
    }

    fn key(&self, spec: &str, usage: &str) -> String {
        let body = json!({ "KeySpec": spec, "KeyUsage": usage }).to_string();
        let answer = self.call("CreateKey", &body);
        answer["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
    }

    /// Measures an operation under the name of its algorithm.
    fn measure(&self, bench: &mut Criterion, name: &str, operation: &str, body: &Value) {
        let body = body.to_string();
        bench.bench_function(&format!("{name}/{operation}"), |bencher| {
            bencher.iter(|| self.call(operation, &body));
        });
    }
}

/// Measures a primitive under the name of its algorithm.
fn bare<T>(bench: &mut Criterion, name: &str, operation: &str, mut primitive: impl FnMut() -> T) {
    bench.bench_function(&format!("{name}/bare {operation}"), |bencher| {
        bencher.iter(|| black_box(primitive()));
    });
}

/// `Sign` and `Verify` of an algorithm.
fn sign_and_verify(bench: &mut Criterion, kms: &Client, spec: &str, algorithm: &str) {
    let name = format!("{algorithm} {spec}");
    let mut body = json!({
        "KeyId": kms.key(spec, "SIGN_VERIFY"),
        "Message": BASE64.encode(MESSAGE),
        "SigningAlgorithm": algorithm,
    });
    if algorithm == "ED25519_PH_SHA_512" {
        body["MessageType"] = "DIGEST".into();
        body["Message"] = BASE64.encode([7; 64]).into();
    }
    kms.measure(bench, &name, "Sign", &body);
    body["Signature"] = kms.call("Sign", &body.to_string())["Signature"].clone();
    kms.measure(bench, &name, "Verify", &body);
}

fn signatures(bench: &mut Criterion) {
    let kms = Client(Kms::builder().build_temporary().unwrap());
    let ecdsa: [(&str, &str, &'static EcdsaSigningAlgorithm); 3] = [
        (
            "ECC_NIST_P256",
            "ECDSA_SHA_256",
            &signature::ECDSA_P256_SHA256_ASN1_SIGNING,
        ),
        (
            "ECC_NIST_P384",
            "ECDSA_SHA_384",
            &signature::ECDSA_P384_SHA384_ASN1_SIGNING,
        ),
        (
            "ECC_NIST_P521",
            "ECDSA_SHA_512",
            &signature::ECDSA_P521_SHA512_ASN1_SIGNING,
        ),
    ];
    for (spec, algorithm, signing) in ecdsa {
        sign_and_verify(bench, &kms, spec, algorithm);
        let pair = EcdsaKeyPair::generate(signing).unwrap();
        bare(bench, &format!("{algorithm} {spec}"), "Sign", || {
            pair.sign(&SystemRandom::new(), MESSAGE).unwrap()
        });
    }

    sign_and_verify(bench, &kms, "ECC_SECG_P256K1", "ECDSA_SHA_256");
    let key = k256::ecdsa::SigningKey::from(k256::SecretKey::generate());
    bare(bench, "ECDSA_SHA_256 ECC_SECG_P256K1", "Sign", || {
        let signature: k256::ecdsa::Signature = key
            .sign_prehash_with_rng(&mut getrandom::SysRng, &[7; 32])
            .unwrap();
        signature
    });

    sign_and_verify(bench, &kms, "ECC_NIST_EDWARDS25519", "ED25519_SHA_512");
    let pair = Ed25519KeyPair::generate().unwrap();
    bare(
        bench,
        "ED25519_SHA_512 ECC_NIST_EDWARDS25519",
        "Sign",
        || pair.sign(MESSAGE),
    );
    sign_and_verify(bench, &kms, "ECC_NIST_EDWARDS25519", "ED25519_PH_SHA_512");

    sign_and_verify(bench, &kms, "ML_DSA_65", "ML_DSA_SHAKE_256");
    let pair = PqdsaKeyPair::generate(&ML_DSA_65_SIGNING).unwrap();
    let mut buffer = vec![0; ML_DSA_65_SIGNING.signature_len()];
    bare(bench, "ML_DSA_SHAKE_256 ML_DSA_65", "Sign", || {
        pair.sign(MESSAGE, &mut buffer).unwrap()
    });
}

fn rsa(bench: &mut Criterion) {
    let kms = Client(Kms::builder().build_temporary().unwrap());
    for (spec, size) in [
        ("RSA_2048", KeySize::Rsa2048),
        ("RSA_3072", KeySize::Rsa3072),
        ("RSA_4096", KeySize::Rsa4096),
    ] {
        let pair = RsaKeyPair::generate(size).unwrap();
        let mut buffer = vec![0; pair.public_modulus_len()];
        let schemes: [(&str, &'static dyn RsaEncoding); 2] = [
            ("RSASSA_PKCS1_V1_5_SHA_256", &signature::RSA_PKCS1_SHA256),
            ("RSASSA_PSS_SHA_256", &signature::RSA_PSS_SHA256),
        ];
        for (algorithm, encoding) in schemes {
            sign_and_verify(bench, &kms, spec, algorithm);
            bare(bench, &format!("{algorithm} {spec}"), "Sign", || {
                pair.sign(encoding, &SystemRandom::new(), MESSAGE, &mut buffer)
                    .unwrap();
            });
        }

        let name = format!("RSAES_OAEP_SHA_256 {spec}");
        let key = kms.key(spec, "ENCRYPT_DECRYPT");
        let body = json!({
            "KeyId": key,
            "Plaintext": BASE64.encode(MESSAGE),
            "EncryptionAlgorithm": "RSAES_OAEP_SHA_256",
        });
        kms.measure(bench, &name, "Encrypt", &body);
        let ciphertext = kms.call("Encrypt", &body.to_string())["CiphertextBlob"].clone();
        let body = json!({
            "KeyId": key,
            "CiphertextBlob": ciphertext,
            "EncryptionAlgorithm": "RSAES_OAEP_SHA_256",
        });
        kms.measure(bench, &name, "Decrypt", &body);
        let der: PublicKeyX509Der<'_> = {
            use aws_lc_rs::signature::KeyPair as _;
            pair.public_key().as_der().unwrap()
        };
        let public = PublicEncryptingKey::from_der(der.as_ref()).unwrap();
        let public = OaepPublicEncryptingKey::new(public).unwrap();
        bare(bench, &name, "Encrypt", || {
            public
                .encrypt(&OAEP_SHA256_MGF1SHA256, MESSAGE, &mut buffer, None)
                .unwrap();
        });
    }
}

/// Generation of keys.
fn key_pairs(bench: &mut Criterion) {
    bench.bench_function("CreateKey/bare RSA_2048", |bencher| {
        bencher.iter(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());
    });
    let kms = Client(Kms::builder().build_temporary().unwrap());
    for (spec, usage) in [
        ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"),
        ("HMAC_256", "GENERATE_VERIFY_MAC"),
        ("ECC_NIST_P256", "SIGN_VERIFY"),
        ("ECC_NIST_P521", "SIGN_VERIFY"),
        ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY"),
        ("ML_DSA_65", "SIGN_VERIFY"),
        ("ML_KEM_768", "ENCAPSULATE_DECAPSULATE"),
    ] {
        let body = json!({ "KeySpec": spec, "KeyUsage": usage });
        kms.measure(bench, &format!("{spec} {usage}"), "CreateKey", &body);
    }
}

fn encryption(bench: &mut Criterion) {
    let kms = Client(Kms::builder().build_temporary().unwrap());
    let key = kms.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
    let aes = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[7; 32]).unwrap());
    for length in [32, 4096] {
        let name = format!("SYMMETRIC_DEFAULT {length} bytes");
        let body = json!({ "KeyId": key, "Plaintext": BASE64.encode(vec![7; length]) });
        kms.measure(bench, &name, "Encrypt", &body);
        let ciphertext = kms.call("Encrypt", &body.to_string())["CiphertextBlob"].clone();
        let body = json!({ "CiphertextBlob": ciphertext });
        kms.measure(bench, &name, "Decrypt", &body);
        bare(bench, &name, "Encrypt", || {
            let mut buffer = vec![7; length];
            let nonce = Nonce::assume_unique_for_key([7; 12]);
            aes.seal_in_place_append_tag(nonce, Aad::empty(), &mut buffer)
                .unwrap();
            buffer
        });
    }
    let body = json!({ "KeyId": key, "KeySpec": "AES_256" });
    kms.measure(bench, "AES_256", "GenerateDataKey", &body);
    let body = json!({ "KeyId": key, "KeyPairSpec": "ECC_NIST_P256" });
    kms.measure(bench, "ECC_NIST_P256", "GenerateDataKeyPair", &body);
}

fn secrets(bench: &mut Criterion) {
    let kms = Client(Kms::builder().build_temporary().unwrap());
    let mut body = json!({
        "KeyId": kms.key("HMAC_256", "GENERATE_VERIFY_MAC"),
        "Message": BASE64.encode(MESSAGE),
        "MacAlgorithm": "HMAC_SHA_256",
    });
    kms.measure(bench, "HMAC_SHA_256", "GenerateMac", &body);
    body["Mac"] = kms.call("GenerateMac", &body.to_string())["Mac"].clone();
    kms.measure(bench, "HMAC_SHA_256", "VerifyMac", &body);
    bare(bench, "HMAC_SHA_256", "GenerateMac", || {
        let mac = Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap();
        mac.chain_update(MESSAGE).finalize().into_bytes()
    });

    for spec in ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"] {
        let key = kms.key(spec, "KEY_AGREEMENT");
        let body = json!({ "KeyId": kms.key(spec, "KEY_AGREEMENT") }).to_string();
        let public = kms.call("GetPublicKey", &body)["PublicKey"].clone();
        let body = json!({ "KeyId": key, "PublicKey": public, "KeyAgreementAlgorithm": "ECDH" });
        kms.measure(bench, &format!("ECDH {spec}"), "DeriveSharedSecret", &body);
    }

    let key = kms.key("ML_KEM_768", "ENCAPSULATE_DECAPSULATE");
    let mut body = json!({ "KeyId": key, "EncapsulationAlgorithm": "ML_KEM" });
    kms.measure(bench, "ML_KEM ML_KEM_768", "Encapsulate", &body);
    let encapsulated = kms.call("Encapsulate", &body.to_string());
    body["SharedSecretCiphertextBlob"] = encapsulated["SharedSecretCiphertextBlob"].clone();
    kms.measure(bench, "ML_KEM ML_KEM_768", "Decapsulate", &body);
    let own = DecapsulationKey::generate(&ML_KEM_768).unwrap();
    let public = own.encapsulation_key().unwrap();
    bare(bench, "ML_KEM ML_KEM_768", "Encapsulate", || {
        public.encapsulate().unwrap()
    });
}

criterion_group!(all, signatures, rsa, key_pairs, encryption, secrets);
criterion_main!(all);
