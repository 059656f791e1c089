//! Which records are asked for.

use crate::clock::Timestamp;

use super::Event;

/// Which records are asked for: those that meet all that is said here.
#[derive(Clone, Debug, Default)]
pub struct EventQuery {
    /// The operation.
    pub operation: Option<String>,
    /// A key: its id, its ARN, or what the request called it.
    pub key: Option<String>,
    /// The exception that was answered.
    pub error: Option<String>,
    /// From this moment on.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// With a number greater than this.
    pub after: Option<u64>,
    /// The most records.
    pub limit: Option<usize>,
}

impl EventQuery {
    pub(super) fn asks_for(&self, event: &Event) -> bool {
        let operation = self.operation.as_deref();
        operation.is_none_or(|name| name == event.name)
            && self.key.as_deref().is_none_or(|key| event.is_about(key))
            && self
                .error
                .as_deref()
                .is_none_or(|code| event.error_code() == Some(code))
            && self.since.is_none_or(|since| since <= event.at)
            && self.until.is_none_or(|until| event.at < until)
            && self.after.is_none_or(|after| after < event.number)
    }
}
