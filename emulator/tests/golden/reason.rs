//! Checks that each error says enough: AWS's message, or a reason for the log, which has no secrets.

use kms_emulator::cases::Sent;
use kms_emulator::protocol::Reply;
use serde_json::Value;

/// Exceptions with one message, or none, for different faults of a request.
const GENERIC: [&str; 7] = [
    "IncorrectKeyException",
    "InvalidCiphertextException",
    "InvalidGrantTokenException",
    "InvalidImportTokenException",
    "KMSInvalidMacException",
    "KMSInvalidSignatureException",
    "MalformedPolicyDocumentException",
];

/// Members whose values must not be in a reason.
const SECRETS: [&str; 14] = [
    "AttestationDocument",
    "CiphertextBlob",
    "EncryptedKeyMaterial",
    "GrantToken",
    "GrantTokens",
    "ImportToken",
    "KeyStorePassword",
    "Mac",
    "Message",
    "Plaintext",
    "PublicKey",
    "RawSecretAccessKey",
    "SharedSecretCiphertextBlob",
    "Signature",
];

/// The shortest value that cannot be in a reason by chance.
const MIN_LENGTH: usize = 8;

/// What is wrong with the reason of a response.
pub(crate) fn check(sent: &Sent, reply: &Reply) -> Option<String> {
    let name = reply.trace.error.as_deref()?;
    let Some(reason) = &reply.trace.reason else {
        let body = String::from_utf8_lossy(&reply.body);
        let has_message = body.contains("essage\":") || body.contains("<Message>");
        let needs_reason = !has_message || GENERIC.contains(&name);
        return needs_reason.then(|| format!("{name} needs a reason for the log"));
    };
    let request = serde_json::from_str(&sent.body).unwrap_or_default();
    let mut secrets = Vec::new();
    collect(&request, false, &mut secrets);
    secrets
        .into_iter()
        .any(|secret| secret.len() >= MIN_LENGTH && reason.contains(secret))
        .then(|| format!("a secret of the request is in the reason: {reason}"))
}

fn collect<'v>(value: &'v Value, is_secret: bool, secrets: &mut Vec<&'v str>) {
    match value {
        Value::String(text) if is_secret => secrets.push(text),
        Value::Array(values) => {
            for value in values {
                collect(value, is_secret, secrets);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                let is_secret = is_secret || SECRETS.contains(&name.as_str());
                collect(value, is_secret, secrets);
            }
        }
        _ => {}
    }
}
