//! Which errors a response may have.

use serde_json::Value;

use crate::client::Answer;
use crate::model::Model;

/// Errors that every operation may return, from the section "Common Errors" of the API reference and from the
/// protocol.
const COMMON: &[&str] = &[
    "AccessDeniedException",
    "NotAuthorizedException",
    "SerializationException",
    "ValidationException",
];

/// Errors of requests that are not for an operation of KMS.
const PROTOCOL: &[&str] = &["SerializationException", "UnknownOperationException"];

/// Violations of an output that are allowed, with the reason.
const OUTPUTS: &[(&str, &str)] = &[(
    "is not in the enum CustomerMasterKeySpec",
    "the deprecated enum has no later specs; what KMS sends for them is not known",
)];

/// Checks the response of an operation.
///
/// # Errors
///
/// Everything that the model does not allow.
pub(crate) fn check(model: &Model, operation: &str, answer: &Answer) -> Result<Outcome, String> {
    check_headers(answer)?;
    let definition = &model.operations[operation];
    if answer.status != 200 {
        let name = error(answer)?;
        let is_allowed = COMMON.contains(&name.as_str()) || definition.errors.contains(&name);
        return if is_allowed {
            Ok(Outcome::Error(name))
        } else {
            Err(format!("{operation} has no error {name}"))
        };
    }
    let Some(output) = &definition.output else {
        return if answer.body.is_empty() {
            Ok(Outcome::Success(Value::Null))
        } else {
            Err(format!("{operation} has no output"))
        };
    };
    let value: Value = serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
    let mut violations = model.violations(output, &value);
    violations.retain(|text| !OUTPUTS.iter().any(|(part, _reason)| text.contains(part)));
    if violations.is_empty() {
        Ok(Outcome::Success(value))
    } else {
        Err(violations.join("; "))
    }
}

pub(crate) enum Outcome {
    Success(Value),
    Error(String),
}

/// Checks the response to a request that names no operation.
///
/// # Errors
///
/// The response is not an error of the protocol.
pub(crate) fn check_protocol_error(answer: &Answer) -> Result<(), String> {
    let text = String::from_utf8(answer.body.clone()).map_err(|error| error.to_string())?;
    let is_client_error = (400..500).contains(&answer.status);
    let names_error = text.is_empty() || PROTOCOL.iter().any(|name| text.contains(name));
    if is_client_error && names_error {
        Ok(())
    } else {
        Err("not an error of the protocol".to_owned())
    }
}

/// The name of an error, whose body has at most one other member, its message.
fn error(answer: &Answer) -> Result<String, String> {
    if answer.status != 400 {
        return Err(format!("status {}", answer.status));
    }
    let body: Value = serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
    let members = body.as_object().ok_or("the body is not an object")?;
    let mut name = None;
    for (member, value) in members {
        let text = value.as_str().ok_or("a member is not a text")?;
        match member.as_str() {
            "__type" => name = Some(text.to_owned()),
            "message" | "Message" => {}
            other => return Err(format!("an error has no member {other}")),
        }
    }
    name.ok_or_else(|| "the error has no name".to_owned())
}

fn check_headers(answer: &Answer) -> Result<(), String> {
    let id = answer.header("x-amzn-requestid").unwrap_or_default();
    if id.len() != 36 {
        return Err(format!("x-amzn-RequestId is {id:?}"));
    }
    match answer.header("content-type") {
        Some("application/x-amz-json-1.1") => Ok(()),
        other => Err(format!("Content-Type is {other:?}")),
    }
}
