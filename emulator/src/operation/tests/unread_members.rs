//! Every member of AWS's model is read, or on a list with a reason. After an update of the model,
//! this fails for new members until they are read or listed.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{TABLE, example, input};
use crate::model::{Kind, ShapeId, model};

/// Unread members: the member, its operations, and the reason.
const UNREAD: &[(&str, &[&str], &str)] = &[
    (
        "GrantTokens",
        &[
            "CreateGrant",
            "Decapsulate",
            "Decrypt",
            "DeriveSharedSecret",
            "DescribeKey",
            "Encapsulate",
            "Encrypt",
            "GenerateDataKey",
            "GenerateDataKeyPair",
            "GenerateDataKeyPairWithoutPlaintext",
            "GenerateDataKeyWithoutPlaintext",
            "GenerateMac",
            "GetPublicKey",
            "ReEncrypt",
            "Sign",
            "Verify",
            "VerifyMac",
        ],
        "the question about the permission reads them",
    ),
    (
        "Recipient/KeyEncryptionAlgorithm",
        &[
            "Decrypt",
            "DeriveSharedSecret",
            "GenerateDataKey",
            "GenerateDataKeyPair",
            "GenerateRandom",
        ],
        "the model allows one value, which the constraints check",
    ),
    (
        "Limit",
        &["ListKeyPolicies"],
        "each key has exactly one policy, so every page is complete",
    ),
    (
        "Marker",
        &["ListKeyPolicies"],
        "no page has a marker, and the operation has no exception for another one",
    ),
];

#[test]
fn every_member_is_read_or_listed() {
    let mut listed = BTreeSet::new();
    for (member, operations, _) in UNREAD {
        listed.extend(operations.iter().map(|name| format!("{name}/{member}")));
    }
    let mut unread = BTreeSet::new();
    for entry in TABLE {
        let body = example(input(entry.info.name), 0);
        let reads = |body: &Value| {
            entry
                .parse(&body.as_object().unwrap().clone().into())
                .is_ok()
        };
        assert!(reads(&body), "{} {body}", entry.info.name);
        let mut found = Vec::new();
        collect_unread(input(entry.info.name), "", &body, &reads, &mut found);
        unread.extend(
            found
                .iter()
                .map(|path| format!("{}{path}", entry.info.name)),
        );
    }
    assert_eq!(unread, listed);
}

/// A member is unread if a value with a wrong JSON type is accepted.
fn collect_unread(
    shape: ShapeId,
    path: &str,
    body: &Value,
    reads: &impl Fn(&Value) -> bool,
    found: &mut Vec<String>,
) {
    let children: Vec<_> = match &model().shape(shape).kind {
        Kind::Structure { members } => members
            .iter()
            .map(|member| (format!("{path}/{}", member.name), member.shape))
            .collect(),
        Kind::List { element, .. } => vec![(format!("{path}/0"), *element)],
        Kind::Map { value } => vec![(format!("{path}/name"), *value)],
        _ => Vec::new(),
    };
    for (path, shape) in children {
        let wrong = match &model().shape(shape).kind {
            Kind::Integer { .. } | Kind::Timestamp => json!(true),
            _ => json!(0),
        };
        let mut changed = body.clone();
        *changed.pointer_mut(&path).unwrap() = wrong;
        if reads(&changed) {
            found.push(path);
        } else {
            collect_unread(shape, &path, body, reads, found);
        }
    }
}
