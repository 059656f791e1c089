//! How the values of a member of an answer are compared, and which of them are secret.

use serde_json::{Map, Value, json};

use crate::model::{Kind, Shape, ShapeId, model};
use crate::protocol::blob;

/// The maximum length of a value in a difference.
const MAX_TEXT: usize = 300;

/// The maximum difference of lengths in DER, where small numbers are shorter.
pub(super) const DER_TOLERANCE: usize = 16;

/// How the values of a member are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// They are equal.
    Plain,
    /// They differ each time: random bytes, ciphertexts, most signatures. Their lengths differ by at most
    /// this number of bytes.
    Fresh { tolerance: usize },
    /// The same of texts whose length has no meaning.
    Token,
    /// They differ, but each time in the same way: ids, and what follows from a key alone.
    Lasting,
    /// What was encrypted: equal, unless it was random.
    Decrypted,
    /// A time, which the two clocks may tell with a difference.
    Time,
    /// JSON in a text.
    Document,
    /// Of the request, not of KMS.
    Ignored,
}

impl Role {
    pub(super) fn of(operation: &str, member: &str, shape: Option<&Shape>) -> Self {
        let is_blob = shape.is_some_and(|shape| matches!(shape.kind, Kind::Blob { .. }));
        match (operation, member) {
            (_, "KmsRequestId" | "CloudTrailEventId") => Self::Ignored,
            (_, "Policy") => Self::Document,
            ("Decrypt", "Plaintext") => Self::Decrypted,
            ("DeriveSharedSecret" | "Decapsulate", "SharedSecret")
            | ("GetPublicKey", "PublicKey")
            | (_, "Mac" | "GrantId" | "CustomKeyStoreId") => Self::Lasting,
            (_, "ImportToken" | "GrantToken" | "NextMarker" | "CiphertextForRecipient") => {
                Self::Token
            }
            (_, "PrivateKeyCiphertextBlob") => Self::Fresh {
                tolerance: DER_TOLERANCE,
            },
            _ if member.ends_with("KeyMaterialId") => Self::Lasting,
            _ if is_blob => Self::Fresh { tolerance: 0 },
            _ if shape.is_some_and(|shape| matches!(shape.kind, Kind::Timestamp)) => Self::Time,
            _ => Self::Plain,
        }
    }
}

/// Members of requests with values that only KMS makes.
const MADE_BY_KMS: [&str; 12] = [
    "AttestationDocument",
    "CiphertextBlob",
    "CustomKeyStoreId",
    "GrantId",
    "GrantToken",
    "GrantTokens",
    "ImportToken",
    "KeyMaterialId",
    "Mac",
    "Marker",
    "SharedSecretCiphertextBlob",
    "Signature",
];

/// All values of a request that only KMS makes.
pub(super) fn made_by_kms<'v>(members: &'v Map<String, Value>, found: &mut Vec<&'v str>) {
    for (name, value) in members {
        let is_made = MADE_BY_KMS.contains(&name.as_str());
        match value {
            Value::String(text) if is_made => found.push(text),
            Value::Array(list) if is_made => found.extend(list.iter().filter_map(Value::as_str)),
            Value::Object(members) => made_by_kms(members, found),
            _ => {}
        }
    }
}

/// Whether values of a shape are not shown: secrets, and all bytes.
pub(super) fn is_hidden(shape: &Shape) -> bool {
    shape.sensitive || shape.is_grant_token() || matches!(shape.kind, Kind::Blob { .. })
}

/// A value without secrets, in which `hide` replaces them. A member that the model does not have may be
/// one.
pub(super) fn masked(
    shape: Option<ShapeId>,
    value: &Value,
    hide: &impl Fn(&str) -> Value,
) -> Value {
    let known = shape.map(|id| model().shape(id));
    match value {
        Value::String(text) if known.is_none_or(is_hidden) => hide(text),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| {
                let shape = shape.and_then(|shape| member(shape, name));
                (name.clone(), masked(shape, value, hide))
            });
            Value::Object(members.collect())
        }
        Value::Array(list) => {
            let element = match known.map(|shape| &shape.kind) {
                Some(Kind::List { element, .. }) => Some(*element),
                _ => None,
            };
            let list = list.iter().map(|value| masked(element, value, hide));
            Value::Array(list.collect())
        }
        other => other.clone(),
    }
}

/// The shape of a member of a structure, or of the values of a map.
pub(super) fn member(shape: ShapeId, name: &str) -> Option<ShapeId> {
    match &model().shape(shape).kind {
        Kind::Structure { members } => {
            let member = members.iter().find(|member| member.name == name);
            member.map(|member| member.shape)
        }
        Kind::Map { value } => Some(*value),
        _ => None,
    }
}

/// A value in a difference.
pub(super) fn shown(shape: Option<ShapeId>, value: &Value) -> String {
    let hide = |text: &str| json!(format!("({} bytes)", length(text)));
    let text = masked(shape, value, &hide).to_string();
    let end = text.char_indices().nth(MAX_TEXT);
    match end.and_then(|(end, _)| text.get(..end)) {
        Some(start) => format!("{start}…"),
        None => text,
    }
}

/// The number of bytes in base64, or of the text itself.
pub(super) fn length(text: &str) -> usize {
    blob::decode(text).map_or(text.len(), |bytes| bytes.len())
}
