//! Valid inputs of the targets, from which the fuzzers start.

use serde_json::{Map, Value, json};

use super::crypto::{NOW, SIGNERS, SPECS, WRAPPERS, material};
use super::service::{KEYS, new_kms, operations, with_keys};
use crate::api::{EncryptionAlgorithm, KeyMaterialId, KeySpec, WrappingAlgorithm};
use crate::attestation::{self, Document};
use crate::crypto::{Message, Random};
use crate::key::ciphertext::{self, CiphertextKind};
use crate::model::{Kind, ShapeId, model};
use crate::protocol::Request;
use crate::seed::Seed;

fn numbered<T>(items: &[T], mut bytes: impl FnMut(&T) -> Vec<u8>) -> Vec<Vec<u8>> {
    let numbered = (0..).zip(items);
    let inputs = numbered.map(|(index, item)| [&[index][..], &bytes(item)].concat());
    inputs.collect()
}

pub(super) fn attestation() -> Vec<Vec<u8>> {
    let public_key = material(KeySpec::Rsa2048).public_key().unwrap().unwrap();
    let document = Document::new(public_key).at(NOW).nonce(b"nonce");
    vec![document.sign().unwrap()]
}

pub(super) fn cbor() -> Vec<Vec<u8>> {
    let documents = attestation();
    let payloads = documents
        .iter()
        .filter_map(|document| attestation::payload(document));
    payloads.collect()
}

pub(super) fn ciphertext() -> Vec<Vec<u8>> {
    let random = Random::seeded("fuzzing");
    let symmetric = material(KeySpec::SymmetricDefault).symmetric().unwrap();
    let context = serde_json::from_str("{}").unwrap();
    let id = KeyMaterialId::from_bytes([7; 32]);
    let kind = CiphertextKind::Encrypt;
    let encrypted = ciphertext::encrypt(kind, &id, symmetric, &context, b"plaintext", &random);
    let [rsa, sm2] = [
        (KeySpec::Rsa2048, EncryptionAlgorithm::RsaesOaepSha256),
        (KeySpec::Sm2, EncryptionAlgorithm::Sm2Pke),
    ]
    .map(|(spec, algorithm)| {
        let key = material(spec);
        key.encrypt(algorithm, b"plaintext", &random).unwrap()
    });
    // In an external key store: metadata and initialization vector of 3 and 12 bytes.
    let external = [
        &[1, 2, 2, 0, 0x78][..],
        id.as_bytes(),
        &[2, 3, 12],
        &[9; 3 + 12 + 16 + 40],
    ];
    vec![encrypted.unwrap(), rsa, sm2, external.concat()]
}

pub(super) fn der() -> Vec<Vec<u8>> {
    let mut inputs = numbered(&SPECS, |spec| {
        let material = material(*spec);
        let key = material.private_key().or_else(|_| material.encode());
        key.unwrap().into_exposed()
    });
    inputs.extend(numbered(&SPECS, |spec| {
        material(*spec).public_key().unwrap().unwrap_or_default()
    }));
    inputs
}

pub(super) fn signature() -> Vec<Vec<u8>> {
    let random = Random::seeded("fuzzing");
    numbered(&SIGNERS, |(spec, algorithm)| {
        let message = Message::Raw(b"message");
        material(*spec).sign(*algorithm, message, &random).unwrap()
    })
}

pub(super) fn import() -> Vec<Vec<u8>> {
    let random = Random::seeded("fuzzing");
    numbered(&WRAPPERS, |(with, algorithm)| {
        let encryption = match algorithm {
            WrappingAlgorithm::Sm2Pke => EncryptionAlgorithm::Sm2Pke,
            WrappingAlgorithm::RsaesOaepSha1 | WrappingAlgorithm::RsaAesKeyWrapSha1 => {
                EncryptionAlgorithm::RsaesOaepSha1
            }
            _ => EncryptionAlgorithm::RsaesOaepSha256,
        };
        let key = material(with.key_spec());
        let mut wrapped = key.encrypt(encryption, &[7; 32], &random).unwrap();
        // Where this is an AES key, wrapped material follows.
        wrapped.extend_from_slice(&[8; 40]);
        wrapped
    })
}

pub(super) fn headers() -> Vec<Vec<u8>> {
    let scope = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/kms/aws4_request";
    let sqs = scope.replace("kms", "sqs");
    [
        format!("POST\n/\nTrentService.ListKeys\n{scope}, SignedHeaders=host, Signature=00"),
        format!("POST\n/\nAmazonSQS.SendMessage\n{sqs}"),
        format!("GET\n/path\n\n{scope}"),
    ]
    .map(String::into_bytes)
    .to_vec()
}

pub(super) fn policy() -> Vec<Vec<u8>> {
    let statement = json!({
        "Sid": "a",
        "Effect": "Allow",
        "Principal": {"AWS": ["arn:aws:iam::000000000000:root"], "Service": "s3.amazonaws.com"},
        "Action": ["kms:*"],
        "Resource": "*",
        "Condition": {
            "StringEquals": {"kms:CallerAccount": "000000000000"},
            "ForAnyValue:StringLike": {"aws:TagKeys": ["a*", "${aws:username}"]},
            "IpAddress": {"aws:SourceIp": "2001:db8::/32"},
            "DateLessThanIfExists": {"aws:CurrentTime": "2027-01-15T08:00:00Z"},
            "NumericLessThan": {"aws:EpochTime": "1.8e9"},
            "ArnLike": {"aws:SourceArn": "arn:*:s3:::b*"},
            "Bool": {"aws:SecureTransport": "true"},
        },
    });
    let mut other = statement.clone();
    other["Principal"] = json!("*");
    [
        json!({"Version": "2012-10-17", "Id": "b", "Statement": [statement, other]}),
        json!({"Statement": other}),
    ]
    .map(|policy| policy.to_string().into_bytes())
    .to_vec()
}

pub(super) fn record() -> Vec<Vec<u8>> {
    let [state] = &state()[..] else {
        return Vec::new();
    };
    let state: Value = serde_json::from_slice(state).unwrap();
    let records = state["records"].as_object().unwrap().values();
    records
        .map(|record| record.to_string().into_bytes())
        .collect()
}

/// A body with every member for each operation, and calls that succeed.
pub(super) fn request() -> Vec<Vec<u8>> {
    let mut inputs = numbered(operations(), |name| {
        let input = model()
            .operation(name)
            .and_then(|operation| operation.input);
        let body = input.map_or(json!({}), example);
        body.to_string().into_bytes()
    });
    let calls = [
        (
            "CreateKey",
            json!({"MultiRegion": true, "Tags": [{"TagKey": "a", "TagValue": "b"}]}),
        ),
        (
            "Encrypt",
            json!({"KeyId": "alias/key", "Plaintext": "AAAA"}),
        ),
        (
            "Sign",
            json!({
                "KeyId": "alias/sign", "Message": "AAAA", "SigningAlgorithm": "ECDSA_SHA_256",
            }),
        ),
        (
            "GenerateMac",
            json!({
                "KeyId": "alias/mac", "Message": "AAAA", "MacAlgorithm": "HMAC_SHA_256",
            }),
        ),
        (
            "CreateAlias",
            json!({
                "AliasName": "alias/new", "TargetKeyId": "1234abcd-12ab-34cd-56ef-1234567890ab",
            }),
        ),
        (
            "ScheduleKeyDeletion",
            json!({
                "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "PendingWindowInDays": 7,
            }),
        ),
    ];
    for (name, body) in calls {
        let index = operations()
            .iter()
            .position(|other| *other == name)
            .unwrap();
        let index = u8::try_from(index).unwrap();
        inputs.push([&[index][..], body.to_string().as_bytes()].concat());
    }
    inputs
}

fn example(shape: ShapeId) -> Value {
    match &model().shape(shape).kind {
        Kind::Structure { members } => members
            .iter()
            .map(|member| (member.name.clone(), example(member.shape)))
            .collect::<Map<_, _>>()
            .into(),
        Kind::List { element, .. } => json!([example(*element)]),
        Kind::Map { value } => json!({ "name": example(*value) }),
        Kind::String { values, .. } if !values.is_empty() => json!(values[0]),
        Kind::String { .. } => json!("alias/key"),
        Kind::Blob { .. } => json!("AAAA"),
        Kind::Integer { value } => json!(value.min.unwrap_or(1)),
        Kind::Boolean => json!(false),
        Kind::Timestamp => json!(1_800_000_000.5),
    }
}

pub(super) fn seed() -> Vec<Vec<u8>> {
    let example = include_str!("../../examples/seed/example.yaml").replace("RSA_2048", "SM2");
    let local_kms = include_str!("../../examples/seed/local-kms.yaml");
    [KEYS, &example, local_kms]
        .map(|text| text.as_bytes().to_vec())
        .to_vec()
}

/// The state after calls that write records of each kind.
pub(super) fn state() -> Vec<Vec<u8>> {
    let kms = new_kms();
    kms.seed(&Seed::parse("keys", KEYS).unwrap()).unwrap();
    let key = "1234abcd-12ab-34cd-56ef-1234567890ab";
    for (operation, body) in [
        (
            "CreateGrant",
            json!({
                "KeyId": key,
                "GranteePrincipal": "arn:aws:iam::000000000000:root",
                "Operations": ["Encrypt"],
            }),
        ),
        ("EnableKeyRotation", json!({ "KeyId": key })),
        ("Encrypt", json!({ "KeyId": key, "Plaintext": "AAAA" })),
        ("CreateCustomKeyStore", json!({ "CustomKeyStoreName": "a" })),
    ] {
        let (target, body) = (format!("TrentService.{operation}"), body.to_string());
        kms.handle(&Request::new(&target, body.as_bytes()));
    }
    vec![kms.export().unwrap().into_bytes()]
}

pub(super) fn token() -> Vec<Vec<u8>> {
    with_keys(|kms| {
        let body = br#"{"Limit":1}"#;
        let reply = kms.handle(&Request::new("TrentService.ListAliases", body));
        let reply: Value = serde_json::from_slice(&reply.body).unwrap();
        let marker = reply["NextMarker"].as_str().unwrap().as_bytes().to_vec();
        vec![
            marker,
            b"arn:aws:kms:us-east-1:000000000000:alias/key".to_vec(),
        ]
    })
}
