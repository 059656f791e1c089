//! Requests that are not awsJson1.1, or that do not select an operation of KMS.
//!
//! These errors of KMS were never captured. KMS uses the framework of AWS's other JSON services, so the
//! errors follow theirs: `UnknownOperationException` and `SerializationException` without a message
//! (DynamoDB, Athena), messages for a wrong JSON type as measured on Athena in 2026, and XML for
//! requests without a JSON operation (Kinesis). An error has no message unless a service is known to
//! send one.

use serde_json::Value;
use serde_json::error::Category;

use super::{Misdirected, Mismatch};

/// What a body must be.
const OBJECT: &str = "a JSON object";

/// The reason why a request is not valid for the protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "server"),
    expect(dead_code, reason = "some can occur only on a socket")
)]
pub(crate) enum ProtocolError {
    /// An unknown operation, or no operation.
    UnknownOperation(Mismatch),
    /// The body is not JSON, or a value in it has the wrong JSON type.
    Serialization {
        message: Option<String>,
        reason: Mismatch,
    },
    /// The body exceeds the limit.
    TooLarge,
    /// Too many concurrent requests or connections.
    Busy,
    /// The body did not arrive in time.
    Timeout,
    /// Plain HTTP on an HTTPS port.
    PlainHttp,
    /// A web page of another machine, on a loopback address.
    OriginNotAllowed,
    /// Not a `POST /`.
    NotTheService(Mismatch),
    /// For another service, or for another path.
    Misdirected(Misdirected),
}

impl ProtocolError {
    pub(crate) fn wire_name(&self) -> &'static str {
        match self {
            Self::UnknownOperation(_) | Self::NotTheService(_) | Self::Misdirected(_) => {
                "UnknownOperationException"
            }
            Self::Serialization { .. } => "SerializationException",
            Self::TooLarge => "RequestEntityTooLargeException",
            Self::Busy => "ServiceUnavailableException",
            Self::Timeout => "RequestTimeoutException",
            Self::PlainHttp => "HttpsRequiredException",
            Self::OriginNotAllowed => "OriginNotAllowedException",
        }
    }

    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::UnknownOperation(_) | Self::Serialization { .. } | Self::PlainHttp => 400,
            Self::OriginNotAllowed => 403,
            Self::NotTheService(_) => 404,
            Self::Misdirected(misdirected) => misdirected.status(),
            Self::Timeout => 408,
            Self::TooLarge => 413,
            Self::Busy => 503,
        }
    }

    pub(crate) fn message(&self) -> Option<&str> {
        match self {
            Self::Serialization { message, .. } => message.as_deref(),
            Self::UnknownOperation(_) | Self::NotTheService(_) => None,
            Self::Misdirected(misdirected) => Some(&misdirected.message),
            Self::TooLarge => {
                Some("The request body is larger than 1 MiB, the limit of Simulated KMS.")
            }
            Self::Busy => {
                Some("Simulated KMS has reached its limit of concurrent requests; try again later.")
            }
            Self::Timeout => Some("The request body did not arrive in time."),
            Self::PlainHttp => Some(
                "Simulated KMS speaks HTTPS on this port; use a URL that begins with https://.",
            ),
            Self::OriginNotAllowed => Some(
                "Simulated KMS refuses requests from web pages of other machines; --cors-origin allows \
                 an origin.",
            ),
        }
    }

    /// What the message does not say.
    pub(super) fn reason(&self) -> Option<&Mismatch> {
        match self {
            Self::UnknownOperation(reason)
            | Self::NotTheService(reason)
            | Self::Serialization { reason, .. } => Some(reason),
            Self::TooLarge
            | Self::Busy
            | Self::Timeout
            | Self::PlainHttp
            | Self::OriginNotAllowed
            | Self::Misdirected(_) => None,
        }
    }

    /// The value of `X-Amz-Target` is not an operation of KMS.
    pub(crate) fn unknown_operation(target: Option<&str>) -> Self {
        let found = target.map_or("none".to_owned(), |target| format!("`{target}`"));
        let expected = "TrentService. and the name of an operation of KMS";
        Self::UnknownOperation(Mismatch::new("X-Amz-Target", expected, found))
    }

    /// A request without an operation of KMS that is not a `POST /`.
    pub(crate) fn not_the_service(method: &str, path: &str) -> Self {
        let found = format!("{method} {path}");
        Self::NotTheService(Mismatch::new("request", "POST /", found))
    }

    /// A body that is not JSON. The texts of `serde_json` about syntax quote nothing of the body.
    pub(crate) fn not_json(body: &[u8], error: &serde_json::Error) -> Self {
        let found = match error.classify() {
            _ if body.is_empty() => "nothing".to_owned(),
            Category::Eof => format!(
                "the end of the text at line {} column {}",
                error.line(),
                error.column()
            ),
            _ => format!("no JSON: {error}"),
        };
        Self::serialization(Mismatch::new("body", OBJECT, found))
    }

    /// A value for which no message is known.
    pub(crate) fn serialization(reason: Mismatch) -> Self {
        Self::new(None, reason)
    }

    /// A value where a number or a string is expected. `name` is AWS's name of the type.
    pub(crate) fn not_a(found: &Value, name: &str, reason: Mismatch) -> Self {
        let value = match found {
            Value::Array(_) | Value::Object(_) | Value::Null => {
                return Self::unexpected_start(found, reason);
            }
            Value::String(_) => "STRING_VALUE",
            Value::Number(_) => "NUMBER_VALUE",
            Value::Bool(true) => "TRUE_VALUE",
            Value::Bool(false) => "FALSE_VALUE",
        };
        let text = format!("{value} can not be converted to {name}");
        Self::new(Some(&text), reason)
    }

    /// A value where a boolean or a timestamp is expected. No message is known for scalars.
    pub(crate) fn not_a_scalar(found: &Value, reason: Mismatch) -> Self {
        Self::unexpected_start(found, reason)
    }

    /// A value where a list is expected.
    pub(crate) fn not_a_list(found: &Value, reason: Mismatch) -> Self {
        let text = found.is_string().then_some("Expected list or null");
        Self::new(text, reason)
    }

    /// A value where a structure or a map is expected.
    pub(crate) fn not_a_structure(found: &Value, reason: Mismatch) -> Self {
        match found {
            Value::String(_) => Self::new(Some("Expected null"), reason),
            other => Self::unexpected_start(other, reason),
        }
    }

    /// A body that is JSON, but not an object.
    pub(crate) fn not_an_object(found: &Value) -> Self {
        let reason = Mismatch::of_json("body", OBJECT, found);
        match found {
            Value::Array(_) => Self::unexpected_start(found, reason),
            _ => Self::serialization(reason),
        }
    }

    fn unexpected_start(found: &Value, reason: Mismatch) -> Self {
        let text = match found {
            Value::Array(_) => Some("Start of list found where not expected"),
            Value::Object(_) => Some("Start of structure or map found where not expected."),
            _ => None,
        };
        Self::new(text, reason)
    }

    fn new(message: Option<&str>, reason: Mismatch) -> Self {
        Self::Serialization {
            message: message.map(str::to_owned),
            reason,
        }
    }
}
