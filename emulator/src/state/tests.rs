//! Export and import, and invalid state files.

use serde_json::{Value, json};
use x509_cert::Certificate;
use x509_cert::der::pem::LineEnding;
use x509_cert::der::{Decode as _, EncodePem as _};

use crate::Kms;

fn kms() -> Kms {
    Kms::builder().build_temporary().unwrap()
}

/// A KMS with every kind of record.
fn kms_with_all_records() -> Kms {
    let kms = kms();
    let create_key = |body: Value| kms.call("CreateKey", &body)["KeyMetadata"]["KeyId"].clone();
    let key =
        create_key(json!({ "MultiRegion": true, "Tags": [{ "TagKey": "a", "TagValue": "b" }] }));
    kms.call(
        "ReplicateKey",
        &json!({ "KeyId": key, "ReplicaRegion": "eu-west-1" }),
    );
    kms.call("EnableKeyRotation", &json!({ "KeyId": key }));
    kms.call("RotateKeyOnDemand", &json!({ "KeyId": key }));
    kms.call(
        "CreateAlias",
        &json!({ "AliasName": "alias/one", "TargetKeyId": key }),
    );
    kms.call("CreateGrant",
        &json!({
            "KeyId": key, "GranteePrincipal": "arn:aws:iam::000000000000:role/r", "Operations": ["Decrypt"],
            "RetiringPrincipal": "arn:aws:iam::000000000000:role/s", "Name": "n",
        }),
    );
    for (spec, usage) in [
        ("ECC_NIST_P256", "SIGN_VERIFY"),
        ("ML_DSA_44", "SIGN_VERIFY"),
        ("HMAC_256", "GENERATE_VERIFY_MAC"),
        ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY"),
        ("ECC_SECG_P256K1", "SIGN_VERIFY"),
    ] {
        create_key(json!({ "KeySpec": spec, "KeyUsage": usage }));
    }
    create_key(json!({ "Origin": "EXTERNAL" }));
    let deleted = create_key(json!({}));
    kms.call(
        "ScheduleKeyDeletion",
        &json!({ "KeyId": deleted, "PendingWindowInDays": 7 }),
    );
    kms.call("CreateCustomKeyStore",
        &json!({
            "CustomKeyStoreName": "s", "CloudHsmClusterId": "cluster-2a23b4cdefg", "KeyStorePassword": "kmsPswd",
            "TrustAnchorCertificate": anchor(),
        }),
    );
    kms
}

/// Any valid certificate.
fn anchor() -> String {
    let root = Certificate::from_der(include_bytes!("../attestation/root.der")).unwrap();
    root.to_pem(LineEnding::LF).unwrap()
}

/// All records, without last uses, which are saved when a KMS is dropped.
fn records(kms: &Kms) -> Vec<(String, Vec<u8>)> {
    let snapshot = kms.services.store.snapshot();
    snapshot
        .iter()
        .map(|(name, bytes)| (name.to_owned(), bytes.to_vec()))
        .collect()
}

#[test]
fn export_and_import_preserve_all_records() {
    let kms = kms_with_all_records();
    let key = json!({ "KeyId": "alias/one", "Plaintext": "YQ==" });
    let sealed = kms.call("Encrypt", &key)["CiphertextBlob"].clone();
    let page = kms.call("ListKeys", &json!({ "Limit": 1 }));
    kms.clock().advance(std::time::Duration::from_secs(86_400));
    let state = kms.export().unwrap();

    let other = kms_with_all_records();
    other.import(&state).unwrap();
    assert_eq!(other.export().unwrap(), state);
    assert_eq!(records(&other), records(&kms));
    assert_eq!(
        other.call("Decrypt", &json!({ "CiphertextBlob": sealed }))["Plaintext"],
        "YQ=="
    );
    // Earlier markers stay valid.
    other.call(
        "ListKeys",
        &json!({ "Limit": 1, "Marker": page["NextMarker"] }),
    );
    assert!(!other.clock().is_system_time());
}

#[test]
fn rejects_invalid_states_without_changes() {
    let kms = kms_with_all_records();
    let before = records(&kms);
    let good: Value = serde_json::from_str(&kms.export().unwrap()).unwrap();
    let name = |kind: &str| {
        let records = good["records"].as_object().unwrap();
        records
            .keys()
            .find(|name| name.starts_with(kind))
            .unwrap()
            .clone()
    };
    let record = |kind: &str, value: Value| {
        let mut state = good.clone();
        state["records"][name(kind)] = value;
        state
    };
    let without = |kind: &str| {
        let mut state = good.clone();
        state["records"]
            .as_object_mut()
            .unwrap()
            .remove(&name(kind));
        state
    };
    let with = |name: &str, value: Value| {
        let mut state = good.clone();
        state["records"][name] = value;
        state
    };
    let mut version = good.clone();
    version["version"] = json!(2);
    for (state, expected) in [
        (json!([]), "not a state file"),
        (
            version,
            "expected format simulated-kms-state, version 1; found format simulated-kms-state, version 2",
        ),
        (
            with("secrets/a", json!({})),
            "records.secrets/a: unknown kind of record",
        ),
        (
            with("key/a/b", json!({})),
            "records.key/a/b: expected an account and a Region in the name",
        ),
        (
            with("key/000000000000/us-east-1/x", json!({})),
            "records.key/000000000000/us-east-1/x: ",
        ),
        (
            with("agenda/1", Value::Null),
            "records.agenda/1: expected a time and a key in the name",
        ),
        (
            with("material/000000000000/us-east-1/x/0", json!({})),
            "does not exist",
        ),
        (
            record("key/", json!({ "spec": "ROT13" })),
            "unknown variant `ROT13`",
        ),
        (
            record("material/", json!({ "secret": "AAAA" })),
            "invalid material for a key of",
        ),
        (
            record("meta/", json!("AAAA")),
            "expected 32 bytes in base64",
        ),
        (without("material/"), "missing"),
        (without("key/"), "does not exist"),
    ] {
        let error = kms.import(&state.to_string()).unwrap_err().to_string();
        assert!(
            error.contains(expected),
            "{error} does not contain {expected}"
        );
        assert_eq!(records(&kms), before, "{expected}");
    }
    kms.import(&good.to_string()).unwrap();
}

#[test]
fn restores_snapshot_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let kms = Kms::builder().open(folder.path()).unwrap();
    let key = kms.call("CreateKey", &json!({}))["KeyMetadata"]["KeyId"].clone();
    let before = records(&kms);
    let snapshot = kms.snapshot();
    kms.clock().freeze();
    kms.faults().on("Sign").throttle();
    kms.call(
        "ScheduleKeyDeletion",
        &json!({ "KeyId": key, "PendingWindowInDays": 7 }),
    );
    kms.clock()
        .advance(std::time::Duration::from_secs(8 * 86_400));
    kms.call("CreateKey", &json!({}));
    assert_ne!(records(&kms), before);

    kms.restore(&snapshot).unwrap();
    assert_eq!(records(&kms), before);
    assert!(kms.clock().is_system_time() && kms.faults().list().is_empty());
    assert_eq!(kms.events().count(), 0);
    drop(kms);
    let kms = Kms::builder().open(folder.path()).unwrap();
    assert_eq!(records(&kms), before);
    kms.call("DescribeKey", &json!({ "KeyId": key }));

    kms.reset().unwrap();
    assert_eq!(kms.key_count(), 0);
    drop(kms);
    assert_eq!(Kms::builder().open(folder.path()).unwrap().key_count(), 0);
}

type Change<'c> = &'c dyn Fn(&mut Value);

/// With each of these records, an operation on the key could only fail with an internal error.
#[test]
fn rejects_records_that_contradict_each_other() {
    let kms = kms_with_all_records();
    let good: Value = serde_json::from_str(&kms.export().unwrap()).unwrap();
    let records = good["records"].as_object().unwrap();
    let (name, _) = records
        .iter()
        .find(|(name, value)| {
            name.starts_with("key/")
                && value["materials"]
                    .as_array()
                    .is_some_and(|all| all.len() == 1)
                && value["spec"] == "SYMMETRIC_DEFAULT"
        })
        .unwrap();
    let without_id =
        |record: &mut Value| drop(record["materials"][0].as_object_mut().unwrap().remove("id"));
    let other_id = |record: &mut Value| record["materials"][0]["id"] = json!("a".repeat(64));
    let other_usage = |record: &mut Value| record["usage"] = json!("SIGN_VERIFY");
    let changes: [(Change<'_>, &str); 3] = [
        (&without_id, "materials.0: the id is missing"),
        (&other_id, "the material does not match its id in the key"),
        (
            &other_usage,
            "a key of SYMMETRIC_DEFAULT cannot have the usage SIGN_VERIFY",
        ),
    ];
    for (change, expected) in changes {
        let mut state = good.clone();
        change(&mut state["records"][name]);
        let error = kms.import(&state.to_string()).unwrap_err().to_string();
        assert!(error.ends_with(expected), "{error}");
    }
    let public = |value: &Value| value["public_key"].is_string();
    let (name, _) = records
        .iter()
        .find(|(name, value)| name.starts_with("key/") && public(value))
        .unwrap();
    let mut state = good.clone();
    state["records"][name]
        .as_object_mut()
        .unwrap()
        .remove("public_key");
    let error = kms.import(&state.to_string()).unwrap_err().to_string();
    assert!(
        error.ends_with("does not match the public key of the key"),
        "{error}"
    );
}

#[test]
fn a_state_is_exported_in_pieces() {
    let kms = kms();
    let description = "d".repeat(8000);
    for _ in 0..50 {
        kms.call("CreateKey", &json!({ "Description": description }));
    }
    let pieces: Vec<_> = kms.export_pieces().unwrap().map(Result::unwrap).collect();
    assert!(pieces.len() > 5, "{}", pieces.len());
    assert!(pieces.iter().all(|piece| piece.len() < 80 * 1024));
    let text = pieces.concat();
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string_pretty(&value).unwrap() + "\n", text);
}

#[test]
fn errors_show_no_secrets() {
    let kms = kms_with_all_records();
    let mut state: Value = serde_json::from_str(&kms.export().unwrap()).unwrap();
    let records = state["records"].as_object_mut().unwrap();
    let material = records
        .iter_mut()
        .find(|(name, _)| name.starts_with("material/"));
    *material.unwrap().1 = json!("a secret");
    let error = kms.import(&state.to_string()).unwrap_err().to_string();
    assert!(error.contains("invalid type: string \"…\""), "{error}");
}

#[test]
fn ignores_the_last_use_of_a_deleted_key() {
    let kms = kms_with_all_records();
    let mut state: Value = serde_json::from_str(&kms.export().unwrap()).unwrap();
    let name = "last-use/000000000000/us-east-1/1234abcd-12ab-34cd-56ef-1234567890ab";
    let last = json!({ "operation": "Encrypt", "at": 0, "request_id": "" });
    state["records"][name] = last;
    kms.import(&state.to_string()).unwrap();
    assert!(!kms.export().unwrap().contains(name));
}
