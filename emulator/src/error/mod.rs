//! The one error of an operation, with two faces: the exact words that KMS has for the client, and
//! the full cause for the log.
//!
//! | Inside | The client sees |
//! | --- | --- |
//! | a rule of KMS is broken | that rule's exception, HTTP 400 |
//! | a member breaks its constraints | `ValidationException`, HTTP 400 |
//! | the request is not awsJson1.1 | `SerializationException`, `UnknownOperationException`, … |
//! | a fault was set on purpose | what the fault says |
//! | the emulator cannot do it yet | `NotImplementedException`, HTTP 501, never a success |
//! | the store fails, a record is damaged, a panic | `KMSInternalException`, HTTP 500 |

mod code;
mod injected;
mod internal;
pub(crate) mod message;
mod misdirected;
mod protocol;
mod validation;

pub(crate) use code::Code;
pub(crate) use injected::Injected;
pub(crate) use internal::Internal;
pub(crate) use misdirected::{ErrorFormat, Misdirected};
pub(crate) use protocol::ProtocolError;
pub(crate) use validation::{Shown, Violation, path, sentence};

/// Why a request was refused.
#[derive(Debug)]
pub(crate) enum Error {
    /// What KMS itself says.
    Kms(KmsError),
    /// Members that break their constraints, answered together.
    Validation(Vec<Violation>),
    /// The request is not one of the protocol.
    Protocol(ProtocolError),
    /// Known to AWS, not built here yet. The text says what; it names the emulator, so that
    /// nobody takes it for a word of AWS.
    NotImplemented(String),
    /// What a fault says, that was set on purpose.
    Injected(Injected),
    /// Ours: the store, a damaged record, a bug.
    Internal(Box<Internal>),
}

/// An exception of KMS: its code and, unless KMS sends none, its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KmsError {
    pub(crate) code: Code,
    pub(crate) message: Option<String>,
}

impl Error {
    /// A member is missing that the model calls optional, because it depends on another whether it
    /// is; `path` as KMS writes it.
    pub(crate) fn null(path: &str) -> Self {
        Self::Validation(vec![Violation::null(path)])
    }

    /// The name on the wire: `__type`.
    pub(crate) fn wire_name(&self) -> &str {
        match self {
            Self::Kms(error) => error.code.as_str(),
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
            Self::Validation(_) => Code::Validation.status(),
            Self::Protocol(error) => error.status(),
            Self::NotImplemented(_) => 501,
            Self::Injected(injected) => injected.status(),
            Self::Internal(_) => Code::KmsInternal.status(),
        }
    }

    /// What the client is told; several errors of KMS come without a text.
    pub(crate) fn message(&self) -> Option<String> {
        match self {
            Self::Kms(error) => error.message.clone(),
            Self::Validation(violations) => Some(sentence::violations(violations)),
            Self::Protocol(error) => error.message().map(str::to_owned),
            Self::NotImplemented(what) => Some(format!("Simulated KMS does not support {what}.")),
            Self::Injected(Injected::Exception { message, .. }) => message.clone(),
            Self::Injected(Injected::Page { .. }) => None,
            Self::Internal(_) => Some(message::internal().to_owned()),
        }
    }

    /// The member that holds the message. Modelled exceptions and `ValidationException` have it in
    /// lower case; the layers in front of the service, in which requests are parsed and
    /// authorized, write it with a capital.
    pub(crate) fn message_member(&self) -> &'static str {
        match self {
            Self::Kms(KmsError {
                code: Code::AccessDenied,
                ..
            })
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
