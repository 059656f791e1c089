//! Decides whether two answers agree, and keeps what follows from them.

use serde_json::{Map, Value, json};

use super::compare::Comparison;
use super::made::{self, Made};
use super::pairs::Pairs;
use super::report::{Difference, Verdict};
use super::role;
use crate::model::model;
use crate::protocol::Reply;
use crate::remote::Answer;

/// What is known of both sides.
pub(super) struct Known {
    pub(super) pairs: Pairs,
    pub(super) made: Made,
}

/// A request, as the client sent it.
#[derive(Clone, Copy)]
pub(super) struct Call<'c> {
    pub(super) operation: &'c str,
    pub(super) input: &'c Map<String, Value>,
}

pub(super) const MADE_BEFORE: &str = "the key or alias was made before, or elsewhere";
pub(super) const VALUE_MADE_BEFORE: &str =
    "a ciphertext, signature or other value was made before, or elsewhere";
pub(super) const NOT_AN_ANSWER: &str = "the answer is not one of KMS, such as HTML";
pub(super) const OF_UPSTREAM: &str = "permissions, limits or a failure of the upstream";

/// Errors that do not follow from a request and the keys.
const OTHER_CAUSES: [&str; 16] = [
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "LimitExceededException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "OptInRequired",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "UnrecognizedClientException",
];
/// The only header that is compared, and the path of its difference.
pub(super) const CONTENT_TYPE: &str = "content-type";

/// The parts of an answer that are compared.
struct Parts<'a> {
    status: u16,
    content_type: Option<&'a str>,
    body: &'a [u8],
    json: Option<Value>,
}

impl<'a> Parts<'a> {
    fn new(status: u16, content_type: Option<&'a str>, body: &'a [u8]) -> Self {
        Self {
            status,
            content_type,
            body,
            json: serde_json::from_slice(body).ok(),
        }
    }

    fn text(&self, names: &[&str]) -> Option<&str> {
        let json = self.json.as_ref()?;
        names.iter().find_map(|name| json.get(*name)?.as_str())
    }

    fn error(&self) -> &str {
        self.text(&["__type"]).unwrap_or_default()
    }

    fn succeeded(&self) -> bool {
        self.status == 200
    }
}

impl Known {
    pub(super) fn new() -> Self {
        Self {
            pairs: Pairs::new(),
            made: Made::new(),
        }
    }

    /// Compares two answers. If both sides did what was asked, their values become pairs.
    pub(super) fn judge(&mut self, call: Call<'_>, theirs: &Answer, ours: &Reply) -> Verdict {
        if theirs.is_foreign() {
            return Verdict::NotCompared(NOT_AN_ANSWER);
        }
        let theirs = &Parts::new(theirs.status, theirs.header(CONTENT_TYPE), &theirs.body);
        let ours = &Parts::new(ours.status, Some(ours.content_type), &ours.body);
        if theirs.status >= 500 || OTHER_CAUSES.contains(&theirs.error()) {
            return Verdict::NotCompared(OF_UPSTREAM);
        }
        if theirs.status != ours.status || theirs.error() != ours.error() {
            if self.is_about_unknown(call, theirs, ours) {
                return Verdict::NotCompared(MADE_BEFORE);
            }
            let mut values = Vec::new();
            role::made_by_kms(call.input, &mut values);
            if values
                .iter()
                .any(|value| self.pairs.ours_of(value).is_none())
            {
                return Verdict::NotCompared(VALUE_MADE_BEFORE);
            }
        }
        let mut found = Vec::new();
        if theirs.status != ours.status {
            let shown = |parts: &Parts<'_>| Some(parts.status.to_string());
            found.push(Difference::new("status", shown(theirs), shown(ours)));
        }
        if theirs.succeeded() && ours.succeeded() {
            found.extend(self.successes(call, theirs, ours));
        } else {
            found.extend(self.failures(theirs, ours));
        }
        if theirs.content_type != ours.content_type {
            let shown = |parts: &Parts<'_>| parts.content_type.map(json_text);
            found.push(Difference::new("content-type", shown(theirs), shown(ours)));
        }
        if found.is_empty() {
            Verdict::Same
        } else {
            Verdict::Different(found)
        }
    }

    fn failures(&mut self, theirs: &Parts<'_>, ours: &Parts<'_>) -> Vec<Difference> {
        let texts = |parts: &Parts<'_>| {
            [&["__type"][..], &["message", "Message"]].map(|names| parts.text(names).map(json_text))
        };
        let ([their_type, their_message], [our_type, our_message]) = (texts(theirs), texts(ours));
        let agree = match (&their_message, &our_message) {
            (Some(theirs), Some(ours)) => self.pairs.messages_agree(theirs, ours),
            (theirs, ours) => theirs == ours,
        };
        let mut found = Vec::new();
        if their_type != our_type {
            found.push(Difference::new("__type", their_type, our_type));
        }
        if !agree {
            found.push(Difference::new("message", their_message, our_message));
        }
        found
    }

    /// Whether one side knows a key or an alias that the other does not, and that was not made here.
    fn is_about_unknown(&self, call: Call<'_>, theirs: &Parts<'_>, ours: &Parts<'_>) -> bool {
        const NOT_FOUND: &str = "NotFoundException";
        let are_made = || {
            let references = made::references(call.input);
            !references.is_empty() && references.iter().all(|name| self.made.contains(name))
        };
        let alias = call.input.get("AliasName").and_then(Value::as_str);
        let is_taken = theirs.error() == "AlreadyExistsException" && ours.succeeded();
        (ours.error() == NOT_FOUND && !are_made())
            || (is_taken && alias.is_some_and(|alias| !self.made.contains(alias)))
    }

    fn successes(
        &mut self,
        call: Call<'_>,
        theirs: &Parts<'_>,
        ours: &Parts<'_>,
    ) -> Vec<Difference> {
        self.remember(call, theirs);
        let (Some(Value::Object(their_body)), Some(Value::Object(our_body))) =
            (&theirs.json, &ours.json)
        else {
            let mut found = Vec::new();
            if theirs.body != ours.body {
                let shown = |parts: &Parts<'_>| Some(format!("{} bytes", parts.body.len()));
                found.push(Difference::new("body", shown(theirs), shown(ours)));
            }
            return found;
        };
        let is_true = |body: &Map<String, Value>| body.get("Truncated") == Some(&Value::Bool(true));
        let is_page = is_true(their_body)
            || is_true(our_body)
            || ["Limit", "Marker"]
                .iter()
                .any(|name| call.input.contains_key(*name));
        let text = |name: &str| call.input.get(name).and_then(Value::as_str);
        let hides_random = call.operation.starts_with("GenerateDataKey")
            || text("CiphertextBlob").is_some_and(|text| self.pairs.hides_random(text))
            || text("Plaintext").is_some_and(|text| self.pairs.ours_of(text).is_some());
        let shape = model().operation(call.operation);
        let mut comparison = Comparison {
            operation: call.operation,
            pairs: &mut self.pairs,
            made: &self.made,
            hides_random,
            is_page,
            has_leftover: false,
            found: Vec::new(),
        };
        let output = shape.and_then(|shape| shape.output);
        comparison.objects("", output, their_body, our_body);
        comparison.found
    }

    /// Keeps which keys and aliases both sides have.
    fn remember(&mut self, call: Call<'_>, theirs: &Parts<'_>) {
        let alias = call.input.get("AliasName").and_then(Value::as_str);
        let made = &mut self.made;
        match (call.operation, alias) {
            ("CreateKey", _) => {
                let id = theirs.json.as_ref().and_then(key_id);
                let shape = model().operation(call.operation);
                let input = shape.and_then(|shape| shape.input).map(|shape| {
                    let hide = |text: &str| json!(format!("({} bytes)", text.len()));
                    role::masked(Some(shape), &Value::Object(call.input.clone()), &hide)
                });
                if let Some(id) = id {
                    made.add_key(id, input);
                }
            }
            ("CreateAlias", Some(alias)) => made.add_alias(alias),
            ("DeleteAlias", Some(alias)) => made.remove(alias),
            _ => {}
        }
    }
}

/// The id of the key in an answer.
pub(super) fn key_id(answer: &Value) -> Option<&str> {
    let metadata = answer.pointer("/KeyMetadata/KeyId");
    let text = metadata.or_else(|| answer.get("KeyId"))?.as_str()?;
    Some(text.split_once(":key/").map_or(text, |(_, id)| id))
}

fn json_text(text: &str) -> String {
    json!(text).to_string()
}
