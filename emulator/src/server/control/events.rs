//! `GET` and `DELETE /_emulator/events`

use std::time::Duration;

use hyper::Method;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout_at};

use super::{Answer, Outcome, Refusal, bad, no_method};
use crate::clock::Timestamp;
use crate::journal::EventQuery;
use crate::{Event, Kms};

/// The longest wait for an event.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What is asked: which events, how many must be there, and how long to wait for them.
struct Question {
    query: EventQuery,
    enough: usize,
    wait: Duration,
}

#[derive(Serialize)]
struct Page {
    events: Vec<Box<RawValue>>,
    /// The number of the newest event of all, for `after`.
    last: u64,
    /// How many old events there are no more.
    forgotten: u64,
}

pub(super) async fn answer(kms: &Kms, method: &Method, query: Option<&str>) -> Outcome {
    match *method {
        Method::GET => {
            let question = Question::parse(query.unwrap_or_default())?;
            let events = question.ask(kms).await;
            let (last, forgotten) = kms.services.journal.extent();
            let events = events
                .iter()
                .map(|event| RawValue::from_string(event.json().to_owned()));
            let events = events.collect::<Result<_, _>>().map_err(super::failed)?;
            Answer::ok(&Page {
                events,
                last,
                forgotten,
            })
        }
        Method::DELETE => {
            kms.services.journal.clear();
            Answer::done()
        }
        _ => no_method(method, "GET, DELETE"),
    }
}

impl Question {
    fn parse(query: &str) -> Result<Self, Refusal> {
        let mut question = Self {
            query: EventQuery::default(),
            enough: 1,
            wait: Duration::ZERO,
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let wrong = || bad(format!("{name}: {value:?} is not one"));
            let moment = || Timestamp::parse(&value).ok_or_else(wrong);
            let number = || value.parse::<u64>().map_err(|_| wrong());
            let query = &mut question.query;
            match name.as_ref() {
                "operation" => query.operation = Some(value.into_owned()),
                "key" => query.key = Some(value.into_owned()),
                "error" => query.error = Some(value.into_owned()),
                "since" => query.since = Some(moment()?),
                "until" => query.until = Some(moment()?),
                "after" => query.after = Some(number()?),
                "limit" => query.limit = Some(usize::try_from(number()?).map_err(|_| wrong())?),
                "count" => question.enough = usize::try_from(number()?).map_err(|_| wrong())?,
                "wait" => {
                    let wait = humantime::parse_duration(&value).map_err(|_| wrong())?;
                    if wait > LONGEST_WAIT {
                        return Err(bad("wait: longer than a minute"));
                    }
                    question.wait = wait;
                }
                _ => {
                    return Err(bad(format!(
                        "{name}: not one of operation, key, error, since, until, after, limit, \
                         count, wait"
                    )));
                }
            }
        }
        Ok(question)
    }

    /// The events, as soon as there are enough; those that there are when the wait is over.
    async fn ask(self, kms: &Kms) -> Vec<Event> {
        let until = Instant::now() + self.wait;
        loop {
            match kms.services.journal.find_or_wait(&self.query, self.enough) {
                (events, Some(next)) if !self.wait.is_zero() => {
                    if timeout_at(until, next).await.is_err() {
                        return events;
                    }
                }
                (events, _) => return events,
            }
        }
    }
}
