//! The words of a validation error, each as recorded from KMS (`kms-truth`: the grammar is
//! `N validation error(s) detected: Value '…' at '…' failed to satisfy constraint: …`).

use std::fmt;

use serde_json::Value;

use super::Violation;

/// What a violation shows of the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// `Value 'x' at`
    Value(String),
    /// `Value null at`
    Null,
    /// `Value at`: sensitive members, and the content of blobs.
    Hidden,
}

impl Shown {
    /// A list as Java prints it: `[a, b]`. Inferred: no recorded violation shows one.
    pub(super) fn list(values: &[Value]) -> Self {
        let values: Vec<_> = values.iter().map(java).collect();
        Self::Value(format!("[{}]", values.join(", ")))
    }
}

fn java(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The path of a member: `tags.1.member.tagKey`.
pub(super) fn path(steps: impl Iterator<Item = String>) -> String {
    steps.collect::<Vec<_>>().join(".")
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.shown {
            Shown::Value(value) => write!(formatter, "Value '{value}' at ")?,
            Shown::Null => write!(formatter, "Value null at ")?,
            Shown::Hidden => write!(formatter, "Value at ")?,
        }
        write!(
            formatter,
            "'{}' failed to satisfy constraint: {}",
            self.path, self.constraint
        )
    }
}

/// The constraints, each one sentence.
pub(crate) mod sentence {
    use super::Violation;

    pub(in crate::constraint) const NOT_NULL: &str = "Member must not be null";

    pub(in crate::constraint) fn least_length(min: i64) -> String {
        format!("Member must have length greater than or equal to {min}")
    }

    pub(in crate::constraint) fn greatest_length(max: i64) -> String {
        format!("Member must have length less than or equal to {max}")
    }

    pub(in crate::constraint) fn least_value(min: i64) -> String {
        format!("Member must have value greater than or equal to {min}")
    }

    pub(in crate::constraint) fn greatest_value(max: i64) -> String {
        format!("Member must have value less than or equal to {max}")
    }

    pub(in crate::constraint) fn pattern(pattern: &str) -> String {
        format!("Member must satisfy regular expression pattern: {pattern}")
    }

    pub(in crate::constraint) fn enum_values<'v>(values: impl Iterator<Item = &'v str>) -> String {
        let values: Vec<_> = values.collect();
        format!(
            "Member must satisfy enum value set: [{}]",
            values.join(", ")
        )
    }

    /// The whole message of a `ValidationException` with these violations.
    pub(crate) fn violations(violations: &[Violation]) -> String {
        let errors = if violations.len() == 1 {
            "error"
        } else {
            "errors"
        };
        let list: Vec<_> = violations.iter().map(ToString::to_string).collect();
        format!(
            "{} validation {errors} detected: {}",
            violations.len(),
            list.join("; ")
        )
    }
}
