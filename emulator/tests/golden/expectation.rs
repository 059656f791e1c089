//! Compares a response with the expectations of its case.

use kms_emulator::protocol::Reply;
use serde_json::Value;

use crate::case::{Check, Expect, Saves};
use crate::matcher::{Comparison, matches_text};
use crate::signature;
use crate::template::Variables;

/// A response, with its body as text and, if possible, as JSON.
pub(crate) struct Answer<'a> {
    reply: &'a Reply,
    text: String,
    json: Option<Value>,
}

impl<'a> Answer<'a> {
    pub(crate) fn new(reply: &'a Reply) -> Self {
        Self {
            reply,
            text: String::from_utf8_lossy(&reply.body).into_owned(),
            json: serde_json::from_slice(&reply.body).ok(),
        }
    }

    /// The value at `path`: names and list indices separated by dots, or `.` for the whole body.
    pub(crate) fn at(&self, path: &str) -> Option<&Value> {
        path.split('.').filter(|part| !part.is_empty()).try_fold(
            self.json.as_ref()?,
            |value, part| match value {
                Value::Array(items) => items.get(part.parse::<usize>().ok()?),
                _ => value.get(part),
            },
        )
    }

    /// Saves values of the body as variables.
    pub(crate) fn save(&self, saves: &Saves, variables: &mut Variables) -> Result<(), String> {
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
pub(crate) fn compare(
    expect: &Expect,
    answer: &Answer<'_>,
    variables: &Variables,
    comparison: &mut Comparison,
) -> Result<(), String> {
    if answer.reply.status != expect.status {
        comparison.differ("status", expect.status, answer.reply.status);
    }
    compare_error(expect, answer, variables, comparison)?;
    compare_body(expect, answer, variables, comparison)?;
    for (name, expected) in &expect.headers {
        let actual = answer
            .reply
            .headers()
            .into_iter()
            .find(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| Value::String(value));
        let expected = variables.fill(expected)?;
        comparison.compare(&format!("header {name}"), &expected, actual.as_ref())?;
    }
    Ok(())
}

/// Runs the checks in `verify`, after the response's values are saved.
pub(crate) fn verify(
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
    answer: &Answer<'_>,
    variables: &Variables,
    comparison: &mut Comparison,
) -> Result<(), String> {
    if let Some(expected) = &expect.r#type {
        let expected = Value::from(expected.as_str());
        comparison.compare("__type", &expected, answer.at("__type"))?;
    }
    if let Some(expected) = &expect.message {
        let expected = Value::from(variables.fill_text(expected)?);
        comparison.compare("message", &expected, answer.at("message"))?;
    }
    if let Some(pattern) = &expect.message_matches {
        let message = answer.at("message");
        if !matches_text(pattern, message.and_then(Value::as_str))? {
            comparison.differ("message", format!("a match of {pattern}"), display(message));
        }
    }
    if expect.no_message {
        for name in ["message", "Message"] {
            if let Some(message) = answer.at(name) {
                comparison.differ(name, "nothing", message);
            }
        }
    }
    Ok(())
}

fn compare_body(
    expect: &Expect,
    answer: &Answer<'_>,
    variables: &Variables,
    comparison: &mut Comparison,
) -> Result<(), String> {
    if expect.empty_body && !answer.text.is_empty() {
        comparison.differ("body", "nothing", &answer.text);
    }
    if let Some(body) = &expect.body {
        let body = variables.fill_text(body)?;
        if answer.text != body {
            comparison.differ("body", body, &answer.text);
        }
    }
    if let Some(pattern) = &expect.body_matches
        && !matches_text(pattern, Some(&answer.text))?
    {
        comparison.differ("body", format!("a match of {pattern}"), &answer.text);
    }
    for (path, names) in &expect.members {
        compare_members(path, names, answer, comparison);
    }
    if let Some(expected) = &expect.r#match {
        comparison.compare("body", &variables.fill(expected)?, answer.at("."))?;
    }
    Ok(())
}

fn compare_members(path: &str, names: &[String], answer: &Answer<'_>, comparison: &mut Comparison) {
    let at = format!("members of {path}");
    let Some(Value::Object(members)) = answer.at(path) else {
        comparison.differ(&at, names.join(", "), display(answer.at(path)));
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
