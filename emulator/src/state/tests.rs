//! Out and in again, and files that are no state.

use serde_json::{Value, json};
use x509_cert::Certificate;
use x509_cert::der::pem::LineEnding;
use x509_cert::der::{Decode as _, EncodePem as _};

use crate::Kms;

fn kms() -> Kms {
    Kms::builder().build_temporary().unwrap()
}

/// A KMS with something of everything.
fn full() -> Kms {
    let kms = kms();
    let make = |body: Value| kms.ask("CreateKey", &body)["KeyMetadata"]["KeyId"].clone();
    let key = make(json!({ "MultiRegion": true, "Tags": [{ "TagKey": "a", "TagValue": "b" }] }));
    kms.ask(
        "ReplicateKey",
        &json!({ "KeyId": key, "ReplicaRegion": "eu-west-1" }),
    );
    kms.ask("EnableKeyRotation", &json!({ "KeyId": key }));
    kms.ask("RotateKeyOnDemand", &json!({ "KeyId": key }));
    kms.ask(
        "CreateAlias",
        &json!({ "AliasName": "alias/one", "TargetKeyId": key }),
    );
    kms.ask("CreateGrant",
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
        make(json!({ "KeySpec": spec, "KeyUsage": usage }));
    }
    make(json!({ "Origin": "EXTERNAL" }));
    let gone = make(json!({}));
    kms.ask(
        "ScheduleKeyDeletion",
        &json!({ "KeyId": gone, "PendingWindowInDays": 7 }),
    );
    kms.ask("CreateCustomKeyStore",
        &json!({
            "CustomKeyStoreName": "s", "CloudHsmClusterId": "cluster-2a23b4cdefg", "KeyStorePassword": "kmsPswd",
            "TrustAnchorCertificate": anchor(),
        }),
    );
    kms
}

/// A certificate, of no use but to be one.
fn anchor() -> String {
    let root = Certificate::from_der(include_bytes!("../attestation/root.der")).unwrap();
    root.to_pem(LineEnding::LF).unwrap()
}

/// All records but the times of last uses, which are saved when a KMS ends.
fn records(kms: &Kms) -> Vec<(String, Vec<u8>)> {
    let snapshot = kms.services.store.snapshot();
    snapshot
        .iter()
        .map(|(name, bytes)| (name.to_owned(), bytes.to_vec()))
        .collect()
}

#[test]
fn a_state_is_the_same_elsewhere_indices_and_all() {
    let kms = full();
    let key = json!({ "KeyId": "alias/one", "Plaintext": "YQ==" });
    let sealed = kms.ask("Encrypt", &key)["CiphertextBlob"].clone();
    let page = kms.ask("ListKeys", &json!({ "Limit": 1 }));
    kms.clock().advance(std::time::Duration::from_secs(86_400));
    let state = kms.export().unwrap();

    let other = full();
    other.import(&state).unwrap();
    assert_eq!(other.export().unwrap(), state);
    assert_eq!(records(&other), records(&kms));
    assert_eq!(
        other.ask("Decrypt", &json!({ "CiphertextBlob": sealed }))["Plaintext"],
        "YQ=="
    );
    // Markers that were given out are good there too.
    other.ask(
        "ListKeys",
        &json!({ "Limit": 1, "Marker": page["NextMarker"] }),
    );
    assert!(!other.clock().is_real());
}

#[test]
fn what_is_no_state_is_refused_and_nothing_changes() {
    let kms = full();
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
    for (state, complaint) in [
        (json!([]), "not a state"),
        (
            version,
            "not a state of simulated-kms-state 1: simulated-kms-state 2",
        ),
        (
            with("secrets/a", json!({})),
            "records.secrets/a: there are no such records",
        ),
        (
            with("key/a/b", json!({})),
            "records.key/a/b: not an account and a Region",
        ),
        (
            with("key/000000000000/us-east-1/x", json!({})),
            "records.key/000000000000/us-east-1/x: ",
        ),
        (
            with("agenda/1", Value::Null),
            "records.agenda/1: not a time and a key",
        ),
        (
            with("material/000000000000/us-east-1/x/0", json!({})),
            "there is no key",
        ),
        (
            record("key/", json!({ "spec": "ROT13" })),
            "unknown variant `ROT13`",
        ),
        (
            record("material/", json!({ "secret": "AAAA" })),
            "not the material of a key of",
        ),
        (record("meta/", json!("AAAA")), "not 32 bytes in base64"),
        (without("material/"), "it is missing"),
        (without("key/"), "there is no key"),
    ] {
        let error = kms.import(&state.to_string()).unwrap_err().to_string();
        assert!(error.contains(complaint), "{error} has no {complaint}");
        assert_eq!(records(&kms), before, "{complaint}");
    }
    kms.import(&good.to_string()).unwrap();
}

#[test]
fn a_snapshot_is_come_back_to_on_the_disk_too() {
    let folder = tempfile::tempdir().unwrap();
    let kms = Kms::builder().open(folder.path()).unwrap();
    let key = kms.ask("CreateKey", &json!({}))["KeyMetadata"]["KeyId"].clone();
    let before = records(&kms);
    let snapshot = kms.snapshot();
    kms.clock().freeze();
    kms.faults().on("Sign").throttle();
    kms.ask(
        "ScheduleKeyDeletion",
        &json!({ "KeyId": key, "PendingWindowInDays": 7 }),
    );
    kms.clock()
        .advance(std::time::Duration::from_secs(8 * 86_400));
    kms.ask("CreateKey", &json!({}));
    assert_ne!(records(&kms), before);

    kms.restore(&snapshot).unwrap();
    assert_eq!(records(&kms), before);
    assert!(kms.clock().is_real() && kms.faults().list().is_empty());
    assert_eq!(kms.events().count(), 0);
    drop(kms);
    let kms = Kms::builder().open(folder.path()).unwrap();
    assert_eq!(records(&kms), before);
    kms.ask("DescribeKey", &json!({ "KeyId": key }));

    kms.reset().unwrap();
    assert_eq!(kms.key_count(), 0);
    drop(kms);
    assert_eq!(Kms::builder().open(folder.path()).unwrap().key_count(), 0);
}
