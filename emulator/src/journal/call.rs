//! What events keep of calls.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::redaction;
use crate::api::{KeyArn, KeyMaterialId, Origin};
use crate::auth::Caller;
use crate::authorization::By;
use crate::clock::Timestamp;
use crate::error::Error;
use crate::fault::FaultId;
use crate::model::Operation;
use crate::protocol::Body;

/// The input of a request without its secrets.
#[derive(Default)]
pub(crate) struct Parameters(pub(super) Body);

/// What an event tells: a call of the API, or an action of KMS itself.
pub(crate) enum Call {
    Api(Box<ApiCall>),
    Service(ServiceAction),
}

/// A completed call of the API.
pub(crate) struct ApiCall {
    pub(crate) operation: &'static Operation,
    pub(crate) read_only: bool,
    pub(crate) caller: Arc<Caller>,
    pub(crate) address: Option<IpAddr>,
    pub(crate) user_agent: Option<Arc<str>>,
    pub(crate) at: Timestamp,
    pub(crate) request_id: String,
    pub(crate) parameters: Parameters,
    pub(crate) keys: Vec<KeyArn>,
    /// The statement, grant or layer that refused the call.
    pub(crate) refused_by: Option<By>,
    pub(crate) outcome: Outcome,
    /// How long the call took.
    pub(crate) duration: Duration,
    /// The fault that hit the call.
    pub(crate) fault: Option<FaultId>,
}

/// How a call ended.
pub(crate) enum Outcome {
    Answer {
        /// The JSON of the answer of a call that changes something, without its secrets. It is parsed when the
        /// event is read: that takes a fifth of the time of `CreateKey`.
        body: Option<Box<[u8]>>,
        material_id: Option<String>,
    },
    Error {
        code: String,
        message: Option<String>,
        reason: Option<String>,
    },
}

/// An action of KMS itself on a key.
pub(crate) struct ServiceAction {
    pub(crate) name: &'static str,
    pub(crate) key: KeyArn,
    pub(crate) at: Timestamp,
    pub(crate) rotation: Option<RotationDetails>,
}

/// What an event says of a rotation.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RotationDetails {
    pub(crate) rotation_type: &'static str,
    pub(crate) key_origin: Origin,
    pub(crate) previous_key_material_id: Option<KeyMaterialId>,
    pub(crate) current_key_material_id: Option<KeyMaterialId>,
}

impl Parameters {
    /// Takes a body that is not checked yet, so values may have wrong types. Removes what no event
    /// shows.
    pub(crate) fn new(operation: &Operation, mut body: Body) -> Self {
        body.retain(|name| {
            let is_reference = ["KeyId", "TargetKeyId", "AliasName"].contains(&name);
            let shape = operation.input;
            is_reference || shape.is_some_and(|shape| redaction::is_shown(shape, name))
        });
        Self(body)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    fn reference(&self) -> Option<&str> {
        let names = ["KeyId", "TargetKeyId"].iter();
        names
            .map(|name| self.0.get(name))
            .find(Option::is_some)?
            .and_then(Value::as_str)
    }

    fn memory(&self) -> usize {
        let entries = self.0.iter();
        let entries = entries.map(|(name, value)| size_of::<String>() + name.len() + memory(value));
        entries.sum()
    }
}

impl Outcome {
    /// What the event of a call keeps of its answer.
    pub(crate) fn of_answer(operation: &Operation, read_only: bool, body: &[u8]) -> Self {
        let shape = operation.output;
        let has_material = shape.is_some_and(|shape| redaction::has_member(shape, "KeyMaterialId"));
        let changed = shape.filter(|_| !read_only);
        Self::Answer {
            body: changed.and_then(|shape| redaction::without_secrets(shape, body)),
            material_id: has_material.then(|| material_id(body)).flatten(),
        }
    }

    pub(crate) fn of_error(error: &Error) -> Self {
        Self::Error {
            code: error.wire_name().to_owned(),
            message: error.message_without_secrets(),
            reason: error.reason(),
        }
    }
}

impl Call {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Api(call) => &call.operation.name,
            Self::Service(action) => action.name,
        }
    }

    pub(super) fn at(&self) -> Timestamp {
        match self {
            Self::Api(call) => call.at,
            Self::Service(action) => action.at,
        }
    }

    pub(super) fn error_code(&self) -> Option<&str> {
        match self {
            Self::Api(call) => match &call.outcome {
                Outcome::Answer { .. } => None,
                Outcome::Error { code, .. } => Some(code),
            },
            Self::Service(_) => None,
        }
    }

    pub(super) fn duration(&self) -> Duration {
        match self {
            Self::Api(call) => call.duration,
            Self::Service(_) => Duration::ZERO,
        }
    }

    pub(super) fn reason(&self) -> Option<&str> {
        match self {
            Self::Api(call) => match &call.outcome {
                Outcome::Answer { .. } => None,
                Outcome::Error { reason, .. } => reason.as_deref(),
            },
            Self::Service(_) => None,
        }
    }

    pub(super) fn fault(&self) -> Option<FaultId> {
        match self {
            Self::Api(call) => call.fault,
            Self::Service(_) => None,
        }
    }

    /// Whether a caller made the call, by an access key id, an account or an ARN.
    pub(super) fn is_by(&self, caller: &str) -> bool {
        match self {
            Self::Api(call) => call.caller.is(caller),
            Self::Service(action) => action.key.location.account.as_str() == caller,
        }
    }

    pub(super) fn request_id(&self) -> Option<&str> {
        match self {
            Self::Api(call) => Some(&call.request_id),
            Self::Service(_) => None,
        }
    }

    /// The `KeyId` or `TargetKeyId` of the request.
    pub(super) fn reference(&self) -> Option<&str> {
        match self {
            Self::Api(call) => call.parameters.reference(),
            Self::Service(_) => None,
        }
    }

    pub(super) fn keys(&self) -> &[KeyArn] {
        match self {
            Self::Api(call) => &call.keys,
            Self::Service(action) => std::slice::from_ref(&action.key),
        }
    }

    /// An estimate of the memory of the call, in bytes. What calls share counts for each.
    pub(super) fn memory(&self) -> usize {
        let own = match self {
            Self::Api(call) => size_of::<ApiCall>() + call.memory(),
            Self::Service(_) => 0,
        };
        size_of::<Self>() + size_of_val(self.keys()) + own
    }

    /// The record.
    pub(super) fn json(&self) -> String {
        match self {
            Self::Api(call) => call.json(),
            Self::Service(action) => action.json(),
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.json())
    }
}

impl ApiCall {
    fn memory(&self) -> usize {
        let outcome = match &self.outcome {
            Outcome::Answer { body, material_id } => {
                body.as_ref().map_or(0, |body| body.len())
                    + material_id.as_ref().map_or(0, String::len)
            }
            Outcome::Error {
                code,
                message,
                reason,
            } => {
                let texts = message.iter().chain(reason);
                code.len() + texts.map(String::len).sum::<usize>()
            }
        };
        let user_agent = self.user_agent.as_ref().map_or(0, |text| text.len());
        outcome + user_agent + self.request_id.len() + self.parameters.memory()
    }
}

/// The member `KeyMaterialId` of an answer whose other members have no member of that name. Parsing the answer
/// takes longer than making it. Texts have no quotes without a backslash, so none looks like the member.
fn material_id(body: &[u8]) -> Option<String> {
    const MEMBER: &[u8] = br#""KeyMaterialId":""#;
    let at = memchr::memmem::find(body, MEMBER)?;
    let value = body.get(at + MEMBER.len()..)?;
    let end = memchr::memchr(b'"', value)?;
    Some(str::from_utf8(value.get(..end)?).ok()?.to_owned())
}

/// An estimate of the memory of a value beside itself, in bytes.
fn memory(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::String(text) => text.len(),
            Value::Array(values) => values.iter().map(memory).sum(),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| size_of_val(name) + name.len() + memory(value))
                .sum(),
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        }
}
