//! `/_emulator/events`

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout_at};

use super::Call;
use super::response::{ErrorResponse, JsonResponse, Outcome, OutcomeFuture, failed, invalid};
use crate::clock::{Timestamp, parse_duration};
use crate::fault::FaultId;
use crate::journal::EventQuery;
use crate::shadow::{Compared, Shadow};
use crate::{Event, Kms};

const MAX_WAIT: Duration = Duration::from_secs(60);

/// The events to return, the number to wait for, and the maximum wait.
struct Query {
    filter: EventQuery,
    count: usize,
    wait: Duration,
    details: bool,
}

#[derive(Serialize)]
struct Page {
    events: Vec<Box<RawValue>>,
    /// What `CloudTrail` does not have, for each event.
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Vec<Details>>,
    /// The number of the newest event, for `after`.
    last: u64,
    /// The number of old events that were discarded.
    forgotten: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    number: u64,
    duration_micros: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<FaultId>,
    /// How the answer of the upstream compares to that of this emulator.
    #[serde(skip_serializing_if = "Option::is_none")]
    shadow: Option<Compared>,
}

impl Details {
    fn new(event: &Event, shadow: Option<&Shadow>) -> Self {
        let id = event.request_id();
        Self {
            shadow: shadow.and_then(|shadow| shadow.report().of_request(id?)),
            number: event.number(),
            duration_micros: u64::try_from(event.duration().as_micros()).unwrap_or(u64::MAX),
            reason: event.reason().map(str::to_owned),
            fault: event.fault(),
        }
    }
}

/// `GET /_emulator/events`
pub(super) fn find(call: &Call) -> OutcomeFuture<'_> {
    Box::pin(async move {
        let query = Query::parse(&call.query)?;
        // A change of a key that is due has an event, also if no request has found the key.
        if call.kms.has_due_work() {
            let kms = Arc::clone(&call.kms);
            let finished = tokio::task::spawn_blocking(move || kms.finish_due_work());
            finished.await.map_err(failed)?;
        }
        let with_details = query.details;
        let events = query.events(&call.kms).await;
        let (last, forgotten) = call.kms.services.journal.extent();
        let details = with_details.then(|| {
            let details = events.iter();
            let details = details.map(|event| Details::new(event, call.shadow.as_deref()));
            details.collect()
        });
        let events = events
            .iter()
            .map(|event| RawValue::from_string(event.json().to_owned()));
        JsonResponse::ok(&Page {
            events: events.collect::<Result<_, _>>().map_err(failed)?,
            details,
            last,
            forgotten,
        })
    })
}

/// `DELETE /_emulator/events`
pub(super) fn clear(call: &Call) -> Outcome {
    call.kms.services.journal.clear();
    JsonResponse::ok(&json!({ "cleared": true }))
}

impl Query {
    fn parse(query: &str) -> Result<Self, ErrorResponse> {
        let mut parsed = Self {
            filter: EventQuery::default(),
            count: 1,
            wait: Duration::ZERO,
            details: false,
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let filter = &mut parsed.filter;
            match name.as_ref() {
                "operation" => filter.operation = Some(value.into_owned()),
                "key" => filter.key = Some(value.into_owned()),
                "caller" => filter.caller = Some(value.into_owned()),
                "request" => filter.request = Some(value.into_owned()),
                "error" => filter.error = Some(value.into_owned()),
                "since" => filter.since = Some(parse_time("since", &value)?),
                "until" => filter.until = Some(parse_time("until", &value)?),
                "after" => filter.after = Some(parse_number("after", &value)?),
                "limit" => filter.limit = Some(parse_number("limit", &value)?),
                "newest" => filter.newest = Some(parse_number("newest", &value)?),
                "details" => parsed.details = parse_switch("details", &value)?,
                "count" => parsed.count = parse_number("count", &value)?,
                "wait" => parsed.wait = parse_wait(&value)?,
                _ => {
                    return Err(invalid(format!(
                        "unknown parameter {name:?}; expected one of: operation, key, caller, \
                         error, request, since, until, after, limit, newest, details, count, wait"
                    )));
                }
            }
        }
        Ok(parsed)
    }

    /// Waits until `count` events match or the time is up, and returns the events.
    async fn events(self, kms: &Kms) -> Vec<Event> {
        let deadline = Instant::now() + self.wait;
        loop {
            match kms.services.journal.find_or_wait(&self.filter, self.count) {
                (events, Some(next)) if !self.wait.is_zero() => {
                    if timeout_at(deadline, next).await.is_err() {
                        return events;
                    }
                }
                (events, _) => return events,
            }
        }
    }
}

fn parse_time(name: &str, text: &str) -> Result<Timestamp, ErrorResponse> {
    text.parse()
        .map_err(|error| invalid(format!("{name}: {error}")))
}

fn parse_switch(name: &str, text: &str) -> Result<bool, ErrorResponse> {
    let parsed = text.parse();
    parsed.map_err(|_| invalid(format!("{name}: expected true or false, found {text:?}")))
}

pub(super) fn parse_number<N: std::str::FromStr>(
    name: &str,
    text: &str,
) -> Result<N, ErrorResponse> {
    text.parse()
        .map_err(|_| invalid(format!("{name}: invalid number {text:?}")))
}

fn parse_wait(text: &str) -> Result<Duration, ErrorResponse> {
    match parse_duration(text) {
        Ok(wait) if wait <= MAX_WAIT => Ok(wait),
        Ok(_) => Err(invalid("wait: must not be longer than 60s")),
        Err(error) => Err(invalid(format!("wait: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::test_forms::{
        INVALID_DURATIONS, INVALID_TIMES, NEGATIVE_DURATIONS, TIME, TIMES, durations,
        invalid_duration, invalid_time, negative_duration,
    };

    fn parse(name: &str, value: &str) -> Result<Query, String> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let query = query.append_pair(name, value).finish();
        Query::parse(&query).map_err(|error| error.message)
    }

    #[test]
    fn reads_every_form_of_since_and_until() {
        for text in TIMES {
            assert_eq!(
                parse("since", text).unwrap().filter.since,
                Some(TIME),
                "{text}"
            );
            assert_eq!(
                parse("until", text).unwrap().filter.until,
                Some(TIME),
                "{text}"
            );
        }
        for text in INVALID_TIMES {
            let expected = format!("since: {}", invalid_time(text));
            assert_eq!(parse("since", text).err(), Some(expected));
        }
    }

    #[test]
    fn reads_every_form_of_wait() {
        for (text, duration) in durations(Duration::ZERO, MAX_WAIT) {
            assert_eq!(parse("wait", text).unwrap().wait, duration, "{text}");
        }
        for text in INVALID_DURATIONS {
            let expected = format!("wait: {}", invalid_duration(text));
            assert_eq!(parse("wait", text).err(), Some(expected));
        }
        for text in NEGATIVE_DURATIONS {
            let expected = format!("wait: {}", negative_duration(text));
            assert_eq!(parse("wait", text).err(), Some(expected));
        }
    }
}
