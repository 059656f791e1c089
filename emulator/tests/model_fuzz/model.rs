//! AWS's model, and the check of a value against a shape.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex_lite::Regex;
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
pub(crate) struct Model {
    pub(crate) operations: BTreeMap<String, Operation>,
    shapes: BTreeMap<String, Shape>,
}

#[derive(Deserialize)]
pub(crate) struct Operation {
    pub(crate) input: Option<String>,
    pub(crate) output: Option<String>,
    #[serde(default)]
    pub(crate) errors: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct Shape {
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    #[serde(default)]
    pub(crate) required: Vec<String>,
    #[serde(default)]
    pub(crate) members: BTreeMap<String, String>,
    pub(crate) member: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) value: Option<String>,
    #[serde(default, rename = "enum")]
    pub(crate) values: Vec<String>,
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
    pub(crate) pattern: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Structure,
    List,
    Map,
    String,
    Blob,
    #[serde(alias = "long")]
    Integer,
    Boolean,
    Timestamp,
}

impl Model {
    pub(crate) fn read() -> Self {
        serde_json::from_str(include_str!("../../model/kms.json")).unwrap()
    }

    pub(crate) fn shape(&self, name: &str) -> &Shape {
        &self.shapes[name]
    }

    /// Everything in `value` that the shape does not allow.
    pub(crate) fn violations(&self, shape: &str, value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        self.check(shape, value, shape, &mut found);
        found
    }

    fn check(&self, name: &str, value: &Value, path: &str, found: &mut Vec<String>) {
        let shape = self.shape(name);
        let mut report = |text: String| found.push(format!("{path}: {text}"));
        match (shape.kind, value) {
            (Kind::Structure, Value::Object(values)) => {
                self.structure(shape, values, path, found);
            }
            (Kind::List, Value::Array(values)) => {
                shape.length(values.len(), report);
                let element = shape.member.as_ref().unwrap();
                for (index, value) in values.iter().enumerate() {
                    self.check(element, value, &format!("{path}[{index}]"), found);
                }
            }
            (Kind::Map, Value::Object(values)) => {
                let [key, element] = [&shape.key, &shape.value].map(|name| name.as_ref().unwrap());
                for (name, value) in values {
                    let path = format!("{path}.{name}");
                    self.check(key, &Value::from(name.as_str()), &path, found);
                    self.check(element, value, &path, found);
                }
            }
            (Kind::String, Value::String(text)) => {
                shape.length(text.chars().count(), &mut report);
                if !shape.values.is_empty() && !shape.values.contains(text) {
                    report(format!("{text:?} is not in the enum {name}"));
                }
                if !shape.matches(text) {
                    report(format!("{text:?} does not match {:?}", shape.pattern));
                }
            }
            (Kind::Blob, Value::String(text)) => match STANDARD.decode(text) {
                Ok(bytes) => shape.length(bytes.len(), report),
                Err(error) => report(format!("not base64: {error}")),
            },
            (Kind::Integer, Value::Number(number)) => {
                let number = number.as_i64().filter(|number| shape.allows(*number));
                if number.is_none() {
                    report(format!("{value} is not an integer of {name}"));
                }
            }
            (Kind::Boolean, Value::Bool(_)) => {}
            (Kind::Timestamp, Value::Number(number)) => {
                // SDKs read years from 1 to 9999.
                let seconds = number.as_f64().unwrap();
                if !(-62_135_596_800.0..253_402_300_800.0).contains(&seconds) {
                    report(format!("{seconds} is not a date that SDKs read"));
                }
            }
            (kind, value) => report(format!("{value} is not a {kind:?}")),
        }
    }

    fn structure(
        &self,
        shape: &Shape,
        values: &Map<String, Value>,
        path: &str,
        found: &mut Vec<String>,
    ) {
        for name in &shape.required {
            if !values.contains_key(name) {
                found.push(format!("{path}: the required member {name} is missing"));
            }
        }
        for (name, value) in values {
            match shape.members.get(name) {
                Some(member) => self.check(member, value, &format!("{path}.{name}"), found),
                None => found.push(format!("{path}: the model has no member {name}")),
            }
        }
    }
}

impl Shape {
    /// Whether a number or a length is within the limits.
    fn allows(&self, number: i64) -> bool {
        self.min.is_none_or(|min| number >= min) && self.max.is_none_or(|max| number <= max)
    }

    fn length(&self, length: usize, mut report: impl FnMut(String)) {
        if !self.allows(i64::try_from(length).unwrap()) {
            let (min, max) = (self.min, self.max);
            report(format!("length {length} is not from {min:?} to {max:?}"));
        }
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        self.pattern.as_ref().is_none_or(|pattern| {
            let pattern = Regex::new(&format!("^(?:{pattern})$")).unwrap();
            pattern.is_match(text)
        })
    }
}
