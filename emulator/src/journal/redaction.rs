//! Redaction of requests and answers: it removes blobs, grant tokens, and everything that the model
//! marks as sensitive.

use serde_json::{Map, Value};

use crate::clock::Timestamp;
use crate::model::{Kind, Member, ShapeId, model};

/// Converts a value to the format of CloudTrail: `keyId` for `KeyId`, without secrets. `None` if
/// nothing remains.
pub(super) fn redacted(shape: ShapeId, value: &Value) -> Option<Value> {
    let shape = model().shape(shape);
    if shape.sensitive || shape.is_grant_token() {
        return None;
    }
    match (&shape.kind, value) {
        (Kind::Structure { members }, Value::Object(object)) => {
            convert_members(members, |name| object.get(name))
        }
        (Kind::List { element, .. }, Value::Array(list)) => {
            let list: Vec<_> = list
                .iter()
                .filter_map(|value| redacted(*element, value))
                .collect();
            (!list.is_empty()).then_some(Value::Array(list))
        }
        (Kind::Map { value: element }, Value::Object(map)) => {
            let entries = map.iter().filter_map(|(name, value)| {
                redacted(*element, value).map(|value| (name.clone(), value))
            });
            Some(Value::Object(entries.collect()))
        }
        (Kind::String { .. }, Value::String(_))
        | (Kind::Integer { .. }, Value::Number(_))
        | (Kind::Boolean, Value::Bool(_)) => Some(value.clone()),
        (Kind::Timestamp, Value::Number(seconds)) => {
            let date = Timestamp::from_seconds(seconds.as_f64()?);
            Some(date.cloudtrail_text().into())
        }
        // A blob, or a value with a wrong type, which the operation rejects.
        _ => None,
    }
}

/// Whether a record can show a member of a structure.
pub(super) fn is_shown(shape: ShapeId, name: &str) -> bool {
    member(shape, name).is_some_and(is_shown_member)
}

fn is_shown_member(member: &Member) -> bool {
    let shape = model().shape(member.shape);
    !shape.sensitive && !shape.is_grant_token() && !matches!(shape.kind, Kind::Blob { .. })
}

/// The JSON of an answer, without the members that no record shows. Of the calls that change something, only
/// `CreateGrant` has one.
pub(super) fn without_secrets(shape: ShapeId, body: &[u8]) -> Option<Box<[u8]>> {
    if members(shape)?.iter().all(is_shown_member) {
        return Some(body.into());
    }
    let mut answer: Map<String, Value> = serde_json::from_slice(body).ok()?;
    answer.retain(|name, _| is_shown(shape, name));
    serde_json::to_vec(&answer).ok().map(Vec::into_boxed_slice)
}

/// Whether a structure has a member.
pub(super) fn has_member(shape: ShapeId, name: &str) -> bool {
    member(shape, name).is_some()
}

fn member(shape: ShapeId, name: &str) -> Option<&'static Member> {
    members(shape)?.iter().find(|member| member.name == name)
}

/// The members of a structure.
fn members(shape: ShapeId) -> Option<&'static [Member]> {
    match &model().shape(shape).kind {
        Kind::Structure { members } => Some(members),
        _ => None,
    }
}

/// As [`redacted`], for the members of a structure.
pub(super) fn redacted_members<'v>(
    shape: ShapeId,
    value: impl Fn(&str) -> Option<&'v Value>,
) -> Option<Value> {
    convert_members(members(shape)?, value)
}

fn convert_members<'v>(
    members: &[Member],
    value: impl Fn(&str) -> Option<&'v Value>,
) -> Option<Value> {
    let mut all = Map::new();
    for member in members {
        let value = value(&member.name).filter(|value| !value.is_null());
        if let Some(value) = value.and_then(|value| redacted(member.shape, value)) {
            all.insert(member.label.clone(), value);
        }
    }
    (!all.is_empty()).then_some(Value::Object(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a value of a shape can have a secret at any depth.
    fn has_secret(shape: ShapeId) -> bool {
        let shape = model().shape(shape);
        let inner = match &shape.kind {
            Kind::Structure { members } => members.iter().any(|member| has_secret(member.shape)),
            Kind::List { element, .. } | Kind::Map { value: element } => has_secret(*element),
            Kind::Blob { .. } => true,
            _ => false,
        };
        shape.sensitive || shape.is_grant_token() || inner
    }

    #[test]
    fn nothing_keeps_a_secret() {
        let mut nested = Vec::new();
        for name in model().operation_names() {
            let output = model().operation(name).unwrap().output;
            for member in output.and_then(members).unwrap_or_default() {
                if is_shown_member(member) && has_secret(member.shape) {
                    nested.push(name);
                }
            }
        }
        // It changes nothing, so no event keeps its answer.
        assert_eq!(nested, ["DescribeCustomKeyStores"]);

        let shape = model().operation("CreateGrant").unwrap().output.unwrap();
        let body = br#"{"GrantId":"i","GrantToken":"secret"}"#;
        let kept = without_secrets(shape, body).unwrap();
        assert_eq!(*kept, *br#"{"GrantId":"i"}"#);
    }
}
