//! Queries of events.

use super::Event;
use crate::clock::Timestamp;

/// A query: events that meet all conditions.
#[derive(Clone, Debug, Default)]
pub(crate) struct EventQuery {
    /// The operation.
    pub(crate) operation: Option<String>,
    /// A key: its id, its ARN, or the reference in the request.
    pub(crate) key: Option<String>,
    /// The exception.
    pub(crate) error: Option<String>,
    /// At this time or later.
    pub(crate) since: Option<Timestamp>,
    /// Before this time.
    pub(crate) until: Option<Timestamp>,
    /// With a greater number.
    pub(crate) after: Option<u64>,
    /// The caller: an access key id, an account or an ARN.
    pub(crate) caller: Option<String>,
    /// The id of the request.
    pub(crate) request: Option<String>,
    /// The maximum number of events.
    pub(crate) limit: Option<usize>,
    /// The number of events to keep, the newest.
    pub(crate) newest: Option<usize>,
}

impl EventQuery {
    /// Whether an event meets all conditions.
    pub(super) fn matches(&self, event: &Event) -> bool {
        let operation = self.operation.as_deref();
        operation.is_none_or(|name| name == event.name())
            && self.key.as_deref().is_none_or(|key| event.is_about(key))
            && self
                .error
                .as_deref()
                .is_none_or(|code| event.error_code() == Some(code))
            && self.since.is_none_or(|since| since <= event.at())
            && self.until.is_none_or(|until| event.at() < until)
            && self.after.is_none_or(|after| after < event.number())
            && self
                .caller
                .as_deref()
                .is_none_or(|caller| event.is_by(caller))
            && self
                .request
                .as_deref()
                .is_none_or(|id| event.request_id() == Some(id))
    }
}
