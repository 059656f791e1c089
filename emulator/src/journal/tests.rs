//! Events and their contents.

use serde_json::{Value, json};

use super::*;
use crate::Kms;
use crate::clock::{Clock, Timestamp};
use crate::protocol::{Request, Sender};

const CALLER: &str =
    "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20270115/eu-west-1/kms/aws4_request, Signature=00";

fn kms() -> Kms {
    let clock = Clock::frozen_at(Timestamp::from_millis(1_800_000_000_123));
    Kms::builder().clock(clock).build_temporary().unwrap()
}

fn call(kms: &Kms, operation: &str, body: &Value) -> Value {
    let target = format!("TrentService.{operation}");
    let body = body.to_string();
    let request = Request {
        authorization: Some(CALLER),
        sender: Sender {
            address: Some("192.0.2.7".parse().unwrap()),
            user_agent: Some("a-test/1.0"),
            via_service: None,
        },
        ..Request::new(&target, body.as_bytes())
    };
    let reply = kms.handle(&request);
    serde_json::from_slice(&reply.body).unwrap_or_default()
}

fn last(kms: &Kms) -> Value {
    serde_json::from_str(kms.events().last().unwrap().json()).unwrap()
}

#[test]
fn event_has_format_of_cloudtrail() {
    let kms = kms();
    let key = call(&kms, "CreateKey", &json!({}))["KeyMetadata"]["KeyId"].clone();
    let arn = format!(
        "arn:aws:kms:eu-west-1:000000000000:key/{}",
        key.as_str().unwrap()
    );
    let sealed = call(
        &kms,
        "Encrypt",
        &json!({
            "KeyId": key, "Plaintext": "c2VjcmV0", "EncryptionContext": { "team": "a" }, "GrantTokens": ["tttt"],
        }),
    );
    let mut record = last(&kms);
    for generated in ["requestID", "eventID"] {
        assert_eq!(record[generated].as_str().unwrap().len(), 36);
        record.as_object_mut().unwrap().remove(generated);
    }
    assert_eq!(record, json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "Root", "principalId": "000000000000", "arn": "arn:aws:iam::000000000000:root",
            "accountId": "000000000000", "accessKeyId": "AKIAEXAMPLE",
        },
        "eventTime": "2027-01-15T08:00:00Z",
        "eventSource": "kms.amazonaws.com",
        "eventName": "Encrypt",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "192.0.2.7",
        "userAgent": "a-test/1.0",
        "requestParameters": {
            "keyId": key, "encryptionContext": { "team": "a" }, "encryptionAlgorithm": "SYMMETRIC_DEFAULT",
        },
        "responseElements": null,
        "additionalEventData": { "keyMaterialId": sealed["KeyMaterialId"] },
        "readOnly": true,
        "resources": [{ "accountId": "000000000000", "type": "AWS::KMS::Key", "ARN": arn }],
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": "000000000000",
        "eventCategory": "Management",
    }).as_object().map(|record| {
        let mut record = record.clone();
        if sealed["KeyMaterialId"].is_null() {
            record.remove("additionalEventData");
        }
        Value::Object(record)
    }).unwrap());
}

#[test]
fn event_has_changed_key_or_error() {
    let kms = kms();
    let key =
        call(&kms, "CreateKey", &json!({ "Description": "d" }))["KeyMetadata"]["KeyId"].clone();
    let record = last(&kms);
    assert_eq!(record["readOnly"], false);
    assert_eq!(record["requestParameters"], json!({ "description": "d" }));
    assert_eq!(record["responseElements"]["keyMetadata"]["keyId"], key);
    call(&kms, "DisableKey", &json!({ "KeyId": key }));
    let arn = format!(
        "arn:aws:kms:eu-west-1:000000000000:key/{}",
        key.as_str().unwrap()
    );
    assert_eq!(last(&kms)["responseElements"], json!({ "keyId": arn }));
    call(
        &kms,
        "Encrypt",
        &json!({ "KeyId": key, "Plaintext": "c2VjcmV0" }),
    );
    let record = last(&kms);
    assert_eq!(record["errorCode"], "DisabledException");
    assert_eq!(record["errorMessage"], format!("{arn} is disabled."));
    assert_eq!(record["responseElements"], Value::Null);
    // The event of an invalid request has none of its invalid values.
    call(
        &kms,
        "Encrypt",
        &json!({ "KeyId": ["secret"], "Plaintext": { "secret": "secret" } }),
    );
    assert!(!kms.events().last().unwrap().json().contains("secret"));
    let before = kms.events().count();
    call(&kms, "NoSuchOperation", &json!({}));
    assert_eq!(kms.events().count(), before);
}

/// Calls every operation that takes or returns a secret.
#[test]
fn events_contain_no_secret() {
    let kms = kms();
    let create_key = |body: Value| call(&kms, "CreateKey", &body)["KeyMetadata"]["KeyId"].clone();
    let mut secrets = vec!["c2VjcmV0".to_owned()];
    let mut add_secrets = |answer: &Value, members: &[&str]| {
        for member in members {
            secrets.push(answer[*member].as_str().unwrap().to_owned());
        }
    };
    let key = create_key(json!({}));
    let sealed = call(
        &kms,
        "Encrypt",
        &json!({ "KeyId": key, "Plaintext": "c2VjcmV0" }),
    );
    add_secrets(&sealed, &["CiphertextBlob"]);
    call(
        &kms,
        "Decrypt",
        &json!({ "CiphertextBlob": sealed["CiphertextBlob"] }),
    );
    let data_key = json!({ "KeyId": key, "KeySpec": "AES_256" });
    add_secrets(
        &call(&kms, "GenerateDataKey", &data_key),
        &["Plaintext", "CiphertextBlob"],
    );
    let pair = json!({ "KeyId": key, "KeyPairSpec": "ECC_NIST_P256" });
    add_secrets(
        &call(&kms, "GenerateDataKeyPair", &pair),
        &["PrivateKeyPlaintext", "PrivateKeyCiphertextBlob"],
    );
    add_secrets(
        &call(&kms, "GenerateRandom", &json!({ "NumberOfBytes": 32 })),
        &["Plaintext"],
    );
    let grant = json!({
        "KeyId": key, "GranteePrincipal": "arn:aws:iam::000000000000:role/r", "Operations": ["Decrypt"],
    });
    add_secrets(&call(&kms, "CreateGrant", &grant), &["GrantToken"]);
    assert_eq!(
        last(&kms)["responseElements"]["grantId"]
            .as_str()
            .unwrap()
            .len(),
        64
    );
    let mac = create_key(json!({ "KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC" }));
    let body = json!({ "KeyId": mac, "Message": "c2VjcmV0", "MacAlgorithm": "HMAC_SHA_256" });
    add_secrets(&call(&kms, "GenerateMac", &body), &["Mac"]);
    let import = create_key(json!({ "Origin": "EXTERNAL" }));
    let body = json!({ "KeyId": import, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048" });
    add_secrets(
        &call(&kms, "GetParametersForImport", &body),
        &["ImportToken"],
    );
    let store = json!({
        "CustomKeyStoreName": "s", "CloudHsmClusterId": "cluster-2a23b4cdefg", "KeyStorePassword": "kmsPswd-secret",
        "TrustAnchorCertificate": "none",
    });
    call(&kms, "CreateCustomKeyStore", &store);
    secrets.push("kmsPswd-secret".to_owned());
    for event in &kms.events() {
        for secret in &secrets {
            assert!(
                !event.json().contains(secret.as_str()),
                "{secret} in {}",
                event.json()
            );
        }
    }
}

#[test]
fn adds_service_events_and_links_last_use() {
    let kms = kms();
    let key = call(&kms, "CreateKey", &json!({}))["KeyMetadata"]["KeyId"].clone();
    call(
        &kms,
        "Encrypt",
        &json!({ "KeyId": key, "Plaintext": "c2VjcmV0" }),
    );
    let id = last(&kms)["eventID"].clone();
    let last_use = call(&kms, "GetKeyLastUsage", &json!({ "KeyId": key }));
    assert_eq!(
        last_use["KeyLastUsage"]["CloudTrailEventId"], id,
        "{last_use}"
    );

    call(
        &kms,
        "EnableKeyRotation",
        &json!({ "KeyId": key, "RotationPeriodInDays": 90 }),
    );
    kms.clock()
        .advance(std::time::Duration::from_secs(91 * 86_400));
    call(
        &kms,
        "ScheduleKeyDeletion",
        &json!({ "KeyId": key, "PendingWindowInDays": 7 }),
    );
    kms.clock()
        .advance(std::time::Duration::from_secs(8 * 86_400));
    call(&kms, "ListKeys", &json!({}));
    let events = kms.events().with_key(key.as_str().unwrap());
    let names: Vec<_> = events.iter().map(Event::name).collect();
    assert_eq!(
        names[names.len() - 3..],
        ["RotateKey", "ScheduleKeyDeletion", "DeleteKey"]
    );
    let rotated = events.iter().nth(names.len() - 3).unwrap();
    let detail = |name: &str| rotated.field(&format!("/serviceEventDetails/{name}"));
    assert_eq!(detail("rotationType").unwrap(), "AUTOMATIC");
    assert_eq!(detail("keyOrigin").unwrap(), "AWS_KMS");
    let current = detail("currentKeyMaterialId").unwrap();
    assert_eq!(current.len(), 64);
    assert_ne!(detail("previousKeyMaterialId").unwrap(), current);
    let deleted = events.last().unwrap();
    assert_eq!(deleted.field("/eventType").unwrap(), "AwsServiceEvent");
    assert_eq!(deleted.field("/readOnly").unwrap(), "false");
    assert_eq!(deleted.field("/noSuchField"), None);
}

/// Documented: "Examples of AWS KMS log entries" of the developer guide.
#[test]
fn events_of_aliases_have_two_resources_and_dates_are_texts() {
    let kms = kms();
    let created = call(&kms, "CreateKey", &json!({}));
    let date = &last(&kms)["responseElements"]["keyMetadata"]["creationDate"];
    let date = date.as_str().unwrap();
    assert!(date.ends_with(" AM") || date.ends_with(" PM"), "{date}");
    let key = &created["KeyMetadata"]["KeyId"];
    let alias = json!({ "AliasName": "alias/orders", "TargetKeyId": key });
    let name = json!({ "AliasName": "alias/orders" });
    for (operation, body) in [
        ("CreateAlias", &alias),
        ("UpdateAlias", &alias),
        ("DeleteAlias", &name),
    ] {
        call(&kms, operation, body);
        let event = last(&kms);
        let resources = event["resources"].as_array().unwrap();
        let kinds: Vec<_> = resources.iter().map(|resource| &resource["type"]).collect();
        assert_eq!(kinds, ["AWS::KMS::Alias", "AWS::KMS::Key"], "{operation}");
        let arn = resources[0]["ARN"].as_str().unwrap();
        assert!(arn.ends_with(":alias/orders"), "{arn}");
    }
}

#[test]
fn bounds_journal_and_filters_events() {
    let kms = Kms::builder().events(3).build_temporary().unwrap();
    for operation in [
        "ListKeys",
        "ListAliases",
        "ListKeys",
        "DescribeKey",
        "ListKeys",
    ] {
        call(&kms, operation, &json!({ "KeyId": "alias/none" }));
    }
    assert_eq!(kms.services.journal.extent(), (5, 2));
    let count = |query: EventQuery| kms.services.journal.find(&query).len();
    let all = EventQuery::default;
    assert_eq!(count(all()), 3);
    assert_eq!(
        count(EventQuery {
            operation: Some("ListKeys".to_owned()),
            ..all()
        }),
        2
    );
    assert_eq!(
        count(EventQuery {
            error: Some("NotFoundException".to_owned()),
            ..all()
        }),
        1
    );
    assert_eq!(
        count(EventQuery {
            key: Some("alias/none".to_owned()),
            operation: Some("DescribeKey".to_owned()),
            ..all()
        }),
        1
    );
    assert_eq!(
        count(EventQuery {
            after: Some(4),
            ..all()
        }),
        1
    );
    assert_eq!(
        count(EventQuery {
            limit: Some(1),
            ..all()
        }),
        1
    );
    assert_eq!(
        count(EventQuery {
            until: Some(Timestamp::from_millis(1)),
            ..all()
        }),
        0
    );
    assert_eq!(
        count(EventQuery {
            since: Some(Timestamp::from_millis(1)),
            ..all()
        }),
        3
    );

    let none = Kms::builder().events(0).build_temporary().unwrap();
    call(&none, "ListKeys", &json!({}));
    assert_eq!(none.events().count(), 0);
}

#[test]
fn event_log_has_one_line_for_each_event() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.jsonl");
    let kms = Kms::builder()
        .events(1)
        .event_log(File::create(&path).unwrap());
    let kms = kms.build_temporary().unwrap();
    call(&kms, "ListKeys", &json!({}));
    call(&kms, "ListAliases", &json!({}));
    let text = std::fs::read_to_string(&path).unwrap();
    let names: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["eventName"].clone())
        .collect();
    assert_eq!(names, ["ListKeys", "ListAliases"]);
}

#[test]
fn grant_tokens_in_messages_are_only_for_the_client() {
    let kms = Kms::builder().build_temporary().unwrap();
    let token = "secret".repeat(2000);
    let tokens = vec![token.clone(); 11];
    for (operation, body) in [
        (
            "DescribeKey",
            json!({ "KeyId": "k", "GrantTokens": [token] }),
        ),
        (
            "DescribeKey",
            json!({ "KeyId": "k", "GrantTokens": tokens }),
        ),
        ("RetireGrant", json!({ "GrantToken": token })),
    ] {
        let reply = kms.send(operation, &body);
        assert!(
            String::from_utf8_lossy(&reply.body).contains("Value '"),
            "{operation}"
        );
        let logged = reply.trace.error_message.unwrap();
        assert!(
            logged.contains("Value at 'grantToken") && !logged.contains("secret"),
            "{logged}"
        );
        let events = kms.events();
        let event = events.last().unwrap().json();
        assert!(
            event.contains("Value at 'grantToken") && !event.contains("secret"),
            "{event}"
        );
    }
}
