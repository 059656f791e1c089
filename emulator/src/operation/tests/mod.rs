//! Tests of every operation in the table, with bodies from the model.

mod actions;
mod unread_members;

use serde_json::{Map, Value, json};

use super::*;
use crate::Kms;
use crate::model::{Kind, ShapeId, model};

#[test]
fn table_is_sorted() {
    assert!(TABLE.is_sorted_by(|a, b| a.info.name < b.info.name));
    assert!(TABLE.iter().all(|entry| find(entry.info.name).is_some()));
}

/// A typed input that contradicts the model is an internal error.
#[test]
fn parses_every_valid_body() {
    let kms = Kms::builder().build_temporary().unwrap();
    for entry in TABLE {
        for variant in 0..25 {
            let body = example(input(entry.info.name), variant);
            assert_ne!(
                status(&kms, entry.info.name, &body),
                500,
                "{} {body}",
                entry.info.name
            );
        }
    }
}

#[test]
fn no_body_is_an_internal_error() {
    let kms = Kms::builder().build_temporary().unwrap();
    let wrong = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!("=="),
        json!("\u{0}\u{1f600}"),
        json!("x".repeat(10_000)),
        json!([]),
        json!([null]),
        json!([[]]),
        json!({}),
        json!({ "TagKey": null }),
        json!([{ "TagKey": [], "TagValue": 1 }]),
    ];
    for entry in TABLE {
        let whole = example(input(entry.info.name), 0);
        for member in whole.as_object().unwrap().keys() {
            for value in &wrong {
                let mut body = whole.clone();
                body[member] = value.clone();
                let status = status(&kms, entry.info.name, &body);
                assert!(
                    matches!(status, 200 | 400 | 501),
                    "{} {body}: {status}",
                    entry.info.name
                );
            }
        }
    }
}

#[test]
fn table_has_all_operations_of_the_model() {
    let missing: Vec<_> = model()
        .operation_names()
        .filter(|name| find(name).is_none())
        .collect();
    assert_eq!(missing, [""; 0]);
    assert_eq!(TABLE.len(), model().operation_names().count());
}

#[test]
fn operations_have_request_quotas() {
    let without = TABLE.iter().filter(|entry| !entry.has_quota);
    let without: Vec<_> = without.map(|entry| entry.info.name).collect();
    // The developer guide does not list these yet.
    assert_eq!(without, ["Decapsulate", "Encapsulate"]);
}

/// Cryptographic operations are read-only. Operations that change a key or a store are not.
#[test]
fn read_only_matches_verbs() {
    const VERBS: &[&str] = &[
        "Decapsulate",
        "Decrypt",
        "Derive",
        "Describe",
        "Encapsulate",
        "Encrypt",
        "Generate",
        "Get",
        "List",
        "ReEncrypt",
        "Sign",
        "Verify",
    ];
    for entry in TABLE {
        let name = entry.info.name;
        let reads = VERBS.iter().any(|verb| name.starts_with(verb));
        assert_eq!(entry.read_only, reads, "{name}");
    }
}

#[test]
fn cost_depends_on_input() {
    let cost = |operation: &str, body: Value| {
        let entry = find(operation).unwrap();
        let body = body.as_object().unwrap().clone().into();
        entry.parse(&body).unwrap().cost()
    };
    let create = |spec: &str| cost("CreateKey", json!({ "KeySpec": spec }));
    assert_eq!(create("RSA_2048"), Cost::RsaKeygen);
    assert_eq!(create("ECC_NIST_P256"), Cost::Inline);
    let old = json!({ "CustomerMasterKeySpec": "RSA_4096" });
    assert_eq!(cost("CreateKey", old), Cost::RsaKeygen);
    // Texts in a request do not matter.
    let described = json!({ "Description": "RSA_2048" });
    assert_eq!(cost("CreateKey", described), Cost::Inline);
    let sign = |algorithm: &str| {
        let body = json!({ "KeyId": "a", "Message": "YQ==", "SigningAlgorithm": algorithm });
        cost("Sign", body)
    };
    assert_eq!(sign("RSASSA_PSS_SHA_256"), Cost::Cpu);
    assert_eq!(sign("ECDSA_SHA_256"), Cost::Inline);
    let pair = json!({ "KeyId": "a", "KeyPairSpec": "RSA_2048" });
    assert_eq!(cost("GenerateDataKeyPair", pair), Cost::RsaKeygen);
    let store = json!({ "CustomKeyStoreId": "cks-1234567890abcdef0" });
    assert_eq!(cost("ConnectCustomKeyStore", store), Cost::Network);
}

fn input(operation: &str) -> ShapeId {
    model().operation(operation).unwrap().input.unwrap()
}

fn status(kms: &Kms, operation: &str, body: &Value) -> u16 {
    kms.send(operation, body).status
}

/// A valid value with every member. The variant chooses among the values of an enum.
fn example(shape: ShapeId, variant: usize) -> Value {
    match &model().shape(shape).kind {
        Kind::Structure { members } => members
            .iter()
            .map(|member| (member.name.clone(), example(member.shape, variant)))
            .collect::<Map<_, _>>()
            .into(),
        Kind::List { element, .. } => json!([example(*element, variant)]),
        Kind::Map { value } => json!({ "name": example(*value, variant) }),
        Kind::String { values, .. } if !values.is_empty() => {
            json!(values[variant % values.len()])
        }
        Kind::String { length, .. } => {
            let min = usize::try_from(length.min.unwrap_or(1)).unwrap().max(1);
            // Ids of a fixed length are hexadecimal.
            let pattern = if length.min == length.max {
                "a"
            } else {
                "alias/a"
            };
            json!(pattern.chars().cycle().take(min).collect::<String>())
        }
        Kind::Blob { .. } => json!("AAAA"),
        Kind::Integer { value } => json!(value.min.unwrap_or(1)),
        Kind::Boolean => json!(variant.is_multiple_of(2)),
        Kind::Timestamp => json!(1_800_000_000.5),
    }
}
