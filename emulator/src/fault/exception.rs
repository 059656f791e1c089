//! The exceptions that a fault returns.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Injected, message};

/// An exception that a fault returns. In JSON: `"ThrottlingException"`, or
/// `{"code": "ThrottlingException", "message": "Rate exceeded", "status": 400}`.
///
/// ```
/// use kms_emulator::fault::Exception;
///
/// let exception: Exception = serde_json::from_str(r#""ThrottlingException""#)?;
/// assert_eq!(exception, Exception::new("ThrottlingException"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exception {
    /// The name of the exception.
    pub code: String,
    /// The message. `None` means the message of AWS, if it is known.
    pub message: Option<String>,
    /// The HTTP status. `None` means the status of AWS, or 400 for an unknown name that ends with
    /// `Exception`.
    pub status: Option<u16>,
}

/// An exception with its values on AWS.
struct Known {
    code: &'static str,
    status: u16,
    /// Whether the layers in front of the service return it.
    in_front: bool,
    /// Empty if the message is not known.
    message: &'static str,
}

/// Exceptions for faults. The statuses follow the model. The messages, and the statuses of the layers
/// in front of the service, are quoted from reports of users.
const KNOWN: &[Known] = &[
    known("DependencyTimeoutException", 503, false, ""),
    known(
        "ExpiredTokenException",
        400,
        true,
        "The security token included in the request is expired",
    ),
    known("IncompleteSignatureException", 400, true, ""),
    known("InternalFailure", 500, true, ""),
    known(
        "InvalidSignatureException",
        400,
        true,
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    ),
    known("KeyUnavailableException", 500, false, ""),
    known("KMSInternalException", 500, false, ""),
    known(
        "MissingAuthenticationTokenException",
        400,
        true,
        "Missing Authentication Token",
    ),
    known("RequestExpired", 400, true, ""),
    known("ServiceUnavailable", 503, true, ""),
    known("ThrottlingException", 400, false, message::RATE_EXCEEDED),
    known(
        "UnrecognizedClientException",
        400,
        true,
        "The security token included in the request is invalid.",
    ),
];

const fn known(code: &'static str, status: u16, in_front: bool, message: &'static str) -> Known {
    Known {
        code,
        status,
        in_front,
        message,
    }
}

impl Exception {
    /// An exception with the status and the message that it has on AWS, if they are known.
    pub fn new(code: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: None,
            status: None,
        }
    }

    /// Whether the HTTP status follows from the name.
    pub(super) fn has_known_status(&self) -> bool {
        self.code.ends_with("Exception") || self.known().is_some()
    }

    fn known(&self) -> Option<&'static Known> {
        KNOWN.iter().find(|known| known.code == self.code)
    }
}

impl From<&Exception> for Injected {
    fn from(exception: &Exception) -> Self {
        let known = exception.known();
        let message = known
            .map(|known| known.message)
            .filter(|message| !message.is_empty());
        Self::Exception {
            code: exception.code.clone(),
            message: exception.message.clone().or(message.map(str::to_owned)),
            status: exception
                .status
                .or(known.map(|known| known.status))
                .unwrap_or(400),
            in_front: known.is_some_and(|known| known.in_front),
        }
    }
}

impl Serialize for Exception {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.message.is_none() && self.status.is_none() {
            return serializer.serialize_str(&self.code);
        }
        let mut fields = serializer.serialize_struct("Exception", 3)?;
        fields.serialize_field("code", &self.code)?;
        if let Some(message) = &self.message {
            fields.serialize_field("message", message)?;
        }
        if let Some(status) = self.status {
            fields.serialize_field("status", &status)?;
        }
        fields.end()
    }
}

/// Not `#[serde(untagged)]`: its errors name no member and no expected form.
impl<'de> Deserialize<'de> for Exception {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ExceptionVisitor)
    }
}

struct ExceptionVisitor;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    code: String,
    message: Option<String>,
    status: Option<u16>,
}

impl<'de> Visitor<'de> for ExceptionVisitor {
    type Value = Exception;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            r#"an error: an exception name such as "ThrottlingException", or {"code", "message", "status"}"#,
        )
    }

    fn visit_str<E: Error>(self, code: &str) -> Result<Exception, E> {
        Ok(Exception::new(code))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Exception, A::Error> {
        let Members {
            code,
            message,
            status,
        } = Members::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Exception {
            code,
            message,
            status,
        })
    }
}
