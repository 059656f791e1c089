//! A difference as a golden case: the form of `fixtures/README.md`.
//!
//! Secrets are absent: of bytes, of what the model marks as sensitive, and of grant tokens, a case has only the
//! length. Accounts are replaced.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::judge::CONTENT_TYPE;
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
        let references = made::references(self.input);
        let key = references
            .iter()
            .find_map(|id| Some((*id, self.made.input(id)?)));
        let setup: Vec<_> = key
            .iter()
            .map(|(_, input)| {
                let mut call = self.call("CreateKey", (**input).clone());
                call["save"] = json!({ "key": "KeyMetadata.KeyId" });
                call
            })
            .collect();
        let requests = json!([setup, self.call(self.operation, input)]);
        if requests.to_string().contains("${") {
            return None;
        }
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
            expected["headers"] = json!({ CONTENT_TYPE: content_type });
        }
        let case = json!({
            "source": self.source(),
            "note": note,
            "setup": requests[0],
            "request": requests[1],
            "expect": expected,
        });
        let text = serde_json::to_string_pretty(&case).ok()?;
        let text = match key {
            Some((id, _)) => text.replace(id, "${key}"),
            None => text,
        };
        Some(without_accounts(&text, self.account) + "\n")
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

    fn call(&self, operation: &str, input: Value) -> Value {
        let mut call = json!({ "operation": operation, "input": input });
        if self.region != DEFAULT_REGION {
            call["region"] = self.region.into();
        }
        call
    }

    fn expected(&self, shape: Option<ShapeId>) -> Option<Value> {
        let status = self.answer.status;
        if self.answer.body.is_empty() {
            return Some(json!({ "status": status, "empty_body": true }));
        }
        let body = self.answer.json()?;
        let Some(name) = body.get("__type") else {
            let body = self.matcher("", shape, &body);
            return Some(json!({ "status": status, "match": body }));
        };
        let mut expected = json!({ "status": status, "type": name });
        match body.get("message").or_else(|| body.get("Message")) {
            Some(message) => expected["message"] = message.clone(),
            None => expected["no_message"] = true.into(),
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
