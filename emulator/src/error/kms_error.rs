//! Exceptions of KMS.

use super::{Code, Mismatch};

/// An exception of KMS. Some have no message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KmsError {
    pub(crate) code: Code,
    pub(crate) message: Option<String>,
    /// Whether the exception comes from the layer in front of the service, which authorizes requests.
    pub(crate) in_front: bool,
    /// What the message does not say. An exception without a message always has it.
    pub(super) reason: Option<Mismatch>,
}

impl KmsError {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: Some(message.into()),
            in_front: matches!(code, Code::AccessDenied),
            reason: None,
        }
    }

    /// An exception for which AWS sends no message, or one that is not known.
    pub(super) fn without_message(code: Code, reason: Mismatch) -> Self {
        Self {
            message: None,
            ..Self::new(code, "").because(reason)
        }
    }

    /// Adds what AWS's message does not say.
    pub(super) fn because(self, reason: Mismatch) -> Self {
        Self {
            reason: Some(reason),
            ..self
        }
    }
}
