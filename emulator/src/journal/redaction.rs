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
    member(shape, name).is_some_and(|member| {
        let shape = model().shape(member.shape);
        !shape.sensitive && !shape.is_grant_token() && !matches!(shape.kind, Kind::Blob { .. })
    })
}

/// Whether a structure has a member.
pub(super) fn has_member(shape: ShapeId, name: &str) -> bool {
    member(shape, name).is_some()
}

fn member(shape: ShapeId, name: &str) -> Option<&'static Member> {
    match &model().shape(shape).kind {
        Kind::Structure { members } => members.iter().find(|member| member.name == name),
        _ => None,
    }
}

/// As [`redacted`], for the members of a structure.
pub(super) fn redacted_members<'v>(
    shape: ShapeId,
    value: impl Fn(&str) -> Option<&'v Value>,
) -> Option<Value> {
    match &model().shape(shape).kind {
        Kind::Structure { members } => convert_members(members, value),
        _ => None,
    }
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
