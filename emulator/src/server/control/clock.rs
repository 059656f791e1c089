//! `GET` and `PUT /_emulator/clock`

use std::time::Duration;

use hyper::Method;
use serde::{Deserialize, Serialize};

use super::{Answer, Outcome, Refusal, bad, no_method, parse};
use crate::Kms;
use crate::clock::{Clock, TimeError, Timestamp, parse_duration};

/// A change of the clock.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    advance: Option<String>,
    now: Option<String>,
    frozen: Option<bool>,
    real: Option<bool>,
}

/// The state of the clock.
#[derive(Serialize)]
struct Reading {
    now: String,
    frozen: bool,
    real: bool,
}

pub(super) fn answer(kms: &Kms, method: &Method, body: &[u8]) -> Outcome {
    match *method {
        Method::GET => {}
        Method::PUT => change(kms.clock(), &parse(body)?)?,
        _ => return no_method(method, "GET, PUT"),
    }
    let clock = kms.clock();
    Answer::ok(&Reading {
        now: clock.now().to_string(),
        frozen: clock.is_frozen(),
        real: clock.is_system_time(),
    })
}

/// Checks the whole change before it applies any of it.
fn change(clock: &Clock, change: &Change) -> Result<(), Refusal> {
    match change {
        Change {
            advance: None,
            now: None,
            frozen: None,
            real: Some(true),
        } => {
            clock.use_system_time();
            return Ok(());
        }
        Change { real: Some(_), .. } => {
            return Err(bad("real: must be true, and must be the only member"));
        }
        Change {
            advance: Some(_),
            now: Some(_),
            ..
        } => return Err(bad("advance and now are mutually exclusive")),
        Change {
            advance: None,
            now: None,
            frozen: None,
            ..
        } => return Err(bad("expected one of: advance, now, frozen, real")),
        Change { .. } => {}
    }
    let now = change.now.as_deref().map(time).transpose()?;
    let by = change.advance.as_deref().map(distance).transpose()?;
    if let Some(by) = by {
        if clock.now().plus(by) > Timestamp::LAST {
            return Err(bad("advance: the clock cannot go beyond the year 9999"));
        }
        clock.advance(by);
    }
    if let Some(now) = now {
        clock.set(now);
    }
    match change.frozen {
        Some(true) => clock.freeze(),
        Some(false) => clock.unfreeze(),
        None => {}
    }
    Ok(())
}

fn time(text: &str) -> Result<Timestamp, Refusal> {
    let time: Timestamp = text
        .parse()
        .map_err(|error: TimeError| bad(format!("now: {error}")))?;
    if !(Timestamp::EPOCH..=Timestamp::LAST).contains(&time) {
        return Err(bad("now: expected a time from 1970 to 9999"));
    }
    Ok(time)
}

fn distance(text: &str) -> Result<Duration, Refusal> {
    parse_duration(text).map_err(|error| match error {
        TimeError::NegativeDuration { text } => bad(format!(
            "advance: {text:?} is negative; to move the clock back, set now"
        )),
        error => bad(format!("advance: {error}")),
    })
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
        let body = parse(body.as_bytes()).map_err(|(_, sentence)| sentence)?;
        change(clock, &body).map_err(|(_, sentence)| sentence)
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
