//! Recordings: they can be played, and have no secrets.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::between::{Fate, Seen, between};
use super::{Verify, serve};

/// Operations whose answers have secrets of every kind: data keys, ciphertexts, signatures, codes, tokens,
/// key material, policies.
const ONLY: &str = "--only=CreateGrant,Decrypt/ciphertext,DeriveSharedSecret,Encrypt/ciphertext,GenerateDataKey,\
                    GenerateDataKeyPair/p256,GenerateDataKeyPair/secp256k1,GenerateDataKeyWithoutPlaintext,\
                    GenerateMac,GenerateRandom,GetKeyPolicy,GetParametersForImport/answer,ListAliases,ListGrants,\
                    ListKeys,Sign/digest";

/// Members whose values are secrets, or bytes that depend on them.
const SECRETS: [&str; 13] = [
    "CiphertextBlob",
    "CiphertextForRecipient",
    "EncryptedKeyMaterial",
    "GrantToken",
    "ImportToken",
    "Mac",
    "NextMarker",
    "Plaintext",
    "PrivateKeyCiphertextBlob",
    "PrivateKeyPlaintext",
    "PublicKey",
    "SharedSecret",
    "Signature",
];

/// Ids of this run, which would be those of an account.
const IDS: [&str; 4] = ["AWSAccountId", "GrantId", "KeyId", "CurrentKeyMaterialId"];

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        Value::Object(members) => {
            for (name, value) in members {
                if let (true, Some(text)) = (
                    SECRETS.contains(&name.as_str()) || IDS.contains(&name.as_str()),
                    value.as_str(),
                ) {
                    found.insert(text.to_owned());
                }
                collect(value, found);
            }
        }
        _ => {}
    }
}

/// The texts of all files, by name.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for operation in fs::read_dir(folder).unwrap() {
        for file in fs::read_dir(operation.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let name = path.strip_prefix(folder).unwrap();
            found.push((
                name.display().to_string(),
                fs::read_to_string(&path).unwrap(),
            ));
        }
    }
    found
}

/// The text of a golden case. What it has is no secret of a run.
fn golden(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/cases");
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn a_recording_has_no_secret_and_its_cases_pass() {
    let emulator = serve(&[]);
    let answers = Arc::new(Mutex::new(String::new()));
    let seen = Arc::clone(&answers);
    let url = between(
        emulator.address,
        |_| Fate::Passed,
        move |answer| seen.lock().unwrap().extend([answer, "\0"]),
    );
    let folder = tempfile::tempdir().unwrap();
    let recording = folder.path().join("recording");
    let record = format!("--record={}", recording.display());
    let output = Verify::new(&url, &[ONLY, &record]).run();
    output.has_code(0).says("cases recorded");

    let mut secrets = BTreeSet::new();
    for answer in answers.lock().unwrap().split('\0') {
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        if let Ok(body) = serde_json::from_str(body) {
            collect(&body, &mut secrets);
        }
    }
    secrets.retain(|secret| secret.len() >= 6);
    assert!(secrets.len() > 100, "{}", secrets.len());
    let files = files(&recording);
    assert!(files.len() > 100, "{}", files.len());
    for (name, text) in &files {
        let golden = golden(name);
        let leaked = secrets
            .iter()
            .find(|it| text.contains(*it) && !golden.contains(*it));
        assert_eq!(leaked, None, "{name}: {text}");
        let case: Value = serde_json::from_str(text).unwrap();
        assert_eq!(case["source"]["evidence"], "recorded");
        let place = case["source"]["where"].as_str().unwrap();
        assert!(
            place.contains("(not AWS), Region us-east-1, partition aws, 20"),
            "{place}"
        );
    }

    // Another emulator gives the same answers.
    let other = serve(&[]);
    let cases = format!("--cases={}", recording.display());
    let output = Verify::new(&super::url(other.address), &[&cases])
        .run()
        .has_code(0);
    output.says(&format!(
        "{} of {} cases compared",
        files.len(),
        files.len()
    ));

    // A recording is not written over another one.
    let again = Verify::new(&super::url(other.address), &[ONLY, &record]).run();
    again.has_code(2).says("must be empty");
}

/// What differs is recorded as it was answered, and passes then.
#[test]
fn a_different_answer_is_recorded() {
    let emulator = serve(&[]);
    let edit = |_: &Seen| Fate::Edited("\"Enabled\":true", "\"Enabled\":null");
    let url = between(emulator.address, edit, |_| {});
    let folder = tempfile::tempdir().unwrap();
    let recording = folder.path().join("recording");
    let record = format!("--record={}", recording.display());
    let only = "--only=CreateKey/metadata_of_ecc";
    Verify::new(&url, &[only, &record]).run().has_code(1);
    let cases = format!("--cases={}", recording.display());
    Verify::new(&url, &[&cases]).run().has_code(0);
    let plain = Verify::new(&super::url(emulator.address), &[&cases]).run();
    plain
        .has_code(1)
        .says("body.KeyMetadata.Enabled\n    expected null\n    answered true");
}
