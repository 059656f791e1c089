//! The error of an operation: the exact response of KMS for the client, and the cause for the log.
//!
//! | Cause | Response |
//! | --- | --- |
//! | a rule of KMS is violated | the exception of the rule, HTTP 400 |
//! | a member violates its constraints | `ValidationException`, HTTP 400 |
//! | the request is not awsJson1.1 | `SerializationException`, `UnknownOperationException`, … |
//! | an injected fault | the response of the fault |
//! | the emulator does not implement the operation | `NotImplementedException`, HTTP 501 |
//! | the store fails, a record is damaged, a panic | `KMSInternalException`, HTTP 500 |

mod code;
mod injected;
mod internal;
mod kms_error;
pub(crate) mod message;
mod misdirected;
mod mismatch;
mod protocol;
mod signature;
mod sts;
mod validation;

pub(crate) use code::Code;
pub(crate) use injected::Injected;
pub(crate) use internal::Internal;
pub(crate) use kms_error::KmsError;
pub(crate) use misdirected::{ErrorFormat, Misdirected};
pub(crate) use mismatch::Mismatch;
pub(crate) use protocol::ProtocolError;
pub(crate) use signature::{SignatureError, SignedService, scope_sentence};
pub(crate) use sts::{StsCode, StsError};
pub(crate) use validation::{Shown, Violation, path, sentence};

/// The reason why a request failed.
#[derive(Debug)]
pub(crate) enum Error {
    /// An exception of KMS.
    Kms(KmsError),
    /// An error of STS.
    Sts(StsError),
    /// Members that violate their constraints, in one response.
    Validation(Vec<Violation>),
    /// The request does not follow the protocol.
    Protocol(ProtocolError),
    /// The emulator does not implement this operation of the model. A test checks that there is no such
    /// operation. The message names the emulator, because it is not a message of AWS.
    NotImplemented(String),
    /// An injected fault.
    Injected(Injected),
    /// An error of the emulator: the store, a damaged record, a bug.
    Internal(Box<Internal>),
}

impl Error {
    /// A member is missing. The model calls it optional, but another member requires it. `path` is as
    /// KMS writes it.
    pub(crate) fn null(path: &str) -> Self {
        Self::Validation(vec![Violation::null(path)])
    }

    /// The name on the wire: `__type`.
    pub(crate) fn wire_name(&self) -> &str {
        match self {
            Self::Kms(error) => error.code.as_str(),
            Self::Sts(error) => error.code.as_str(),
            Self::Validation(_) => Code::Validation.as_str(),
            Self::Protocol(error) => error.wire_name(),
            Self::NotImplemented(_) => "NotImplementedException",
            Self::Injected(injected) => injected.wire_name(),
            Self::Internal(_) => Code::KmsInternal.as_str(),
        }
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Kms(error) => error.code.status(),
            Self::Sts(error) => error.code.status(),
            Self::Validation(_) => Code::Validation.status(),
            Self::Protocol(error) => error.status(),
            Self::NotImplemented(_) => 501,
            Self::Injected(injected) => injected.status(),
            Self::Internal(_) => Code::KmsInternal.status(),
        }
    }

    /// The message for the client. Several exceptions of KMS have no message.
    pub(crate) fn message(&self) -> Option<String> {
        match self {
            Self::Kms(error) => error.message.clone(),
            Self::Sts(error) => error.message.clone(),
            Self::Validation(violations) => Some(sentence::violations(violations)),
            Self::Protocol(error) => error.message().map(str::to_owned),
            Self::NotImplemented(operation) => {
                Some(format!("Simulated KMS does not support {operation}."))
            }
            Self::Injected(Injected::Exception { message, .. }) => message.clone(),
            Self::Injected(Injected::Page { .. }) => None,
            Self::Internal(_) => Some(message::internal().to_owned()),
        }
    }

    /// The message for events and the log.
    pub(crate) fn message_without_secrets(&self) -> Option<String> {
        match self {
            Self::Validation(violations) => {
                let violations = violations.iter().map(Violation::without_secret);
                Some(sentence::violations(&violations.collect::<Vec<_>>()))
            }
            _ => self.message(),
        }
    }

    /// What the message does not say, for the log: `KeyId: expected a string, found a list`. Every error
    /// without a message has it.
    pub(crate) fn reason(&self) -> Option<String> {
        match self {
            Self::Kms(error) => error.reason.as_ref().map(ToString::to_string),
            Self::Sts(error) => error.reason().map(ToString::to_string),
            Self::Protocol(error) => error.reason().map(ToString::to_string),
            Self::Injected(injected) => injected.reason().map(|reason| reason.to_string()),
            Self::Validation(_) | Self::NotImplemented(_) | Self::Internal(_) => None,
        }
    }

    /// The message or the name, and what they do not say.
    pub(crate) fn description(&self) -> String {
        let message = self.message();
        let message = message.unwrap_or_else(|| self.wire_name().to_owned());
        match self.reason() {
            Some(reason) => format!("{message} ({reason})"),
            None => message,
        }
    }

    /// The name of the member with the message: `message` in modelled exceptions and
    /// `ValidationException`, `Message` in errors of the layers in front of the service, which parse and
    /// authorize requests.
    pub(crate) fn message_member(&self) -> &'static str {
        match self {
            Self::Kms(KmsError { in_front: true, .. })
            | Self::Injected(Injected::Exception { in_front: true, .. })
            | Self::Protocol(_) => "Message",
            _ => "message",
        }
    }
}

impl From<KmsError> for Error {
    fn from(error: KmsError) -> Self {
        Self::Kms(error)
    }
}

impl From<StsError> for Error {
    fn from(error: StsError) -> Self {
        Self::Sts(error)
    }
}

impl From<ProtocolError> for Error {
    fn from(error: ProtocolError) -> Self {
        Self::Protocol(error)
    }
}

impl From<Internal> for Error {
    fn from(error: Internal) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<crate::store::StoreError> for Error {
    fn from(error: crate::store::StoreError) -> Self {
        Internal::new("use the store", error).into()
    }
}

#[cfg(test)]
mod tests;
