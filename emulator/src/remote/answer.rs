//! What an endpoint answered.

use serde_json::Value;

use super::RemoteError;

/// An answer over HTTP.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// With names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// Errors by which AWS's services slow a client down.
const THROTTLING: [&str; 4] = [
    "RequestLimitExceeded",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
];

impl Answer {
    /// The value of a header, whose name is in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body, if it is JSON.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The name of the exception, without a namespace.
    pub(crate) fn error(&self) -> Option<String> {
        let json = self.json()?;
        let name = json.get("__type")?.as_str()?;
        Some(name.rsplit('#').next().unwrap_or(name).to_owned())
    }

    /// Whether a later attempt may succeed.
    pub(crate) fn is_throttled(&self) -> bool {
        let by_status = matches!(self.status, 429 | 503);
        by_status
            || self
                .error()
                .is_some_and(|name| THROTTLING.contains(&&*name))
    }

    /// Whether the body is neither empty nor JSON. Some emulators call their JSON HTML.
    pub(crate) fn is_foreign(&self) -> bool {
        !self.body.is_empty() && self.json().is_none()
    }

    /// The error that the answer is not one of KMS.
    pub(crate) fn not_kms(&self) -> RemoteError {
        RemoteError::NotKms {
            status: self.status,
            content_type: self.header("content-type").unwrap_or_default().to_owned(),
            start: self.start(),
        }
    }

    /// The start of the body, in one line.
    fn start(&self) -> String {
        const LENGTH: usize = 80;
        let text = String::from_utf8_lossy(&self.body);
        let text = text.chars().take(LENGTH);
        text.map(|letter| if letter.is_control() { ' ' } else { letter })
            .collect()
    }
}
