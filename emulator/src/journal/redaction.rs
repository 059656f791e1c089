//! What of a request or an answer may be told: everything but what the model calls sensitive,
//! blobs, and grant tokens.

use serde_json::{Map, Value};

use crate::model::{Kind, Member, ShapeId, model};

/// The type of grant tokens, which are as good as the right they stand for.
const GRANT_TOKEN: &str = "GrantTokenType";

/// A value of a shape as CloudTrail writes it: `keyId` for `KeyId`, and without what is secret.
/// `None` if nothing of it may be told.
pub(super) fn told(shape: ShapeId, value: &Value) -> Option<Value> {
    let shape = model().shape(shape);
    if shape.sensitive || shape.name == GRANT_TOKEN {
        return None;
    }
    match (&shape.kind, value) {
        (Kind::Structure { members }, Value::Object(object)) => of_members(members, object),
        (Kind::List { element, .. }, Value::Array(list)) => {
            let list: Vec<_> = list
                .iter()
                .filter_map(|value| told(*element, value))
                .collect();
            (!list.is_empty()).then_some(Value::Array(list))
        }
        (Kind::Map { value: element }, Value::Object(map)) => {
            let told = map.iter().filter_map(|(name, value)| {
                told(*element, value).map(|value| (name.clone(), value))
            });
            Some(Value::Object(told.collect()))
        }
        (Kind::String { .. }, Value::String(_))
        | (Kind::Integer { .. } | Kind::Timestamp, Value::Number(_))
        | (Kind::Boolean, Value::Bool(_)) => Some(value.clone()),
        // A blob; or of another type than the model's: it was refused, and may be anything.
        _ => None,
    }
}

/// The same for a structure's members.
pub(super) fn told_members(shape: ShapeId, object: &Map<String, Value>) -> Option<Value> {
    match &model().shape(shape).kind {
        Kind::Structure { members } => of_members(members, object),
        _ => None,
    }
}

fn of_members(members: &[Member], object: &Map<String, Value>) -> Option<Value> {
    let mut all = Map::new();
    for member in members {
        let value = object.get(&member.name).filter(|value| !value.is_null());
        if let Some(value) = value.and_then(|value| told(member.shape, value)) {
            all.insert(member.label.clone(), value);
        }
    }
    (!all.is_empty()).then_some(Value::Object(all))
}
