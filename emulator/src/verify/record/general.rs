//! An answer in general: what it has in common with the answer to the next run.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use regex_lite::{Captures, Regex};
use serde_json::{Map, Value, json};

use crate::cases::{Named, Variables};
use crate::model::{Kind, ShapeId, model};

/// Blobs whose length says something. The lengths of other blobs vary, or are an implementation's.
const FIXED_LENGTH: [&str; 4] = ["Mac", "Plaintext", "PublicKey", "SharedSecret"];

/// Members whose texts are an implementation's.
const OPAQUE: [&str; 2] = ["GrantToken", "NextMarker"];

/// The shortest value of a variable that is looked for in texts.
const MIN_VARIABLE: usize = 4;

/// What is known of one case.
pub(super) struct General<'c> {
    /// The file of the case. What it contains is not a secret of the run.
    text: String,
    /// Names and values, the longest first.
    variables: Vec<(&'c str, &'c str)>,
    /// Ids, accounts and names of callers.
    changing: Option<Regex>,
    /// Whether the answer is the expected one.
    is_same: bool,
}

impl<'c> General<'c> {
    pub(super) fn new(named: &Named, variables: &'c Variables, is_same: bool) -> Self {
        let mut found: Vec<_> = variables
            .iter()
            .filter_map(|(name, value)| Some((name, value.as_str()?)))
            .filter(|(_, value)| value.len() >= MIN_VARIABLE)
            .collect();
        found.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        let changing = r"\$\{[a-z0-9_]+\}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,}|\b[0-9]{12}\b|\b(?:user|role|assumed-role|federated-user)/[\w+=,.@/-]+";
        Self {
            text: named.file.to_string(),
            variables: found,
            changing: Regex::new(changing).ok(),
            is_same,
        }
    }

    /// Describes a body as expectations. `known` are those of the case, if the body fulfils them.
    pub(super) fn describe(
        &self,
        operation: &str,
        body: &Value,
        known: Option<&Value>,
        expect: &mut Map<String, Value>,
    ) {
        let mut body = body.clone();
        if let Some(error) = body.get("__type") {
            let name = error.as_str().unwrap_or_default();
            expect.insert("type".to_owned(), name.into());
            let message = body.get("message").or_else(|| body.get("Message"));
            if message.is_none() {
                expect.insert("no_message".to_owned(), true.into());
            }
            if let Some(members) = body.as_object_mut() {
                members.remove("__type");
            }
        }
        if let Some(members) = body.as_object()
            && !expect.contains_key("type")
        {
            let names: Vec<_> = members.keys().cloned().collect();
            expect.insert("members".to_owned(), json!({ ".": names }));
        }
        let shape = model().operation(operation).and_then(|it| it.output);
        let known = known.and_then(|known| known.get("match"));
        let general = self.value("", &body, shape, known);
        if general
            .as_object()
            .is_none_or(|members| !members.is_empty())
        {
            expect.insert("match".to_owned(), general);
        }
    }

    /// A value, or a condition that it fulfils.
    fn value(
        &self,
        name: &str,
        value: &Value,
        shape: Option<ShapeId>,
        known: Option<&Value>,
    ) -> Value {
        let is_nested = |known: &Value| known.is_object() && !is_condition(known);
        let is_list = |known: &Value| known.is_array();
        if let Some(known) = known.filter(|known| !is_nested(known) && !is_list(known)) {
            return known.clone();
        }
        let kind = shape.map(|shape| &model().shape(shape).kind);
        match (value, kind) {
            (Value::Object(members), kind) => {
                let general = members.iter().map(|(name, member)| {
                    let shape = match kind {
                        Some(Kind::Structure { members }) => {
                            let found = members.iter().find(|it| it.name == *name);
                            found.map(|it| it.shape)
                        }
                        Some(Kind::Map { value }) => Some(*value),
                        _ => None,
                    };
                    let known = known.and_then(|known| known.get(name));
                    (name.clone(), self.value(name, member, shape, known))
                });
                general.collect::<Map<_, _>>().into()
            }
            (Value::Array(elements), kind) => {
                let element = match kind {
                    Some(Kind::List { element, .. }) => Some(*element),
                    _ => None,
                };
                // The order of resources depends on their ids, and so does what is on a page. So only
                // what the case expects of them is the same each time.
                let is_of_resources = elements.iter().any(Value::is_object);
                if self.is_same && is_of_resources {
                    let length = || json!({ "$length": elements.len() });
                    return known.cloned().unwrap_or_else(length);
                }
                let general = elements.iter().enumerate().map(|(index, it)| {
                    let known = known.and_then(|known| known.get(index));
                    self.value(name, it, element, known)
                });
                general.collect()
            }
            (Value::String(text), Some(Kind::Blob { .. })) => blob(name, text),
            (Value::String(text), kind) => {
                // Of what the model does not name, only the messages of errors are known.
                let is_known = kind.is_some() || matches!(name, "message" | "Message");
                if !is_known || OPAQUE.contains(&name) {
                    json!({ "$kind": "string" })
                } else if name == "Policy" {
                    self.policy(text)
                } else {
                    self.text(text)
                }
            }
            (Value::Number(_), Some(Kind::Timestamp) | None) => json!({ "$kind": "number" }),
            (other, _) => other.clone(),
        }
    }

    /// A policy. AWS returns its principals in varying order.
    fn policy(&self, text: &str) -> Value {
        let Ok(policy) = serde_json::from_str::<Value>(text) else {
            return self.text(text);
        };
        json!({ "$json": self.unordered(&policy, "") })
    }

    fn unordered(&self, value: &Value, name: &str) -> Value {
        match value {
            Value::Object(members) => {
                let members = members.iter();
                let members = members.map(|(name, it)| (name.clone(), self.unordered(it, name)));
                members.collect::<Map<_, _>>().into()
            }
            Value::Array(elements) => {
                let elements = elements.iter().map(|it| self.unordered(it, ""));
                let elements: Value = elements.collect();
                if matches!(name, "AWS" | "Service") {
                    return json!({ "$any_order": elements });
                }
                elements
            }
            Value::String(text) => self.text(text),
            other => other.clone(),
        }
    }

    /// A text with variables in the place of their values, or a pattern if it has other ids.
    fn text(&self, text: &str) -> Value {
        let mut filled = text.to_owned();
        for (name, value) in &self.variables {
            filled = filled.replace(value, &format!("${{{name}}}"));
        }
        let Some(changing) = &self.changing else {
            return json!({ "$kind": "string" });
        };
        let is_new = |part: &str| !part.starts_with("${") && !self.text.contains(part);
        if !changing
            .find_iter(&filled)
            .any(|part| is_new(part.as_str()))
        {
            return filled.into();
        }
        let mut pattern = String::new();
        let mut end = 0;
        for part in changing.captures_iter(&filled) {
            let Some(whole) = part.get(0) else { continue };
            let before = filled.get(end..whole.start()).unwrap_or_default();
            pattern += &regex_lite::escape(before);
            pattern += &replacement(&part, is_new(whole.as_str()));
            end = whole.end();
        }
        pattern += &regex_lite::escape(filled.get(end..).unwrap_or_default());
        json!({ "$matches": pattern })
    }
}

/// A pattern for an id, an account or the name of a caller.
fn replacement(part: &Captures<'_>, is_new: bool) -> String {
    let text = part.get(0).map_or("", |it| it.as_str());
    match text.len() {
        _ if is_new && text.contains('/') => "[a-z-]+/.+".to_owned(),
        _ if text.contains('/') => regex_lite::escape(text),
        _ if !is_new => text.to_owned(),
        12 => "[0-9]{12}".to_owned(),
        36 => "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}".to_owned(),
        length => format!("[0-9a-f]{{{length}}}"),
    }
}

fn blob(name: &str, text: &str) -> Value {
    match BASE64.decode(text) {
        Ok(bytes) if FIXED_LENGTH.contains(&name) => json!({ "$base64_bytes": bytes.len() }),
        _ => json!({ "$kind": "string" }),
    }
}

fn is_condition(value: &Value) -> bool {
    let members = value.as_object();
    members.is_some_and(|members| members.keys().any(|name| name.starts_with('$')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_callers_are_not_recorded() {
        let case = json!({
            "source": { "evidence": "inferred", "where": "444455556666 user/known.by+all" },
            "request": { "operation": "ListKeys", "input": {} }, "expect": { "status": 400 },
        });
        let named = Named::parse("ListKeys/case", &case.to_string()).unwrap();
        let variables = Variables::default();
        let general = General::new(&named, &variables, false);
        let message =
            |user: &str| format!("User: arn:aws:iam::444455556666:{user} is not authorized");
        let alice = message("assumed-role/Admin/alice@example.com");
        let recorded = general.text(&alice);
        let pattern = recorded["$matches"].as_str().unwrap();
        assert!(!pattern.contains("alice"), "{pattern}");
        assert!(Regex::new(pattern).unwrap().is_match(&alice), "{pattern}");
        let known = message("user/known.by+all");
        assert_eq!(general.text(&known), json!(known));
    }
}
