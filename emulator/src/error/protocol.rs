//! Requests that are not awsJson1.1, or not for an operation of KMS.
//!
//! No capture of KMS itself shows these answers. KMS runs on the framework of AWS's other JSON
//! services, so they are inferred from answers of those: `UnknownOperationException` and
//! `SerializationException` without a text (DynamoDB, Athena), the texts for a wrong JSON type as
//! measured on Athena in 2026, and XML for requests that name no JSON operation (Kinesis). Where
//! no service is known to have a text, there is none.

use serde_json::Value;

use super::misdirected::Misdirected;

/// Why a request could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "server"),
    expect(dead_code, reason = "some can only happen on a socket")
)]
pub(crate) enum ProtocolError {
    /// No such operation, or none named.
    UnknownOperation,
    /// The body is not JSON, or a value in it has the wrong JSON type.
    Serialization(Option<String>),
    /// The body is larger than the emulator reads.
    TooLarge,
    /// More requests or connections than the emulator serves at once.
    Busy,
    /// The body did not arrive in time.
    Timeout,
    /// Plain HTTP on an HTTPS port.
    PlainHttp,
    /// Not a `POST /` at all.
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
        }
    }

    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::UnknownOperation | Self::Serialization(_) | Self::PlainHttp => 400,
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
            Self::TooLarge => Some("Simulated KMS reads request bodies of up to 1 MiB."),
            Self::Busy => {
                Some("Simulated KMS has reached its limit of concurrent requests; try again later.")
            }
            Self::Timeout => Some("The request body did not arrive in time."),
            Self::PlainHttp => Some(
                "Simulated KMS speaks HTTPS on this port; use a URL that begins with https://.",
            ),
        }
    }

    /// A body that is not JSON, or a value for which no text is known.
    pub(crate) fn serialization() -> Self {
        Self::Serialization(None)
    }

    /// A value where a number or a text belongs.
    pub(crate) fn not_a(found: &Value, expected: &str) -> Self {
        let value = match found {
            Value::Array(_) | Value::Object(_) | Value::Null => return Self::start_of(found),
            Value::String(_) => "STRING_VALUE",
            Value::Number(_) => "NUMBER_VALUE",
            Value::Bool(true) => "TRUE_VALUE",
            Value::Bool(false) => "FALSE_VALUE",
        };
        Self::Serialization(Some(format!("{value} can not be converted to {expected}")))
    }

    /// A value where a boolean or a date belongs: no text is known for the scalars.
    pub(crate) fn not_a_scalar(found: &Value) -> Self {
        Self::start_of(found)
    }

    /// A value where a list belongs.
    pub(crate) fn not_a_list(found: &Value) -> Self {
        match found {
            Value::String(_) => Self::Serialization(Some("Expected list or null".to_owned())),
            _ => Self::serialization(),
        }
    }

    /// A value where a structure or a map belongs.
    pub(crate) fn not_a_structure(found: &Value) -> Self {
        match found {
            Value::String(_) => Self::Serialization(Some("Expected null".to_owned())),
            other => Self::start_of(other),
        }
    }

    /// A body that is JSON, but no object.
    pub(crate) fn not_a_structure_at_the_top(found: &Value) -> Self {
        match found {
            Value::Array(_) => Self::start_of(found),
            _ => Self::serialization(),
        }
    }

    fn start_of(found: &Value) -> Self {
        Self::Serialization(match found {
            Value::Array(_) => Some("Start of list found where not expected".to_owned()),
            Value::Object(_) => {
                Some("Start of structure or map found where not expected.".to_owned())
            }
            _ => None,
        })
    }
}
