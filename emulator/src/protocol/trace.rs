//! The parts of a request for the log.

use super::Body;
use crate::error::{Error, ProtocolError};
use crate::fault::FaultId;

/// The maximum length of a text in the log.
const MAX_TEXT: usize = 300;

/// The parts of a request for the log: names and messages, no plaintexts, ciphertexts or secrets.
///
/// ```
/// use kms_emulator::protocol::Request;
///
/// # let kms = kms_emulator::Kms::builder().build_temporary()?;
/// let request = Request::new("TrentService.DescribeKey", br#"{"KeyId": "alias/orders"}"#);
/// let trace = kms.handle(&request).trace;
/// assert_eq!(trace.operation, Some("DescribeKey"));
/// assert_eq!(trace.reference.as_deref(), Some("alias/orders"));
/// assert_eq!(trace.error.as_deref(), Some("NotFoundException"));
/// # Ok::<(), kms_emulator::BuildError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Trace {
    /// The operation. `None` if the request names no operation of KMS.
    pub operation: Option<&'static str>,
    /// The account and Region of the request: `000000000000/us-east-1`.
    pub location: Option<String>,
    /// How the request identifies its key: a key id, an ARN or an alias. At most 300 characters.
    pub reference: Option<String>,
    /// The id of the key. `None` until the key is found.
    pub key: Option<String>,
    /// The name of the error.
    pub error: Option<String>,
    /// The message of the error. At most 300 characters.
    pub error_message: Option<String>,
    /// What the message of the error does not say: which part of the request was refused, what was
    /// expected, and what was found. Every error without a message has a reason. Printable ASCII of at
    /// most 500 characters, and no plaintext, ciphertext, key material or token.
    pub reason: Option<String>,
    /// The fault that hit the request.
    pub fault: Option<FaultId>,
    /// The other AWS service that the request is for.
    pub other_service: Option<String>,
}

impl Trace {
    /// Sets how the request identifies its key.
    pub(crate) fn set_reference(&mut self, body: &Body) {
        let members = ["KeyId", "AliasName", "TargetKeyId"];
        let reference = members.iter().find_map(|name| body.get(name)?.as_str());
        self.reference = reference.map(truncated);
    }

    pub(super) fn with_error(self, error: &Error) -> Self {
        let other_service = match error {
            Error::Protocol(ProtocolError::Misdirected(misdirected)) => misdirected.service.clone(),
            _ => None,
        };
        Self {
            error: Some(error.wire_name().to_owned()),
            error_message: error.message_without_secrets().as_deref().map(truncated),
            reason: error.reason(),
            other_service,
            ..self
        }
    }
}

fn truncated(text: &str) -> String {
    if text.len() <= MAX_TEXT {
        return text.to_owned();
    }
    let end = text.char_indices().nth(MAX_TEXT);
    let kept = end.and_then(|(end, _)| text.get(..end));
    kept.unwrap_or(text).to_owned()
}
