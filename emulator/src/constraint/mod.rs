//! Validates the body of a request against AWS's model, before it is deserialized.
//!
//! As in AWS's framework, the first value of a wrong JSON type, or blob that is not base64, ends the
//! check with [`ProtocolError::Serialization`]. All other violations are returned in one error, as KMS
//! does: `2 validation errors detected: …; …`.

mod observed;

use serde_json::{Map, Value};

use crate::error::{Error, ProtocolError, Shown, Violation, path, sentence};
use crate::model::{Kind, Limits, Member, Model, Pattern, Shape, ShapeId};
use crate::protocol::blob;

/// Checks `body` against the input shape of an operation of a model.
///
/// # Errors
///
/// `SerializationException` for the first value of a wrong JSON type, otherwise one
/// `ValidationException` with all violations.
pub(crate) fn check(model: &Model, input: ShapeId, body: &Map<String, Value>) -> Result<(), Error> {
    let mut walk = Walk {
        model,
        path: Vec::new(),
        violations: Vec::new(),
    };
    let Kind::Structure { members } = &walk.model.shape(input).kind else {
        return Ok(());
    };
    walk.structure(members, body)?;
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

/// A step of a path: the label of a member, or the number of a list element, from 1.
enum Step<'m> {
    Member(&'m str),
    Element(usize),
}

impl<'m> Walk<'m> {
    fn structure(
        &mut self,
        members: &'m [Member],
        values: &Map<String, Value>,
    ) -> Result<(), ProtocolError> {
        for member in members {
            self.path.push(Step::Member(&member.label));
            match values.get(&member.name) {
                None | Some(Value::Null) if member.required => self.missing(member.shape),
                None | Some(Value::Null) => {}
                Some(value) => self.value(member.shape, value)?,
            }
            self.path.pop();
        }
        Ok(())
    }

    fn value(&mut self, id: ShapeId, value: &Value) -> Result<(), ProtocolError> {
        let shape = self.model.shape(id);
        match (&shape.kind, value) {
            (Kind::Structure { members }, Value::Object(values)) => self.structure(members, values),
            (Kind::List { element, length }, Value::Array(values)) => {
                self.length(shape, *length, values.len(), || Shown::list(values));
                self.elements(*element, values)
            }
            (Kind::List { .. }, other) => Err(ProtocolError::not_a_list(other)),
            (Kind::Map { value: element }, Value::Object(values)) => values
                .values()
                .try_for_each(|value| self.value(*element, value)),
            (Kind::Structure { .. } | Kind::Map { .. }, other) => {
                Err(ProtocolError::not_a_structure(other))
            }
            (Kind::String { .. }, Value::String(text)) => {
                self.string(shape, text);
                Ok(())
            }
            (Kind::Blob { length }, Value::String(text)) => {
                let bytes = blob::decode(text).map_err(|_| ProtocolError::serialization())?;
                // The value of a blob is never shown, even if it is not sensitive.
                self.length(shape, *length, bytes.len(), || Shown::Hidden);
                Ok(())
            }
            (Kind::String { .. } | Kind::Blob { .. }, other) => {
                Err(ProtocolError::not_a(other, "a String"))
            }
            (Kind::Integer { value: limits }, Value::Number(number)) => {
                let number = number
                    .as_i64()
                    .and_then(|number| i32::try_from(number).ok());
                let number = number.ok_or_else(ProtocolError::serialization)?;
                self.integer(shape, *limits, number);
                Ok(())
            }
            (Kind::Integer { .. }, other) => Err(ProtocolError::not_a(other, "an Integer")),
            (Kind::Boolean, Value::Bool(_)) | (Kind::Timestamp, Value::Number(_)) => Ok(()),
            (Kind::Boolean | Kind::Timestamp, other) => Err(ProtocolError::not_a_scalar(other)),
        }
    }

    fn elements(&mut self, element: ShapeId, values: &[Value]) -> Result<(), ProtocolError> {
        for (index, value) in values.iter().enumerate() {
            self.path.push(Step::Element(index + 1));
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
        let path = path(self.path.iter().map(|step| match step {
            Step::Member(label) => (*label).to_owned(),
            Step::Element(number) => format!("{number}.member"),
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
mod tests {
    use super::*;
    use crate::model::{model, sts};
    use serde_json::json;

    fn outcome(operation: &str, body: &Value) -> String {
        let input = model().operation(operation).unwrap().input.unwrap();
        match check(model(), input, body.as_object().unwrap()) {
            Ok(()) => "accepted".to_owned(),
            Err(error) => error.message().unwrap_or_default(),
        }
    }

    #[test]
    fn every_pattern_is_checked() {
        for shape in model().shapes().iter().chain(sts().shapes()) {
            if let Kind::String {
                pattern: Some(pattern),
                ..
            } = &shape.kind
            {
                let is_checked = pattern.is_compiled() || observed::pattern(&shape.name).is_some();
                assert!(is_checked, "{}: {}", shape.name, pattern.text);
            }
        }
    }

    #[test]
    fn collects_violations_in_the_order_of_the_model() {
        assert_eq!(
            outcome("CreateAlias", &json!({ "AliasName": "" })),
            "3 validation errors detected: \
             Value '' at 'aliasName' failed to satisfy constraint: Member must have length greater than or equal to 1; \
             Value '' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$; \
             Value null at 'targetKeyId' failed to satisfy constraint: Member must not be null"
        );
    }

    #[test]
    fn numbers_list_elements() {
        let tags =
            json!({ "KeyId": "k", "Tags": [{ "TagKey": "a", "TagValue": "b" }, { "TagKey": "" }] });
        assert_eq!(
            outcome("TagResource", &tags),
            "2 validation errors detected: \
             Value '' at 'tags.2.member.tagKey' failed to satisfy constraint: Member must have length greater than or equal to 1; \
             Value null at 'tags.2.member.tagValue' failed to satisfy constraint: Member must not be null"
        );
    }

    #[test]
    fn hides_sensitive_values() {
        let body = json!({ "KeyId": "k", "Message": "", "SigningAlgorithm": "ECDSA_SHA_256" });
        assert_eq!(
            outcome("Sign", &body),
            "1 validation error detected: Value at 'message' failed to satisfy constraint: \
             Member must have length greater than or equal to 1"
        );
    }

    #[test]
    fn shows_a_missing_blob_as_null() {
        let body = json!({ "KeyId": "k", "Message": "bQ==", "SigningAlgorithm": "ECDSA_SHA_256" });
        assert_eq!(
            outcome("Verify", &body),
            "1 validation error detected: Value null at 'signature' failed to satisfy constraint: \
             Member must not be null"
        );
    }

    #[test]
    fn counts_code_points() {
        let body = json!({ "KeyId": "k", "Description": "é".repeat(8192) });
        assert_eq!(outcome("UpdateKeyDescription", &body), "accepted");
    }

    #[test]
    fn checks_json_types_first() {
        let body = json!({ "KeyId": "", "Description": 1 });
        assert_eq!(
            outcome("UpdateKeyDescription", &body),
            "NUMBER_VALUE can not be converted to a String"
        );
    }
}
