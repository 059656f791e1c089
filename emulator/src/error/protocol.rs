//! Requests that are not awsJson1.1, or that do not select an operation of KMS.
//!
//! These errors of KMS were never captured. KMS uses the framework of AWS's other JSON services, so the
//! errors follow theirs: `UnknownOperationException` and `SerializationException` without a message
//! (DynamoDB, Athena), messages for a wrong JSON type as measured on Athena in 2026, and XML for
//! requests without a JSON operation (Kinesis). An error has no message unless a service is known to
//! send one.

use serde_json::Value;

use super::misdirected::Misdirected;

/// The reason why a request is not valid for the protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "server"),
    expect(dead_code, reason = "some can occur only on a socket")
)]
pub(crate) enum ProtocolError {
    /// An unknown operation, or no operation.
    UnknownOperation,
    /// The body is not JSON, or a value in it has the wrong JSON type.
    Serialization(Option<String>),
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
    NotTheService,
    /// For another service, or for another path.
    Misdirected(Misdirected),
}

impl ProtocolError {
    pub(crate) fn wire_name(&self) -> &'static str {
        match self {
            Self::UnknownOperation | Self::NotTheService | Self::Misdirected(_) => {
                "UnknownOperationException"
            }
            Self::Serialization(_) => "SerializationException",
            Self::TooLarge => "RequestEntityTooLargeException",
            Self::Busy => "ServiceUnavailableException",
            Self::Timeout => "RequestTimeoutException",
            Self::PlainHttp => "HttpsRequiredException",
            Self::OriginNotAllowed => "OriginNotAllowedException",
        }
    }

    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::UnknownOperation | Self::Serialization(_) | Self::PlainHttp => 400,
            Self::OriginNotAllowed => 403,
            Self::NotTheService => 404,
            Self::Misdirected(misdirected) => misdirected.status(),
            Self::Timeout => 408,
            Self::TooLarge => 413,
            Self::Busy => 503,
        }
    }

    pub(crate) fn message(&self) -> Option<&str> {
        match self {
            Self::Serialization(message) => message.as_deref(),
            Self::UnknownOperation | Self::NotTheService => None,
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

    /// A body that is not JSON, or a value for which no message is known.
    pub(crate) fn serialization() -> Self {
        Self::Serialization(None)
    }

    /// A value where a number or a string is expected.
    pub(crate) fn not_a(found: &Value, expected: &str) -> Self {
        let value = match found {
            Value::Array(_) | Value::Object(_) | Value::Null => {
                return Self::unexpected_start(found);
            }
            Value::String(_) => "STRING_VALUE",
            Value::Number(_) => "NUMBER_VALUE",
            Value::Bool(true) => "TRUE_VALUE",
            Value::Bool(false) => "FALSE_VALUE",
        };
        Self::Serialization(Some(format!("{value} can not be converted to {expected}")))
    }

    /// A value where a boolean or a timestamp is expected. No message is known for scalars.
    pub(crate) fn not_a_scalar(found: &Value) -> Self {
        Self::unexpected_start(found)
    }

    /// A value where a list is expected.
    pub(crate) fn not_a_list(found: &Value) -> Self {
        match found {
            Value::String(_) => Self::Serialization(Some("Expected list or null".to_owned())),
            _ => Self::serialization(),
        }
    }

    /// A value where a structure or a map is expected.
    pub(crate) fn not_a_structure(found: &Value) -> Self {
        match found {
            Value::String(_) => Self::Serialization(Some("Expected null".to_owned())),
            other => Self::unexpected_start(other),
        }
    }

    /// A body that is JSON, but not an object.
    pub(crate) fn not_an_object(found: &Value) -> Self {
        match found {
            Value::Array(_) => Self::unexpected_start(found),
            _ => Self::serialization(),
        }
    }

    fn unexpected_start(found: &Value) -> Self {
        Self::Serialization(match found {
            Value::Array(_) => Some("Start of list found where not expected".to_owned()),
            Value::Object(_) => {
                Some("Start of structure or map found where not expected.".to_owned())
            }
            _ => None,
        })
    }
}
