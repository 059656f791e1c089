//! Validation errors, in the recorded format of KMS: `N validation error(s) detected:
//! Value '…' at '…' failed to satisfy constraint: …`.

use std::fmt;

use serde_json::Value;

/// A violated constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// The path of the member, as KMS writes it: `tags.1.member.tagKey`.
    pub(crate) path: String,
    /// The value, as KMS prints it.
    pub(crate) shown: Shown,
    /// Whether events and the log must not have the value, although the client gets it.
    pub(crate) is_secret: bool,
    /// The sentence of KMS for the constraint.
    pub(crate) constraint: String,
}

impl Violation {
    /// The violation for events and the log.
    pub(super) fn without_secret(&self) -> Self {
        let shown = if self.is_secret {
            Shown::Hidden
        } else {
            self.shown.clone()
        };
        Self {
            shown,
            ..self.clone()
        }
    }

    /// A required member is missing.
    pub(crate) fn null(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            shown: Shown::Null,
            is_secret: false,
            constraint: sentence::NOT_NULL.to_owned(),
        }
    }
}

/// The value in a violation.
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
    /// A list in Java's format: `[a, b]`. Inferred: no recorded violation shows a list.
    pub(crate) fn list(values: &[Value]) -> Self {
        let values: Vec<_> = values.iter().map(java_text).collect();
        Self::Value(format!("[{}]", values.join(", ")))
    }
}

fn java_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The path of a member: `tags.1.member.tagKey`.
pub(crate) fn path(steps: impl Iterator<Item = String>) -> String {
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

/// The sentences of constraints.
pub(crate) mod sentence {
    use super::Violation;

    pub(crate) const NOT_NULL: &str = "Member must not be null";

    pub(crate) fn min_length(min: i64) -> String {
        format!("Member must have length greater than or equal to {min}")
    }

    pub(crate) fn max_length(max: i64) -> String {
        format!("Member must have length less than or equal to {max}")
    }

    pub(crate) fn min_value(min: i64) -> String {
        format!("Member must have value greater than or equal to {min}")
    }

    pub(crate) fn max_value(max: i64) -> String {
        format!("Member must have value less than or equal to {max}")
    }

    pub(crate) fn pattern(pattern: &str) -> String {
        format!("Member must satisfy regular expression pattern: {pattern}")
    }

    pub(crate) fn enum_values<'v>(values: impl Iterator<Item = &'v str>) -> String {
        let values: Vec<_> = values.collect();
        format!(
            "Member must satisfy enum value set: [{}]",
            values.join(", ")
        )
    }

    /// The message of a `ValidationException`.
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
