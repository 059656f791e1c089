//! `/_emulator/clock`

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Call;
use super::response::{ErrorResponse, JsonResponse, Outcome, invalid, parse};
use crate::clock::{Clock, TimeError, Timestamp, parse_duration};
use crate::context::Due;

/// A change of the clock.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    advance: Option<String>,
    now: Option<String>,
    frozen: Option<bool>,
    real: Option<bool>,
}

#[derive(Serialize)]
struct Reading {
    now: String,
    frozen: bool,
    real: bool,
    /// The next change that happens by itself, such as a rotation or a deletion.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Next>,
}

#[derive(Serialize)]
struct Next {
    at: String,
    /// The ARN of the key.
    key: String,
}

/// `GET /_emulator/clock`
pub(super) fn get(call: &Call) -> Outcome {
    let clock = call.kms.clock();
    JsonResponse::ok(&Reading {
        now: clock.now().to_string(),
        frozen: clock.is_frozen(),
        real: clock.is_system_time(),
        next: next(call),
    })
}

fn next(call: &Call) -> Option<Next> {
    let (at, key) = Due::next(&call.kms.services)?;
    Some(Next {
        at: at.to_string(),
        key: key.to_string(),
    })
}

/// `PUT /_emulator/clock`
pub(super) fn put(call: &Call) -> Outcome {
    change(call.kms.clock(), &parse(&call.body)?)?;
    get(call)
}

/// Changes the clock, after all members were checked.
fn change(clock: &Clock, change: &Change) -> Result<(), ErrorResponse> {
    let Change {
        advance,
        now,
        frozen,
        real,
    } = change;
    let is_empty = advance.is_none() && now.is_none() && frozen.is_none();
    match real {
        Some(true) if is_empty => {
            clock.use_system_time();
            return Ok(());
        }
        Some(_) => return Err(invalid("real: must be true, and must be the only member")),
        None if is_empty => return Err(invalid("expected one of: advance, now, frozen, real")),
        None => {}
    }
    match (advance, now) {
        (Some(_), Some(_)) => return Err(invalid("advance and now are mutually exclusive")),
        (Some(advance), None) => clock.advance(parse_advance(clock, advance)?),
        // In one step: a running clock would pass the time before it stops.
        (None, Some(now)) if *frozen == Some(true) => clock.freeze_at(parse_now(now)?),
        (None, Some(now)) => clock.set(parse_now(now)?),
        (None, None) => {}
    }
    match frozen {
        Some(true) => clock.freeze(),
        Some(false) => clock.unfreeze(),
        None => {}
    }
    Ok(())
}

fn parse_now(text: &str) -> Result<Timestamp, ErrorResponse> {
    let now: Timestamp = text
        .parse()
        .map_err(|error: TimeError| invalid(format!("now: {error}")))?;
    if !(Timestamp::EPOCH..=Timestamp::LAST).contains(&now) {
        return Err(invalid("now: expected a time from 1970 to 9999"));
    }
    Ok(now)
}

fn parse_advance(clock: &Clock, text: &str) -> Result<Duration, ErrorResponse> {
    let duration = parse_duration(text).map_err(|error| match error {
        TimeError::NegativeDuration { text } => invalid(format!(
            "advance: {text:?} is negative; to move the clock back, set now"
        )),
        error => invalid(format!("advance: {error}")),
    })?;
    if clock.now().plus(duration) > Timestamp::LAST {
        return Err(invalid("advance: the clock cannot go beyond the year 9999"));
    }
    Ok(duration)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::test_forms::{
        INVALID_DURATIONS, INVALID_TIMES, NEGATIVE_DURATIONS, TIME, TIMES, durations,
        invalid_duration, invalid_time,
    };

    fn put(clock: &Clock, member: &str, text: &str) -> Result<(), String> {
        let body = serde_json::json!({ member: text }).to_string();
        let body = parse(body.as_bytes()).map_err(|error| error.message)?;
        change(clock, &body).map_err(|error| error.message)
    }

    #[test]
    fn reads_every_form_of_now() {
        let clock = Clock::frozen_at(Timestamp::EPOCH);
        for text in TIMES {
            clock.set(Timestamp::EPOCH);
            assert_eq!(put(&clock, "now", text), Ok(()), "{text}");
            assert_eq!(clock.now(), TIME, "{text}");
        }
        for text in INVALID_TIMES {
            let expected = format!("now: {}", invalid_time(text));
            assert_eq!(put(&clock, "now", text), Err(expected));
        }
        let expected = Err("now: expected a time from 1970 to 9999".to_owned());
        assert_eq!(put(&clock, "now", "1969-12-31T23:59:59Z"), expected);
        assert_eq!(clock.now(), TIME);
    }

    #[test]
    fn reads_every_form_of_advance() {
        let clock = Clock::frozen_at(TIME);
        for (text, duration) in durations(Duration::ZERO, Duration::MAX) {
            clock.set(TIME);
            assert_eq!(put(&clock, "advance", text), Ok(()), "{text}");
            assert_eq!(clock.now(), TIME.plus(duration), "{text}");
        }
        clock.set(TIME);
        for text in INVALID_DURATIONS {
            let expected = format!("advance: {}", invalid_duration(text));
            assert_eq!(put(&clock, "advance", text), Err(expected));
        }
        for text in NEGATIVE_DURATIONS {
            let expected =
                format!("advance: {text:?} is negative; to move the clock back, set now");
            assert_eq!(put(&clock, "advance", text), Err(expected));
        }
        let expected = "advance: the clock cannot go beyond the year 9999".to_owned();
        assert_eq!(put(&clock, "advance", "9000y"), Err(expected));
        assert_eq!(clock.now(), TIME);
    }
}
