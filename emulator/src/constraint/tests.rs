//! Requests against the model, by their messages and reasons.

use super::*;
use crate::model::{model, sts};
use serde_json::json;

fn outcome(operation: &str, body: &Value) -> String {
    let input = model().operation(operation).unwrap().input.unwrap();
    match check(model(), input, |name| body.get(name)) {
        Ok(()) => "accepted".to_owned(),
        Err(error) => error.message().unwrap_or_default(),
    }
}

#[test]
fn every_pattern_is_checked() {
    for shape in model().shapes().iter().chain(sts().shapes()) {
        if let Kind::String {
            pattern: Some(pattern),
            ..
        } = &shape.kind
        {
            let is_checked = pattern.is_compiled() || observed::pattern(&shape.name).is_some();
            assert!(is_checked, "{}: {}", shape.name, pattern.text);
        }
    }
}

#[test]
fn collects_violations_in_the_order_of_the_model() {
    assert_eq!(
        outcome("CreateAlias", &json!({ "AliasName": "" })),
        "3 validation errors detected: \
         Value '' at 'aliasName' failed to satisfy constraint: Member must have length greater than or equal to 1; \
         Value '' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$; \
         Value null at 'targetKeyId' failed to satisfy constraint: Member must not be null"
    );
}

#[test]
fn numbers_list_elements() {
    let tags =
        json!({ "KeyId": "k", "Tags": [{ "TagKey": "a", "TagValue": "b" }, { "TagKey": "" }] });
    assert_eq!(
        outcome("TagResource", &tags),
        "2 validation errors detected: \
         Value '' at 'tags.2.member.tagKey' failed to satisfy constraint: Member must have length greater than or equal to 1; \
         Value null at 'tags.2.member.tagValue' failed to satisfy constraint: Member must not be null"
    );
}

#[test]
fn hides_sensitive_values() {
    let body = json!({ "KeyId": "k", "Message": "", "SigningAlgorithm": "ECDSA_SHA_256" });
    assert_eq!(
        outcome("Sign", &body),
        "1 validation error detected: Value at 'message' failed to satisfy constraint: \
         Member must have length greater than or equal to 1"
    );
}

#[test]
fn shows_a_missing_blob_as_null() {
    let body = json!({ "KeyId": "k", "Message": "bQ==", "SigningAlgorithm": "ECDSA_SHA_256" });
    assert_eq!(
        outcome("Verify", &body),
        "1 validation error detected: Value null at 'signature' failed to satisfy constraint: \
         Member must not be null"
    );
}

#[test]
fn counts_code_points() {
    let body = json!({ "KeyId": "k", "Description": "é".repeat(8192) });
    assert_eq!(outcome("UpdateKeyDescription", &body), "accepted");
}

#[test]
fn the_reason_names_the_place_in_the_json() {
    let reason = |operation: &str, body: Value| {
        let input = model().operation(operation).unwrap().input.unwrap();
        let error = check(model(), input, |name| body.get(name)).unwrap_err();
        error.reason().unwrap()
    };
    let tag = json!({ "TagKey": "a", "TagValue": "b" });
    for (operation, body, expected) in [
        (
            "Sign",
            json!({ "KeyId": ["k"] }),
            "KeyId: expected a string, found a list",
        ),
        (
            "Sign",
            json!({ "KeyId": "k", "Message": "abc=defg" }),
            "Message: expected base64, found a character outside its alphabet at 3",
        ),
        (
            "Sign",
            json!({ "KeyId": "k", "Message": "abcde" }),
            "Message: expected base64, found 5 characters, which cannot be its length",
        ),
        (
            "TagResource",
            json!({ "KeyId": "k", "Tags": [tag, { "TagKey": 1 }] }),
            "Tags[1].TagKey: expected a string, found a number",
        ),
        (
            "Encrypt",
            json!({ "KeyId": "k", "EncryptionContext": { "a": "b", "c": null } }),
            "EncryptionContext.c: expected a string, found null",
        ),
        (
            "GenerateRandom",
            json!({ "NumberOfBytes": 1.5 }),
            "NumberOfBytes: expected a 32-bit integer, found 1.5",
        ),
    ] {
        assert_eq!(reason(operation, body), expected);
    }
}

#[test]
fn checks_json_types_first() {
    let body = json!({ "KeyId": "", "Description": 1 });
    assert_eq!(
        outcome("UpdateKeyDescription", &body),
        "NUMBER_VALUE can not be converted to a String"
    );
}
