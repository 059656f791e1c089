//! What earlier requests and responses contained, for the values of later requests.

use std::collections::BTreeMap;

use fastrand::Rng;
use serde_json::{Map, Value};

use crate::model::{Kind, Model};

/// The number of values of a shape, and of calls of an operation, that are kept.
const KEPT: usize = 40;

/// The members of a request and of its response.
pub(crate) type Call = Map<String, Value>;

#[derive(Default)]
pub(crate) struct Known {
    /// Texts and blobs by the name of their shape.
    values: BTreeMap<String, Vec<Value>>,
    /// Successful calls by operation.
    calls: BTreeMap<String, Vec<Call>>,
}

impl Known {
    /// A value of a shape.
    pub(crate) fn value(&self, shape: &str, rng: &mut Rng) -> Option<Value> {
        rng.choice(self.values.get(shape)?).cloned()
    }

    /// A successful call, often one with many of the members of a request. Its ciphertext, context and key belong
    /// together, for example.
    pub(crate) fn call(&self, is_member: impl Fn(&str) -> bool, rng: &mut Rng) -> Call {
        let operations: Vec<_> = self.calls.values().collect();
        let candidates = (0..rng.usize(1..40)).filter_map(|_| {
            let calls = rng.choice(&operations)?;
            rng.choice(calls.iter())
        });
        // `SigningAlgorithms` of a key has a value for `SigningAlgorithm`.
        let is_useful = |name: &&String| is_member(name) || is_member(name.trim_end_matches('s'));
        let useful = |call: &&Call| call.keys().filter(is_useful).count();
        candidates.max_by_key(useful).cloned().unwrap_or_default()
    }

    pub(crate) fn add_value(&mut self, shape: &str, value: Value, rng: &mut Rng) {
        let values = self.values.entry(shape.to_owned()).or_default();
        if !values.contains(&value) {
            keep(values, value, rng);
        }
    }

    pub(crate) fn add_call(&mut self, operation: &str, call: Call, rng: &mut Rng) {
        let calls = self.calls.entry(operation.to_owned()).or_default();
        keep(calls, call, rng);
    }

    /// Adds every text and every blob in `value`, and the members of all structures to `call`.
    pub(crate) fn collect(
        &mut self,
        model: &Model,
        shape: &str,
        value: &Value,
        call: &mut Call,
        rng: &mut Rng,
    ) {
        let definition = model.shape(shape);
        match (definition.kind, value) {
            (Kind::Structure, Value::Object(values)) => {
                for (name, value) in values {
                    if let Some(member) = definition.members.get(name) {
                        call.insert(name.clone(), value.clone());
                        self.collect(model, member, value, call, rng);
                    }
                }
            }
            (Kind::List, Value::Array(values)) => {
                for value in values {
                    self.collect(model, definition.member.as_ref().unwrap(), value, call, rng);
                }
            }
            (Kind::String, Value::String(_)) if definition.values.is_empty() => {
                self.add_value(shape, value.clone(), rng);
                if matches!(shape, "ArnType" | "AliasNameType") {
                    self.add_value("KeyIdType", value.clone(), rng);
                }
            }
            (Kind::Blob, Value::String(_)) => self.add_value(shape, value.clone(), rng),
            _ => {}
        }
    }
}

fn keep<T>(items: &mut Vec<T>, item: T, rng: &mut Rng) {
    if items.len() < KEPT {
        items.push(item);
    } else {
        items[rng.usize(..KEPT)] = item;
    }
}
