//! A difference as a golden case: the form of `fixtures/README.md`.
//!
//! Secrets are absent: of bytes, of what the model marks as sensitive, and of grant tokens, a case has only the
//! length. Accounts are replaced.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::judge::{CONTENT_TYPE, key_id};
use super::made::{self, Made};
use super::report::Difference;
use super::role::{self, Role};
use crate::api::AccountId;
use crate::model::{Kind, ShapeId, model};
use crate::remote::Answer;

/// The Region of cases without one.
const DEFAULT_REGION: &str = "us-east-1";
/// The account in place of all others. It is one of AWS's examples.
const OTHER_ACCOUNT: &str = "111122223333";
const ACCOUNT_LENGTH: usize = 12;

/// A request and what the upstream answered.
pub(super) struct Case<'c> {
    pub(super) operation: &'c str,
    pub(super) input: &'c Map<String, Value>,
    pub(super) region: &'c str,
    pub(super) account: Option<&'c AccountId>,
    pub(super) answer: &'c Answer,
    pub(super) made: &'c Made,
    /// The host of the upstream.
    pub(super) host: &'c str,
    pub(super) is_aws: bool,
    pub(super) day: &'c str,
}

impl Case<'_> {
    /// Writes the case to a folder, unless it has a case of that kind. Returns the path below the folder.
    pub(super) fn write(
        &self,
        folder: &Path,
        new: &Difference,
        all: &[Difference],
    ) -> Option<String> {
        let name = format!("{}/{}.json", self.operation, file_name(new));
        let file = folder.join(&name);
        if file.exists() {
            return Some(name);
        }
        let text = self.text(all)?;
        let parent = file.parent()?;
        let written = fs::create_dir_all(parent).and_then(|()| fs::write(&file, text));
        match written {
            Ok(()) => Some(name),
            Err(error) => {
                tracing::error!("cannot write {}: {error}", file.display());
                None
            }
        }
    }

    /// `None` if a text of the request would have another meaning in a case.
    fn text(&self, differences: &[Difference]) -> Option<String> {
        let shape = model().operation(self.operation)?;
        let hide =
            |text: &str| json!({ "$base64_of": { "byte": 97, "count": role::length(text) } });
        let input = role::masked(shape.input, &Value::Object(self.input.clone()), &hide);
        let keys = self.keys();
        let setup = keys.iter().map(|(name, _, input)| {
            let mut call = self.call("CreateKey", input);
            call.insert("save".to_owned(), json!({ name: "KeyMetadata.KeyId" }));
            Value::Object(call)
        });
        let setup: Vec<_> = setup.collect();
        let request = Value::Object(self.call(self.operation, &input));
        let shown = differences.iter().map(|difference| {
            let upstream = difference.upstream.as_deref().unwrap_or("absent");
            let ours = difference.ours.as_deref().unwrap_or("absent");
            format!("{}: {upstream}, here {ours}", difference.path)
        });
        let shown: Vec<_> = shown.collect();
        let note = format!(
            "From a shadow. Bytes and grant tokens were replaced, and requests that came before may be needed \
             as setup. Differences: {}",
            shown.join("; ")
        );
        let mut expected = self.expected(shape.output)?;
        if let Some(content_type) = self.answer.header(CONTENT_TYPE)
            && differences.iter().any(|it| it.path == CONTENT_TYPE)
        {
            let headers = json!({ CONTENT_TYPE: content_type });
            expected.insert("headers".to_owned(), headers);
        }
        let case = json!({
            "source": self.source(),
            "note": note,
            "setup": setup,
            "request": request,
            "expect": expected,
        });
        let mut text = serde_json::to_string_pretty(&case).ok()?;
        if text.contains("${") {
            return None;
        }
        for (name, id, _) in keys {
            text = text.replace(id, &format!("${{{name}}}"));
        }
        Some(without_accounts(&text, self.account) + "\n")
    }

    /// The keys that the request names, if they were made here: a variable, the id, and the input with which
    /// the key was made.
    fn keys(&self) -> Vec<(String, &str, Arc<Value>)> {
        let mut references = made::references(self.input);
        references.dedup();
        let keys = references
            .into_iter()
            .filter_map(|id| Some((id, self.made.input(id)?)));
        let keys = keys.enumerate().map(|(index, (id, input))| {
            let name = match index {
                0 => "key".to_owned(),
                index => format!("key_{}", index + 1),
            };
            (name, id, input)
        });
        keys.collect()
    }

    /// Whether a text of the answer has the id of its key, which is not in a variable.
    fn is_about_new_key(&self, text: &str) -> bool {
        let answer = self.answer.json();
        let id = answer.as_ref().and_then(key_id);
        id.is_some_and(|id| text.contains(id) && self.keys().iter().all(|(_, key, _)| *key != id))
    }

    fn source(&self) -> Value {
        let Self {
            host, region, day, ..
        } = self;
        if self.is_aws {
            json!({ "evidence": "recorded", "where": format!("a shadow of {host}, {region}, {day}") })
        } else {
            let place = format!("second-hand: {host}, which is not AWS, {day}");
            json!({ "evidence": "inferred", "where": place })
        }
    }

    fn call(&self, operation: &str, input: &Value) -> Map<String, Value> {
        let mut call = Map::new();
        call.insert("operation".to_owned(), operation.into());
        call.insert("input".to_owned(), input.clone());
        if self.region != DEFAULT_REGION {
            call.insert("region".to_owned(), self.region.into());
        }
        call
    }

    fn expected(&self, shape: Option<ShapeId>) -> Option<Map<String, Value>> {
        let mut expected = Map::new();
        let mut expect = |name: &str, value: Value| expected.insert(name.to_owned(), value);
        expect("status", self.answer.status.into());
        if self.answer.body.is_empty() {
            expect("empty_body", true.into());
            return Some(expected);
        }
        let body = self.answer.json()?;
        match body.get("__type") {
            None => {
                expect("match", self.matcher("", shape, &body));
            }
            Some(name) => {
                expect("type", name.clone());
                match body.get("message").or_else(|| body.get("Message")) {
                    Some(message) => expect("message", message.clone()),
                    None => expect("no_message", true.into()),
                };
            }
        }
        Some(expected)
    }

    /// The condition for a value of the answer.
    fn matcher(&self, name: &str, shape: Option<ShapeId>, value: &Value) -> Value {
        let known = shape.map(|shape| model().shape(shape));
        let role = Role::of(self.operation, name, known);
        match value {
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| {
                    let shape = shape.and_then(|shape| role::member(shape, name));
                    (name.clone(), self.matcher(name, shape, value))
                });
                Value::Object(members.collect())
            }
            Value::Array(list) => {
                let element = match known.map(|shape| &shape.kind) {
                    Some(Kind::List { element, .. }) => Some(*element),
                    _ => None,
                };
                let list: Vec<_> = list
                    .iter()
                    .map(|value| self.matcher("", element, value))
                    .collect();
                json!({ "$any_order": list })
            }
            Value::String(_) if role != Role::Plain || known.is_none_or(role::is_hidden) => {
                json!({ "$kind": "string" })
            }
            Value::String(text) if self.is_about_new_key(text) => json!({ "$kind": "string" }),
            Value::Number(_) if role != Role::Plain => json!({ "$kind": "number" }),
            other => other.clone(),
        }
    }
}

/// `differs_in_key_metadata_key_state`
fn file_name(difference: &Difference) -> String {
    let value = match difference.path.as_str() {
        "__type" | "status" | "message" => difference.upstream.as_deref().unwrap_or_default(),
        _ => "",
    };
    let mut name = "differs_in".to_owned();
    let mut is_start = true;
    for letter in difference
        .path
        .chars()
        .chain([' '])
        .chain(value.chars().take(60))
    {
        if !letter.is_ascii_alphanumeric() {
            is_start = true;
            continue;
        }
        let is_capital = letter.is_ascii_uppercase();
        if (is_start || is_capital) && !name.ends_with('_') {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
        is_start = false;
    }
    name
}

/// Replaces the accounts in ARNs, and the caller's account.
fn without_accounts(text: &str, own: Option<&AccountId>) -> String {
    let own = own.map(AccountId::as_str);
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, digits) = rest.split_at(at);
        replaced.push_str(before);
        let is_digit = |letter: char| letter.is_ascii_digit();
        let end = digits
            .find(|letter| !is_digit(letter))
            .unwrap_or(digits.len());
        let (digits, after) = digits.split_at(end);
        replaced.push_str(match digits {
            digits if own == Some(digits) => "${account}",
            digits if digits.len() == ACCOUNT_LENGTH && before.ends_with(':') => OTHER_ACCOUNT,
            digits => digits,
        });
        rest = after;
    }
    replaced + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_replaced() {
        let own = AccountId::parse("999988887777").unwrap();
        let text = "arn:aws:iam::123456789012:root arn:aws:kms:eu-west-1:999988887777:key/1 \
                    \"999988887777\" 1234567890123 12";
        assert_eq!(
            without_accounts(text, Some(&own)),
            "arn:aws:iam::111122223333:root arn:aws:kms:eu-west-1:${account}:key/1 \"${account}\" \
             1234567890123 12"
        );
    }

    #[test]
    fn files_are_named_by_the_difference() {
        let name = |path: &str, upstream: &str| {
            file_name(&Difference::new(path, Some(upstream.to_owned()), None))
        };
        assert_eq!(
            name("KeyMetadata.KeyState", "\"Enabled\""),
            "differs_in_key_metadata_key_state"
        );
        assert_eq!(
            name("__type", "\"NotFoundException\""),
            "differs_in_type_not_found_exception"
        );
    }
}
