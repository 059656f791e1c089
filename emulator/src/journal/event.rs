//! Events and lists of events.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::Value;

use super::call::Call;
use crate::clock::Timestamp;
use crate::fault::FaultId;

/// A call, as a CloudTrail event.
#[derive(Clone, Debug)]
pub struct Event {
    number: u64,
    call: Arc<Call>,
    /// An estimate of the memory of the event, in bytes, without its record. The journal drops an event long after it
    /// was added, and reading all of its parts again would take longer than adding another one.
    memory: usize,
    /// The record, once it was read. Most events are never read, so the journal keeps none.
    json: OnceLock<Arc<str>>,
}

impl Event {
    pub(super) fn new(number: u64, call: Arc<Call>) -> Self {
        Self {
            number,
            memory: size_of::<Self>() + call.memory(),
            call,
            json: OnceLock::new(),
        }
    }

    /// The number of the event. The first is 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The operation, or the action of KMS itself, such as `RotateKey` or `DeleteKey`.
    pub fn name(&self) -> &'static str {
        self.call.name()
    }

    /// The time of the call.
    pub fn at(&self) -> Timestamp {
        self.call.at()
    }

    /// The exception, if the call failed.
    pub fn error_code(&self) -> Option<&str> {
        self.call.error_code()
    }

    /// How long the emulator worked on the call: without the wait for the disk, and without the delay of a
    /// fault. Zero for an action of KMS itself.
    pub fn duration(&self) -> Duration {
        self.call.duration()
    }

    /// What the message of the exception does not say: which part of the request was refused, what was
    /// expected, and what was found. Every exception without a message has a reason.
    pub fn reason(&self) -> Option<&str> {
        self.call.reason()
    }

    /// The fault that hit the call.
    pub fn fault(&self) -> Option<FaultId> {
        self.call.fault()
    }

    /// Whether a caller made the call. `caller` is an access key id, an account or an ARN.
    pub(super) fn is_by(&self, caller: &str) -> bool {
        self.call.is_by(caller)
    }

    /// The id of the request. Actions of KMS itself have none.
    pub(crate) fn request_id(&self) -> Option<&str> {
        self.call.request_id()
    }

    /// The CloudTrail record in JSON.
    pub fn json(&self) -> &str {
        self.json.get_or_init(|| self.call.json().into())
    }

    /// The text of a field of the record, by its JSON pointer, such as
    /// `field("/requestParameters/keyId")`. A field that is not a string is returned as JSON.
    pub fn field(&self, pointer: &str) -> Option<String> {
        let record: Value = serde_json::from_str(self.json()).ok()?;
        match record.pointer(pointer)? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    pub(super) fn memory(&self) -> usize {
        self.memory
    }

    /// Whether the event is about a key. `key` is its id, its ARN, or the reference in the request.
    pub fn is_about(&self, key: &str) -> bool {
        self.call.reference() == Some(key)
            || self
                .call
                .keys()
                .iter()
                .any(|arn| arn.id.as_str() == key || arn.to_string() == key)
    }
}

/// A list of events, oldest first, with filters.
///
/// ```
/// # use kms_emulator::{Kms, protocol::Request};
/// let kms = Kms::builder().build_temporary()?;
/// kms.handle(&Request::new("TrentService.ListKeys", b"{}"));
/// assert_eq!(kms.events().of("ListKeys").count(), 1);
/// assert!(kms.events().with_error("ThrottlingException").is_empty());
/// # Ok::<(), kms_emulator::BuildError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Events(Vec<Event>);

impl Events {
    pub(crate) fn new(events: Vec<Event>) -> Self {
        Self(events)
    }

    /// Events of an operation.
    #[must_use]
    pub fn of(self, operation: &str) -> Self {
        self.keep(|event| event.name() == operation)
    }

    /// Events about a key. `key` is its id, its ARN, or the reference in the requests.
    #[must_use]
    pub fn with_key(self, key: &str) -> Self {
        self.keep(|event| event.is_about(key))
    }

    /// Events of calls that failed with this exception.
    #[must_use]
    pub fn with_error(self, code: &str) -> Self {
        self.keep(|event| event.error_code() == Some(code))
    }

    /// Events of calls that succeeded.
    #[must_use]
    pub fn succeeded(self) -> Self {
        self.keep(|event| event.error_code().is_none())
    }

    /// The number of events.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Iterates over the events.
    pub fn iter(&self) -> std::slice::Iter<'_, Event> {
        self.0.iter()
    }

    /// The newest event.
    pub fn last(&self) -> Option<&Event> {
        self.0.last()
    }

    fn keep(mut self, matches: impl Fn(&Event) -> bool) -> Self {
        self.0.retain(matches);
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

impl IntoIterator for Events {
    type Item = Event;
    type IntoIter = std::vec::IntoIter<Event>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
