//! Policies: parsed, decided, and stored as the policy of a key.

use std::collections::BTreeSet;

use serde_json::json;

use super::service::{KEY, send, with_keys};
use crate::api::Location;
use crate::authorization::Action;
use crate::iam::{Context, Policy, Request};
use crate::key::policy;

const ROOT: &str = "arn:aws:iam::000000000000:root";

pub(super) fn policy(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    if let Ok(policy) = Policy::parse(text) {
        decide(&policy);
    }
    let location = Location::default();
    let change = Action::on_key("PutKeyPolicy");
    let is_safe = policy::accept(text, &location, ROOT, Some(change)).is_ok();
    let is_accepted = policy::accept(text, &location, ROOT, None).is_ok();
    assert!(is_accepted || !is_safe);
    if is_accepted {
        store(text);
    }
}

/// Whether each statement applies to a request that has a value for each type of condition.
fn decide(policy: &Policy) {
    let mut context = Context::default();
    for (key, value) in [
        ("aws:CurrentTime", "2027-01-15T08:00:00Z"),
        ("aws:EpochTime", "1800000000"),
        ("aws:SecureTransport", "true"),
        ("aws:SourceArn", "arn:aws:s3:::bucket"),
        ("aws:SourceIp", "2001:db8::1"),
        ("aws:username", "alice"),
        ("kms:CallerAccount", "000000000000"),
        ("kms:EncryptionContext:a", "b*"),
    ] {
        context.set(key, value);
    }
    context.set_list("aws:TagKeys", ["a".to_owned(), String::new()]);
    let request = Request {
        action: "kms:Decrypt",
        resource: "arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        context: &context,
    };
    for statement in &policy.statements {
        statement.applies(&request, &mut BTreeSet::new());
    }
}

/// An accepted policy is stored, and read again.
fn store(text: &str) {
    let body = json!({
        "KeyId": KEY,
        "Policy": text,
        "BypassPolicyLockoutSafetyCheck": true,
    });
    with_keys(|kms| {
        send(kms, "PutKeyPolicy", body.to_string().as_bytes());
        let key = json!({ "KeyId": KEY }).to_string();
        let reply = send(kms, "GetKeyPolicy", key.as_bytes());
        assert_eq!(reply.status, 200);
    });
}
