//! Validates the body of a request against AWS's model, before it is deserialized.
//!
//! As in AWS's framework, the first value of a wrong JSON type, or blob that is not base64, ends the
//! check with [`ProtocolError::Serialization`]. All other violations are returned in one error, as KMS
//! does: `2 validation errors detected: …; …`.

mod observed;

use serde_json::Value;

use crate::error::{Error, Mismatch, ProtocolError, Shown, Violation, path, sentence};
use crate::model::{Kind, Limits, Member, Model, Pattern, Shape, ShapeId};
use crate::protocol::{blob, member};

/// Checks the members of a body against the input shape of an operation of a model.
///
/// # Errors
///
/// `SerializationException` for the first value of a wrong JSON type, otherwise one
/// `ValidationException` with all violations.
pub(crate) fn check<'m>(
    model: &'m Model,
    input: ShapeId,
    member: impl Fn(&str) -> Option<&'m Value>,
) -> Result<(), Error> {
    let mut walk = Walk {
        model,
        path: Vec::new(),
        violations: Vec::new(),
    };
    let Kind::Structure { members } = &walk.model.shape(input).kind else {
        return Ok(());
    };
    walk.structure(members, member)?;
    if walk.violations.is_empty() {
        Ok(())
    } else {
        Err(Error::Validation(walk.violations))
    }
}

/// The state of a check. The path is formatted only for a violation.
struct Walk<'m> {
    model: &'m Model,
    path: Vec<Step<'m>>,
    violations: Vec<Violation>,
}

/// A step of a path: a member, the index of a list element, or the name of a value in a map.
enum Step<'m> {
    Member(&'m Member),
    Element(usize),
    Entry(&'m str),
}

impl<'m> Walk<'m> {
    fn structure(
        &mut self,
        members: &'m [Member],
        member: impl Fn(&str) -> Option<&'m Value>,
    ) -> Result<(), ProtocolError> {
        for expected in members {
            self.path.push(Step::Member(expected));
            match member(&expected.name) {
                None | Some(Value::Null) if expected.required => self.missing(expected.shape),
                None | Some(Value::Null) => {}
                Some(value) => self.value(expected.shape, value)?,
            }
            self.path.pop();
        }
        Ok(())
    }

    fn value(&mut self, id: ShapeId, value: &'m Value) -> Result<(), ProtocolError> {
        let shape = self.model.shape(id);
        match (&shape.kind, value) {
            (Kind::Structure { members }, Value::Object(values)) => {
                self.structure(members, |name| member(values, name))
            }
            (Kind::List { element, length }, Value::Array(values)) => {
                self.length(shape, *length, values.len(), || Shown::list(values));
                self.elements(*element, values)
            }
            (Kind::List { .. }, other) => Err(ProtocolError::not_a_list(
                other,
                self.mistyped("a list", other),
            )),
            (Kind::Map { value: element }, Value::Object(values)) => {
                for (name, value) in values {
                    self.path.push(Step::Entry(name));
                    self.value(*element, value)?;
                    self.path.pop();
                }
                Ok(())
            }
            (Kind::Structure { .. } | Kind::Map { .. }, other) => Err(
                ProtocolError::not_a_structure(other, self.mistyped("an object", other)),
            ),
            (Kind::String { .. }, Value::String(text)) => {
                self.string(shape, text);
                Ok(())
            }
            (Kind::Blob { length }, Value::String(text)) => {
                let bytes = blob::decoded_length(text).map_err(|error| {
                    let found = blob::fault(&error);
                    ProtocolError::serialization(Mismatch::new(self.json_path(), "base64", found))
                })?;
                // The value of a blob is never shown, even if it is not sensitive.
                self.length(shape, *length, bytes, || Shown::Hidden);
                Ok(())
            }
            (Kind::String { .. }, other) => Err(ProtocolError::not_a(
                other,
                "a String",
                self.mistyped("a string", other),
            )),
            (Kind::Blob { .. }, other) => Err(ProtocolError::not_a(
                other,
                "a String",
                self.mistyped("base64", other),
            )),
            (Kind::Integer { value: limits }, Value::Number(number)) => {
                let integer = number
                    .as_i64()
                    .and_then(|number| i32::try_from(number).ok());
                let integer = integer.ok_or_else(|| {
                    let found = number.to_string();
                    let reason = Mismatch::new(self.json_path(), "a 32-bit integer", found);
                    ProtocolError::serialization(reason)
                })?;
                self.integer(shape, *limits, integer);
                Ok(())
            }
            (Kind::Integer { .. }, other) => Err(ProtocolError::not_a(
                other,
                "an Integer",
                self.mistyped("an integer", other),
            )),
            (Kind::Boolean, Value::Bool(_)) | (Kind::Timestamp, Value::Number(_)) => Ok(()),
            (Kind::Boolean, other) => Err(ProtocolError::not_a_scalar(
                other,
                self.mistyped("a boolean", other),
            )),
            (Kind::Timestamp, other) => Err(ProtocolError::not_a_scalar(
                other,
                self.mistyped("a number of seconds", other),
            )),
        }
    }

    fn mistyped(&self, expected: &str, found: &Value) -> Mismatch {
        Mismatch::of_json(&self.json_path(), expected, found)
    }

    /// The path of the value in the JSON of the request: `Tags[1].TagKey`.
    fn json_path(&self) -> String {
        let mut path = String::new();
        for step in &self.path {
            let dot = if path.is_empty() { "" } else { "." };
            match step {
                Step::Member(member) => path.extend([dot, member.name.as_str()]),
                Step::Element(index) => path.extend(["[", &index.to_string(), "]"]),
                Step::Entry(name) => path.extend([dot, name]),
            }
        }
        path
    }

    fn elements(&mut self, element: ShapeId, values: &'m [Value]) -> Result<(), ProtocolError> {
        for (index, value) in values.iter().enumerate() {
            self.path.push(Step::Element(index));
            match value {
                Value::Null => self.missing(element),
                value => self.value(element, value)?,
            }
            self.path.pop();
        }
        Ok(())
    }

    fn string(&mut self, shape: &'m Shape, text: &str) {
        let Kind::String {
            length,
            pattern,
            values,
        } = &shape.kind
        else {
            return;
        };
        let shown = || Shown::Value(text.to_owned());
        // Lengths are counted in code points, not in bytes.
        self.length(shape, *length, text.chars().count(), shown);

        let observed = observed::pattern(&shape.name);
        let pattern = match (&observed, pattern) {
            (Some(observed), _) => Some((observed.text, (observed.matches)(text))),
            (None, Some(pattern)) => Some((pattern.text.as_str(), Pattern::matches(pattern, text))),
            (None, None) => None,
        };
        if let Some((expected, false)) = pattern {
            self.add(shape, shown, || sentence::pattern(expected));
        }

        let known = || values.iter().map(String::as_str);
        if !values.is_empty()
            && known().all(|value| value != text)
            && !observed::also_accepted(&shape.name).contains(&text)
        {
            self.add(shape, shown, || match observed::enum_values(&shape.name) {
                Some(order) => sentence::enum_values(order.iter().copied()),
                None => sentence::enum_values(known()),
            });
        }
    }

    fn length(&mut self, shape: &Shape, limits: Limits, length: usize, shown: impl Fn() -> Shown) {
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        if let Some(min) = limits.min.filter(|min| length < *min) {
            self.add(shape, &shown, || sentence::min_length(min));
        }
        if let Some(max) = limits.max.filter(|max| length > *max) {
            self.add(shape, &shown, || sentence::max_length(max));
        }
    }

    fn integer(&mut self, shape: &Shape, limits: Limits, number: i32) {
        let shown = || Shown::Value(number.to_string());
        let number = i64::from(number);
        if let Some(min) = limits.min.filter(|min| number < *min) {
            self.add(shape, shown, || sentence::min_value(min));
        }
        if let Some(max) = limits.max.filter(|max| number > *max) {
            self.add(shape, shown, || sentence::max_value(max));
        }
    }

    fn missing(&mut self, id: ShapeId) {
        let shape = self.model.shape(id);
        self.add(shape, || Shown::Null, || sentence::NOT_NULL.to_owned());
    }

    fn add(
        &mut self,
        shape: &Shape,
        shown: impl FnOnce() -> Shown,
        constraint: impl FnOnce() -> String,
    ) {
        let shown = if shape.sensitive {
            Shown::Hidden
        } else {
            shown()
        };
        let path = path(self.path.iter().filter_map(|step| match step {
            Step::Member(member) => Some(member.label.clone()),
            Step::Element(index) => Some(format!("{}.member", index + 1)),
            // No constraint applies to the values of the model's maps.
            Step::Entry(_) => None,
        }));
        let is_secret = match shape.kind {
            Kind::List { element, .. } => self.model.shape(element).is_grant_token(),
            _ => shape.is_grant_token(),
        };
        self.violations.push(Violation {
            path,
            shown,
            is_secret,
            constraint: constraint(),
        });
    }
}

#[cfg(test)]
mod tests;
