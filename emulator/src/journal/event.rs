//! One record, and a list of them.

use std::sync::Arc;

use serde_json::Value;

use crate::api::KeyArn;
use crate::clock::Timestamp;

/// A call, as CloudTrail would tell of it.
#[derive(Clone, Debug)]
pub struct Event {
    pub(super) number: u64,
    pub(super) name: &'static str,
    pub(super) at: Timestamp,
    pub(super) keys: Vec<KeyArn>,
    /// What the request called the key.
    pub(super) reference: Option<String>,
    pub(super) error: Option<String>,
    pub(super) json: Arc<str>,
}

impl Event {
    /// Its number, by which a query may begin after it; the first is 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The operation, or what KMS did by itself: `RotateKey`, `DeleteKey`, …
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// When it was.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The exception that was answered, if one was.
    pub fn error_code(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// The whole record as CloudTrail has it, in JSON.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// A field of the record by its path: `field("/requestParameters/keyId")`. `Null` if there is
    /// none.
    pub fn field(&self, pointer: &str) -> Value {
        let record: Value = serde_json::from_str(&self.json).unwrap_or_default();
        record.pointer(pointer).cloned().unwrap_or_default()
    }

    /// Whether it was about a key: by its id, its ARN, or what the request called it.
    pub fn is_about(&self, key: &str) -> bool {
        self.reference.as_deref() == Some(key)
            || self
                .keys
                .iter()
                .any(|arn| arn.id.as_str() == key || arn.to_string() == key)
    }
}

/// Some records, from the oldest; narrowed down call by call.
///
/// ```
/// # use kms_emulator::{Kms, protocol::Request};
/// let kms = Kms::builder().build_temporary()?;
/// kms.handle(&Request::new("TrentService.ListKeys", b"{}"));
/// assert_eq!(kms.events().of("ListKeys").count(), 1);
/// assert_eq!(kms.events().with_error("ThrottlingException").count(), 0);
/// # Ok::<(), kms_emulator::StoreError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Events(pub(crate) Vec<Event>);

impl Events {
    /// Those of an operation.
    #[must_use]
    pub fn of(self, operation: &str) -> Self {
        self.keep(|event| event.name == operation)
    }

    /// Those about a key: its id, its ARN, or what requests called it.
    #[must_use]
    pub fn with_key(self, key: &str) -> Self {
        self.keep(|event| event.is_about(key))
    }

    /// Those that were answered with an exception.
    #[must_use]
    pub fn with_error(self, code: &str) -> Self {
        self.keep(|event| event.error_code() == Some(code))
    }

    /// Those that were done.
    #[must_use]
    pub fn succeeded(self) -> Self {
        self.keep(|event| event.error.is_none())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Each of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Event> {
        self.0.iter()
    }

    /// The newest.
    pub fn last(&self) -> Option<&Event> {
        self.0.last()
    }

    fn keep(mut self, is_wanted: impl Fn(&Event) -> bool) -> Self {
        self.0.retain(is_wanted);
        self
    }
}

impl<'e> IntoIterator for &'e Events {
    type Item = &'e Event;
    type IntoIter = std::slice::Iter<'e, Event>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
