//! Requests with one violation, and requests at the limits.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex_lite::Regex;
use serde_json::{Map, Value, json};

use crate::model::{Model, Shape, label};

/// A value that is longer than this is not tried: the emulator takes bodies of 1 MiB.
const MAX_TRIED: usize = 200_000;

/// Members that the model calls optional, because another member can replace them. Without the other, KMS
/// requires them.
const REQUIRED_ALONE: [(&str, &str); 3] = [
    ("Decrypt", "CiphertextBlob"),
    ("ListRetirableGrants", "RetiringPrincipal"),
    ("ReEncrypt", "CiphertextBlob"),
];

/// A request, and what its answer says of one member.
pub(crate) struct Case {
    /// The member, as errors name it.
    pub(crate) path: String,
    pub(crate) body: Value,
    pub(crate) expected: Expected,
}

#[derive(Clone, Debug)]
pub(crate) enum Expected {
    /// The member has this violation.
    Violation(String),
    /// The member does not have this violation.
    NoViolation(String),
    /// A value of the wrong type.
    WrongType,
}

/// The requests for an operation.
pub(crate) fn of(model: &Model, operation: &str) -> Vec<Case> {
    let input = model.input(operation);
    let valid = sample_members(model, input);
    let mut cases = Vec::new();
    for (name, shape) in &input.members {
        let place = Place {
            path: label(name),
            required: input.required.contains(name)
                || REQUIRED_ALONE.contains(&(operation, name.as_str())),
            put: &|value| {
                let mut body = valid.clone();
                match value {
                    Some(value) => drop(body.insert(name.clone(), value)),
                    None => drop(body.remove(name)),
                }
                Value::Object(body)
            },
        };
        member(model, model.shape(shape), &place, &mut cases);
    }
    cases
}

/// Where a value stands in a request.
struct Place<'p> {
    path: String,
    required: bool,
    /// The body with this value, or without one.
    put: &'p dyn Fn(Option<Value>) -> Value,
}

impl Place<'_> {
    fn case(&self, value: Option<Value>, expected: Expected) -> Case {
        Case {
            path: self.path.clone(),
            body: (self.put)(value),
            expected,
        }
    }
}

fn member(model: &Model, shape: &Shape, place: &Place<'_>, cases: &mut Vec<Case>) {
    let null = "Member must not be null".to_owned();
    for value in [None, Some(Value::Null)] {
        let expected = if place.required {
            Expected::Violation(null.clone())
        } else {
            Expected::NoViolation(null.clone())
        };
        cases.push(place.case(value, expected));
    }
    let wrong = match shape.kind.as_str() {
        "string" | "blob" => [json!(1), json!([]), json!({})],
        "integer" | "long" | "timestamp" => [json!("x"), json!([]), json!({})],
        "list" => [json!(1), json!("x"), json!({})],
        _ => [json!(1), json!("x"), json!([])],
    };
    cases.extend(wrong.map(|value| place.case(Some(value), Expected::WrongType)));
    match shape.kind.as_str() {
        "string" => string(shape, place, cases),
        "blob" => {
            cases.push(place.case(Some(json!("a")), Expected::WrongType));
            let blob = |length| json!(STANDARD.encode(vec![7; length]));
            lengths(shape, place, &blob, cases);
        }
        "integer" | "long" => integer(shape, place, cases),
        "list" => list(model, shape, place, cases),
        "map" => {
            let wrong = json!({ "name": 1 });
            cases.push(place.case(Some(wrong), Expected::WrongType));
        }
        "structure" => structure(model, shape, place, cases),
        "boolean" | "timestamp" => {}
        other => panic!("unknown type {other}"),
    }
}

fn string(shape: &Shape, place: &Place<'_>, cases: &mut Vec<Case>) {
    lengths(shape, place, &|length| json!("a".repeat(length)), cases);
    if !shape.values.is_empty() {
        let text = "Member must satisfy enum value set".to_owned();
        let unknown = place.case(
            Some(json!("NO_SUCH_VALUE")),
            Expected::Violation(text.clone()),
        );
        cases.push(unknown);
        for value in &shape.values {
            let expected = Expected::NoViolation(text.clone());
            cases.push(place.case(Some(json!(value)), expected));
        }
    }
    if let Some(pattern) = &shape.pattern {
        let regex = Regex::new(&format!("^(?:{pattern})$")).unwrap();
        let text = format!("Member must satisfy regular expression pattern: {pattern}");
        let length = shape.min.unwrap_or(1).max(1);
        for part in ["!", " ", "\u{1}", "é"] {
            let value = part.repeat(length);
            let expected = if regex.is_match(&value) {
                Expected::NoViolation(text.clone())
            } else {
                Expected::Violation(text.clone())
            };
            cases.push(place.case(Some(json!(value)), expected));
        }
    }
}

/// Values at and beyond the limits of a length.
fn lengths(
    shape: &Shape,
    place: &Place<'_>,
    value: &dyn Fn(usize) -> Value,
    cases: &mut Vec<Case>,
) {
    let mut tried = |length: usize, text: String, is_allowed: bool| {
        if length <= MAX_TRIED {
            let expected = if is_allowed {
                Expected::NoViolation(text)
            } else {
                Expected::Violation(text)
            };
            cases.push(place.case(Some(value(length)), expected));
        }
    };
    if let Some(min) = shape.min.filter(|min| *min > 0) {
        let text = format!("Member must have length greater than or equal to {min}");
        tried(min, text.clone(), true);
        tried(min - 1, text, false);
    }
    if let Some(max) = shape.max {
        let text = format!("Member must have length less than or equal to {max}");
        tried(max, text.clone(), true);
        tried(max + 1, text, false);
    }
}

fn integer(shape: &Shape, place: &Place<'_>, cases: &mut Vec<Case>) {
    for (limit, beyond, words) in [
        (shape.min, -1, "greater than or equal to"),
        (shape.max, 1, "less than or equal to"),
    ] {
        let Some(limit) = limit.and_then(|limit| i64::try_from(limit).ok()) else {
            continue;
        };
        let text = format!("Member must have value {words} {limit}");
        let expected = Expected::NoViolation(text.clone());
        cases.push(place.case(Some(json!(limit)), expected));
        let expected = Expected::Violation(text);
        cases.push(place.case(Some(json!(limit + beyond)), expected));
    }
}

fn list(model: &Model, shape: &Shape, place: &Place<'_>, cases: &mut Vec<Case>) {
    let element = model.shape(shape.member.as_ref().unwrap());
    let valid = sample(model, element);
    lengths(
        shape,
        place,
        &|length| json!(vec![valid.clone(); length]),
        cases,
    );
    let inner = Place {
        path: format!("{}.1.member", place.path),
        required: true,
        put: &|value| (place.put)(Some(json!([value]))),
    };
    member(model, element, &inner, cases);
}

fn structure(model: &Model, shape: &Shape, place: &Place<'_>, cases: &mut Vec<Case>) {
    let valid = sample_members(model, shape);
    for (name, of) in &shape.members {
        let inner = Place {
            path: format!("{}.{}", place.path, label(name)),
            required: shape.required.contains(name),
            put: &|value| {
                let mut object = valid.clone();
                match value {
                    Some(value) => drop(object.insert(name.clone(), value)),
                    None => drop(object.remove(name)),
                }
                (place.put)(Some(Value::Object(object)))
            },
        };
        member(model, model.shape(of), &inner, cases);
    }
}

/// The required members of a structure.
fn sample_members(model: &Model, shape: &Shape) -> Map<String, Value> {
    let required = shape.required.iter();
    required
        .map(|name| {
            (
                name.clone(),
                sample(model, model.shape(&shape.members[name])),
            )
        })
        .collect()
}

/// A value of the right type. It may violate a pattern.
fn sample(model: &Model, shape: &Shape) -> Value {
    let length = shape.min.unwrap_or(1).max(1);
    match shape.kind.as_str() {
        "string" => match shape.values.first() {
            Some(value) => json!(value),
            None => json!("a".repeat(length)),
        },
        "blob" => json!(STANDARD.encode(vec![7; length])),
        "integer" | "long" => json!(length),
        "timestamp" => json!(1),
        "boolean" => json!(true),
        "list" => json!([sample(model, model.shape(shape.member.as_ref().unwrap()))]),
        "map" => {
            let value = model.shape(shape.value.as_ref().unwrap());
            json!({ "name": sample(model, value) })
        }
        _ => Value::Object(sample_members(model, shape)),
    }
}
