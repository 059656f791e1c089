//! Compares a response with the expectations of its case.

use serde_json::Value;

use super::case::{Check, Expect, Saves};
use super::endpoint::Answer;
use super::matcher::{Comparison, matches_text};
use super::signature;
use super::template::Variables;

/// The body of a response as text and, if possible, as JSON.
pub(super) struct Body {
    text: String,
    json: Option<Value>,
}

impl Body {
    pub(super) fn new(answer: &Answer) -> Self {
        Self {
            text: String::from_utf8_lossy(&answer.body).into_owned(),
            json: serde_json::from_slice(&answer.body).ok(),
        }
    }

    /// The value at `path`: names and list indices separated by dots, or `.` for the whole body.
    pub(super) fn at(&self, path: &str) -> Option<&Value> {
        path.split('.').filter(|part| !part.is_empty()).try_fold(
            self.json.as_ref()?,
            |value, part| match value {
                Value::Array(items) => items.get(part.parse::<usize>().ok()?),
                _ => value.get(part),
            },
        )
    }

    /// Saves values of the body as variables.
    pub(super) fn save(&self, saves: &Saves, variables: &mut Variables) -> Result<(), String> {
        for (name, path) in saves {
            let value = self
                .at(path)
                .ok_or_else(|| format!("the body has no {path} to save as `{name}`"))?;
            variables.set(name, value.clone());
        }
        Ok(())
    }
}

/// Compares everything except the checks in `verify`.
pub(super) fn compare(
    expect: &Expect,
    answer: &Answer,
    body: &Body,
    variables: &Variables,
    comparison: &mut Comparison,
) -> Result<(), String> {
    if answer.status != expect.status {
        comparison.differ("status", expect.status, answer.status);
    }
    compare_error(expect, body, variables, comparison)?;
    compare_body(expect, body, variables, comparison)?;
    for (name, expected) in &expect.headers {
        let actual = answer
            .headers
            .iter()
            .find(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| Value::from(value.as_str()));
        let expected = variables.fill(expected)?;
        comparison.compare(&format!("header {name}"), &expected, actual.as_ref())?;
    }
    Ok(())
}

/// Runs the checks in `verify`, after the response's values are saved.
pub(super) fn verify(
    checks: &[Check],
    variables: &Variables,
    comparison: &mut Comparison,
) -> Result<(), String> {
    for check in checks {
        match check {
            Check::Signature(check) => {
                if let Err(why) = signature::verify(check, variables)? {
                    comparison.differ("signature", "a valid signature", why);
                }
            }
        }
    }
    Ok(())
}

fn compare_error(
    expect: &Expect,
    body: &Body,
    variables: &Variables,
    comparison: &mut Comparison,
) -> Result<(), String> {
    if let Some(expected) = &expect.r#type {
        let expected = Value::from(expected.as_str());
        comparison.compare("__type", &expected, body.at("__type"))?;
    }
    if let Some(expected) = &expect.message {
        let expected = Value::from(variables.fill_text(expected)?);
        comparison.compare("message", &expected, body.at("message"))?;
    }
    if let Some(pattern) = &expect.message_matches {
        let message = body.at("message");
        if !matches_text(pattern, message.and_then(Value::as_str))? {
            comparison.differ("message", format!("a match of {pattern}"), display(message));
        }
    }
    if expect.no_message {
        for name in ["message", "Message"] {
            if let Some(message) = body.at(name) {
                comparison.differ(name, "nothing", message);
            }
        }
    }
    Ok(())
}

fn compare_body(
    expect: &Expect,
    body: &Body,
    variables: &Variables,
    comparison: &mut Comparison,
) -> Result<(), String> {
    if expect.empty_body && !body.text.is_empty() {
        comparison.differ("body", "nothing", &body.text);
    }
    if let Some(expected) = &expect.body {
        let expected = variables.fill_text(expected)?;
        if body.text != expected {
            comparison.differ("body", expected, &body.text);
        }
    }
    if let Some(pattern) = &expect.body_matches
        && !matches_text(pattern, Some(&body.text))?
    {
        comparison.differ("body", format!("a match of {pattern}"), &body.text);
    }
    for (path, names) in &expect.members {
        compare_members(path, names, body, comparison);
    }
    if let Some(expected) = &expect.r#match {
        comparison.compare("body", &variables.fill(expected)?, body.at("."))?;
    }
    Ok(())
}

fn compare_members(path: &str, names: &[String], body: &Body, comparison: &mut Comparison) {
    let at = format!("members of {path}");
    let Some(Value::Object(members)) = body.at(path) else {
        comparison.differ(&at, names.join(", "), display(body.at(path)));
        return;
    };
    let is_missing = |name: &&str| !name.ends_with('?') && !members.contains_key(*name);
    let is_new = |name: &&str| {
        !names
            .iter()
            .any(|known| known.trim_end_matches('?') == *name)
    };
    let missing: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(is_missing)
        .collect();
    let new: Vec<&str> = members.keys().map(String::as_str).filter(is_new).collect();
    if !missing.is_empty() {
        comparison.differ(&at, missing.join(", "), "absent");
    }
    if !new.is_empty() {
        comparison.differ(&at, "no other members", new.join(", "));
    }
}

fn display(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}
