//! A run: an emulator, its client, and what was learned so far.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;
use kms_emulator::Emulator;
use kms_emulator::attestation::Document;
use kms_emulator::protocol::Request;
use serde_json::{Map, Value, json};

use crate::allowed::{self, Outcome};
use crate::client::{Answer, Client};
use crate::damage::{self, Raw};
use crate::generate::Generator;
use crate::known::{Call, Known};
use crate::model::Model;

/// Operations that generate RSA keys, call a proxy, or only remove what the others need. They are chosen less often.
const RARE: &[&str] = &[
    "CreateCustomKeyStore",
    "DeleteAlias",
    "DeleteImportedKeyMaterial",
    "DisableKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GetParametersForImport",
    "ScheduleKeyDeletion",
];

/// Keys of a run: spec, usage, origin.
const KEYS: &[(&str, &str, &str)] = &[
    ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY", "AWS_KMS"),
    ("ECC_NIST_P256", "KEY_AGREEMENT", "AWS_KMS"),
    ("ECC_NIST_P256", "SIGN_VERIFY", "EXTERNAL"),
    ("ECC_NIST_P384", "SIGN_VERIFY", "AWS_KMS"),
    ("ECC_NIST_P521", "KEY_AGREEMENT", "AWS_KMS"),
    ("ECC_SECG_P256K1", "SIGN_VERIFY", "AWS_KMS"),
    ("HMAC_224", "GENERATE_VERIFY_MAC", "AWS_KMS"),
    ("HMAC_512", "GENERATE_VERIFY_MAC", "AWS_KMS"),
    ("ML_DSA_44", "SIGN_VERIFY", "AWS_KMS"),
    ("ML_KEM_512", "ENCAPSULATE_DECAPSULATE", "AWS_KMS"),
    ("ML_KEM_1024", "ENCAPSULATE_DECAPSULATE", "AWS_KMS"),
    ("RSA_2048", "ENCRYPT_DECRYPT", "AWS_KMS"),
    ("RSA_2048", "SIGN_VERIFY", "AWS_KMS"),
    ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "AWS_KMS"),
    ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "EXTERNAL"),
    ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "EXTERNAL"),
];

pub(crate) struct Run<'m> {
    emulator: Emulator,
    client: Client,
    generator: Generator<'m>,
    operations: Vec<&'m str>,
    /// How often each operation had each outcome.
    outcomes: BTreeMap<&'m str, BTreeMap<String, u64>>,
    damaged: u64,
}

impl<'m> Run<'m> {
    pub(crate) fn start(model: &'m Model, seed: u64) -> Self {
        let builder = Emulator::builder().deterministic(&seed.to_string());
        let emulator = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(builder.start())
            .unwrap();
        // A state with every kind of record. It stops the clock.
        emulator.kms().import(&fixture("version-1.json")).unwrap();
        let address = emulator.endpoint_url().strip_prefix("http://").unwrap();
        let address: SocketAddr = address.parse().unwrap();
        let mut run = Self {
            client: Client::new(address),
            generator: Generator {
                model,
                rng: Rng::with_seed(seed),
                known: Known::default(),
                attestation_document: Vec::new(),
            },
            operations: model.operations.keys().map(String::as_str).collect(),
            outcomes: BTreeMap::new(),
            damaged: 0,
            emulator,
        };
        run.prepare();
        run
    }

    /// Learns the calls of the state's fixture, and creates a key of each kind.
    fn prepare(&mut self) {
        let steps: Vec<Value> = serde_json::from_str(&fixture("version-1-calls.json")).unwrap();
        for step in steps.iter().filter(|step| step["status"] == 200) {
            let operation = step["operation"].as_str().unwrap();
            self.learn(operation, &step["input"], &step["output"]);
        }
        for key in KEYS {
            let [spec, usage, origin] = [key.0, key.1, key.2];
            let key = json!({"KeySpec": spec, "KeyUsage": usage, "Origin": origin});
            let key = self.call("CreateKey", &key);
            if origin == "EXTERNAL" {
                let parameters = json!({
                    "KeyId": key["KeyMetadata"]["KeyId"],
                    "WrappingAlgorithm": "RSAES_OAEP_SHA_256",
                    "WrappingKeySpec": "RSA_2048",
                });
                self.call("GetParametersForImport", &parameters);
            }
        }
        let primary = json!({"MultiRegion": true});
        self.call("CreateKey", &primary);
        let stores = self.call("DescribeCustomKeyStores", &json!({}));
        let certificate = &stores["CustomKeyStores"][0]["TrustAnchorCertificate"];
        let store = json!({
            "CustomKeyStoreName": "another",
            "CloudHsmClusterId": "cluster-abcdefghijk",
            "KeyStorePassword": "password",
            "TrustAnchorCertificate": certificate,
        });
        self.call("CreateCustomKeyStore", &store);
        let pair = json!({"KeyPairSpec": "RSA_2048", "KeyId": "alias/symmetric"});
        let pair = self.call("GenerateDataKeyPair", &pair);
        let public_key = STANDARD.decode(pair["PublicKey"].as_str().unwrap());
        let document = Document::new(public_key.unwrap()).at(self.emulator.clock().now());
        self.generator.attestation_document = document.sign().unwrap();
    }

    /// Calls an operation, which must succeed.
    fn call(&mut self, operation: &str, input: &Value) -> Value {
        let (target, body) = (format!("TrentService.{operation}"), input.to_string());
        let request = Request::new(&target, body.as_bytes());
        let reply = self.emulator.kms().handle(&request);
        let output = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(reply.status, 200, "{operation} {input}: {output}");
        self.learn(operation, input, &output);
        output
    }

    /// Sends one request and checks the response.
    pub(crate) fn step(&mut self) -> Result<(), String> {
        if self.generator.chance(0.002) {
            let rng = &mut self.generator.rng;
            let hours = *rng.choice(&[1, 1, 1, 12, 400]).unwrap();
            let clock = self.emulator.clock();
            clock.advance(Duration::from_secs(hours * 60 * 60));
        }
        let operation = self.operation();
        let input = self.generator.body(operation);
        let body = input.to_string().into_bytes();
        let is_damaged = self.generator.chance(0.1);
        let rng = &mut self.generator.rng;
        let raw = if is_damaged {
            damage::damaged(operation, &body, rng)
        } else {
            damage::request(operation, &body, rng)
        };
        let answer = self.client.send(&raw.bytes);
        let outcome = match &answer {
            Ok(answer) => self.check(operation, &raw, answer),
            Err(error) => Err(error.clone()),
        };
        let outcome = outcome.map_err(|failure| report(&failure, &raw, answer))?;
        if is_damaged {
            self.damaged += 1;
            return Ok(());
        }
        let name = match outcome {
            Outcome::Success(output) => {
                self.learn(operation, &input, &output);
                "200".to_owned()
            }
            Outcome::Error(name) => name,
        };
        let outcomes = self.outcomes.entry(operation).or_default();
        *outcomes.entry(name).or_default() += 1;
        Ok(())
    }

    fn check(&self, operation: &str, raw: &Raw, answer: &Answer) -> Result<Outcome, String> {
        if raw.reaches_operation {
            return allowed::check(self.generator.model, operation, answer);
        }
        allowed::check_protocol_error(answer).map(|()| Outcome::Error(String::new()))
    }

    fn operation(&mut self) -> &'m str {
        let rng = &mut self.generator.rng;
        let operation = *rng.choice(&self.operations).unwrap();
        if RARE.contains(&operation) {
            return rng.choice(&self.operations).unwrap();
        }
        operation
    }

    /// Keeps the values of a request and its response.
    fn learn(&mut self, operation: &str, input: &Value, output: &Value) {
        let Generator {
            model, rng, known, ..
        } = &mut self.generator;
        let definition = &model.operations[operation];
        let mut call = Map::new();
        for (shape, value) in [(&definition.input, input), (&definition.output, output)] {
            if let Some(shape) = shape {
                known.collect(model, shape, value, &mut call, rng);
            }
        }
        if operation == "GetParametersForImport" {
            wrap_material(&mut call);
        }
        known.add_call(operation, call, rng);
    }

    pub(crate) fn operations_without_success(&self) -> Vec<&str> {
        let succeeded = |operation: &str| {
            let outcomes = self.outcomes.get(operation);
            outcomes.is_some_and(|outcomes| outcomes.contains_key("200"))
        };
        let operations = self.operations.iter().copied();
        operations.filter(|name| !succeeded(name)).collect()
    }

    pub(crate) fn report(&self) -> String {
        let mut text = format!("{} damaged requests\n", self.damaged);
        for (operation, outcomes) in &self.outcomes {
            writeln!(text, "{operation}: {outcomes:?}").unwrap();
        }
        text
    }
}

/// Adds key material for `ImportKeyMaterial`, wrapped with the public key of a response.
fn wrap_material(call: &mut Call) {
    if call["WrappingAlgorithm"] != "RSAES_OAEP_SHA_256" {
        return;
    }
    let public_key = STANDARD.decode(call["PublicKey"].as_str().unwrap());
    let public_key = PublicEncryptingKey::from_der(&public_key.unwrap()).unwrap();
    let public_key = OaepPublicEncryptingKey::new(public_key).unwrap();
    let mut wrapped = vec![0; public_key.ciphertext_size()];
    let key = public_key.encrypt(&OAEP_SHA256_MGF1SHA256, &[7; 32], &mut wrapped, None);
    let wrapped = STANDARD.encode(key.unwrap());
    call.insert("EncryptedKeyMaterial".to_owned(), wrapped.into());
}

fn report(failure: &str, raw: &Raw, answer: Result<Answer, String>) -> String {
    let request = String::from_utf8_lossy(&raw.bytes);
    let request: String = request.chars().take(6000).collect();
    let answer = match answer {
        Ok(answer) => {
            let body = String::from_utf8_lossy(&answer.body);
            format!("{} {:?}\n{body}", answer.status, answer.headers)
        }
        Err(error) => error,
    };
    format!("{failure}\n\n{request}\n\n{answer}")
}

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/state");
    fs::read_to_string(folder.join(name)).unwrap()
}
