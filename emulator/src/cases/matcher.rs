//! Compares a value of the response with the expected one.
//!
//! An expected object lists the members to compare and ignores others. A list is compared element by
//! element, and its length must match. Other values must be equal. An object with one member whose name
//! starts with `$` is a matcher, for values that the case cannot know.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use regex_lite::Regex;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::{Timestamp, parse_duration};
use crate::hex;

/// A condition instead of an exact value.
#[derive(Debug, Deserialize)]
enum Matcher {
    /// `true`: the member is absent.
    #[serde(rename = "$absent")]
    Absent(bool),
    /// The whole text matches the pattern.
    #[serde(rename = "$matches")]
    Matches(String),
    /// A JSON value of this kind.
    #[serde(rename = "$kind")]
    Kind(Kind),
    /// Base64 of this number of bytes.
    #[serde(rename = "$base64_bytes")]
    Base64Bytes(usize),
    /// Base64 of bytes whose hexadecimal form matches the pattern.
    #[serde(rename = "$hex_matches")]
    HexMatches(String),
    /// A list with these elements, in any order.
    #[serde(rename = "$any_order")]
    AnyOrder(Vec<Value>),
    /// A list of this length.
    #[serde(rename = "$length")]
    Length(usize),
    /// A list with a matching element.
    #[serde(rename = "$contains")]
    Contains(Value),
    /// A list without a matching element.
    #[serde(rename = "$lacks")]
    Lacks(Value),
    /// A value that does not match.
    #[serde(rename = "$not")]
    Not(Value),
    /// Seconds since 1970 with milliseconds: `now`, `now+7d`, `now-36h`.
    #[serde(rename = "$time")]
    Time(String),
    /// The same in whole seconds.
    #[serde(rename = "$time_in_seconds")]
    TimeInSeconds(String),
    /// A text with this JSON.
    #[serde(rename = "$json")]
    Json(Value),
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

/// Compares values and collects the differences. An `Err` is an error in the case itself.
pub(super) struct Comparison {
    now: Timestamp,
    tolerance: Duration,
    pub(super) differences: Vec<Difference>,
}

/// A part of a response that is not as expected.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Difference {
    /// The part, such as `status`, `body.KeyMetadata.Arn` or `header date`.
    pub place: String,
    /// The expected value, or the condition for it.
    pub expected: String,
    /// The value in the response.
    pub actual: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            expected,
            actual,
        } = self;
        write!(
            f,
            "{place}\n      expected {expected}\n      actual   {actual}"
        )
    }
}

impl Comparison {
    /// A time in a response may be `tolerance` away from the expected one.
    pub(super) fn new(now: Timestamp, tolerance: Duration) -> Self {
        Self {
            now,
            tolerance,
            differences: Vec::new(),
        }
    }

    /// Compares one value. `at` names it in the report.
    pub(super) fn compare(
        &mut self,
        at: &str,
        expected: &Value,
        actual: Option<&Value>,
    ) -> Result<(), String> {
        if let Some(matcher) = matcher(expected)? {
            return self.match_one(at, &matcher, actual);
        }
        let Some(actual) = actual else {
            self.differ(at, expected, "nothing");
            return Ok(());
        };
        match (expected, actual) {
            (Value::Object(expected), Value::Object(actual)) => {
                for (name, member) in expected {
                    self.compare(&format!("{at}.{name}"), member, actual.get(name))?;
                }
            }
            (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
                for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                    self.compare(&format!("{at}.{index}"), expected, Some(actual))?;
                }
            }
            _ if expected != actual => self.differ(at, expected, actual),
            _ => {}
        }
        Ok(())
    }

    /// Adds a difference.
    pub(super) fn differ(
        &mut self,
        at: &str,
        expected: impl fmt::Display,
        actual: impl fmt::Display,
    ) {
        self.differences.push(Difference {
            place: at.to_owned(),
            expected: expected.to_string(),
            actual: actual.to_string(),
        });
    }

    fn match_one(
        &mut self,
        at: &str,
        matcher: &Matcher,
        actual: Option<&Value>,
    ) -> Result<(), String> {
        let Some(actual) = actual else {
            if !matches!(matcher, Matcher::Absent(true)) {
                self.differ(at, format!("{matcher:?}"), "absent");
            }
            return Ok(());
        };
        let holds = match matcher {
            Matcher::Absent(absent) => !absent,
            Matcher::Matches(pattern) => matches_text(pattern, actual.as_str())?,
            Matcher::Kind(kind) => kind_of(actual) == *kind,
            Matcher::Base64Bytes(length) => {
                let bytes = actual.as_str().and_then(|text| BASE64.decode(text).ok());
                bytes.is_some_and(|bytes| bytes.len() == *length)
            }
            Matcher::HexMatches(pattern) => {
                let bytes = actual.as_str().and_then(|text| BASE64.decode(text).ok());
                let hex = bytes.map(|bytes| hex::encode(&bytes));
                matches_text(pattern, hex.as_deref())?
            }
            Matcher::AnyOrder(elements) => {
                let mut holds = actual.as_array().map(Vec::len) == Some(elements.len());
                for element in elements {
                    holds = holds && self.contains(element, actual)? == Some(true);
                }
                holds
            }
            Matcher::Length(length) => actual.as_array().is_some_and(|list| list.len() == *length),
            Matcher::Contains(element) => self.contains(element, actual)?.unwrap_or(false),
            Matcher::Lacks(element) => !self.contains(element, actual)?.unwrap_or(true),
            Matcher::Not(value) => value != actual,
            Matcher::Time(text) => self.is_near(actual, self.instant(text)?),
            Matcher::TimeInSeconds(text) => {
                let instant = self.instant(text)?;
                self.is_near(actual, instant - instant.rem_euclid(1000))
                    && milliseconds(actual).is_some_and(|time| time % 1000 == 0)
            }
            Matcher::Json(expected) => {
                let text = actual.as_str().unwrap_or_default();
                let Ok(document) = serde_json::from_str(text) else {
                    self.differ(at, format!("{matcher:?}"), actual);
                    return Ok(());
                };
                return self.compare(at, expected, Some(&document));
            }
        };
        if !holds {
            self.differ(at, format!("{matcher:?}"), actual);
        }
        Ok(())
    }

    /// `None` if `actual` is not a list.
    fn contains(&self, element: &Value, actual: &Value) -> Result<Option<bool>, String> {
        let Some(list) = actual.as_array() else {
            return Ok(None);
        };
        for item in list {
            let mut trial = Self::new(self.now, self.tolerance);
            trial.compare("", element, Some(item))?;
            if trial.differences.is_empty() {
                return Ok(Some(true));
            }
        }
        Ok(Some(false))
    }

    /// Whether a value is this time, in milliseconds, within the tolerance.
    fn is_near(&self, actual: &Value, expected: i64) -> bool {
        milliseconds(actual)
            .is_some_and(|time| u128::from(time.abs_diff(expected)) <= self.tolerance.as_millis())
    }

    fn instant(&self, text: &str) -> Result<i64, String> {
        let error = || format!("expected a time such as now, now+7d or now-36h: {text}");
        let offset = text.strip_prefix("now").ok_or_else(error)?;
        let distance = match offset.get(1..) {
            None => 0,
            Some(distance) => {
                let distance = parse_duration(distance).map_err(|error| error.to_string())?;
                i64::try_from(distance.as_millis()).map_err(|_| error())?
            }
        };
        match offset.chars().next() {
            None | Some('+') => Ok(self.now.millis() + distance),
            Some('-') => Ok(self.now.millis() - distance),
            Some(_) => Err(error()),
        }
    }
}

/// Whether the whole text matches the pattern.
pub(super) fn matches_text(pattern: &str, text: Option<&str>) -> Result<bool, String> {
    let whole = Regex::new(&format!(r"\A(?s:{pattern})\z")).map_err(|e| e.to_string())?;
    Ok(text.is_some_and(|text| whole.is_match(text)))
}

fn matcher(expected: &Value) -> Result<Option<Matcher>, String> {
    match expected {
        Value::Object(members) if members.keys().any(|name| name.starts_with('$')) => {
            Matcher::deserialize(expected)
                .map(Some)
                .map_err(|e| format!("{expected}: {e}"))
        }
        _ => Ok(None),
    }
}

fn kind_of(value: &Value) -> Kind {
    match value {
        Value::Null => Kind::Null,
        Value::Bool(_) => Kind::Boolean,
        Value::Number(_) => Kind::Number,
        Value::String(_) => Kind::String,
        Value::Array(_) => Kind::Array,
        Value::Object(_) => Kind::Object,
    }
}

fn milliseconds(value: &Value) -> Option<i64> {
    let milliseconds = (value.as_f64()? * 1000.0).round();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a time beyond i64 saturates, and then differs from every expected time"
    )]
    Some(milliseconds as i64)
}
