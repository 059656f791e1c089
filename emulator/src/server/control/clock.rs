//! `/_emulator/clock`

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::answer::{Answer, Outcome, Refusal, invalid, parse};
use super::{Call, events};
use crate::clock::{Clock, Timestamp};
use crate::fault::parse_duration;

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
}

/// `GET /_emulator/clock`
pub(super) fn get(call: &Call) -> Outcome {
    let clock = call.kms.clock();
    Answer::ok(&Reading {
        now: clock.now().to_string(),
        frozen: clock.is_frozen(),
        real: clock.is_real(),
    })
}

/// `PUT /_emulator/clock`
pub(super) fn put(call: &Call) -> Outcome {
    change(call.kms.clock(), &parse(&call.body)?)?;
    get(call)
}

/// Checks everything before it changes anything.
fn change(clock: &Clock, change: &Change) -> Result<(), Refusal> {
    let Change {
        advance,
        now,
        frozen,
        real,
    } = change;
    let is_empty = advance.is_none() && now.is_none() && frozen.is_none();
    match real {
        Some(true) if is_empty => {
            clock.back_to_real();
            return Ok(());
        }
        Some(_) => return Err(invalid("real: must be true, and must be the only member")),
        None if is_empty => return Err(invalid("expected one of: advance, now, frozen, real")),
        None => {}
    }
    match (advance, now) {
        (Some(_), Some(_)) => return Err(invalid("advance and now are mutually exclusive")),
        (Some(advance), None) => clock.advance(parse_advance(clock, advance)?),
        (None, Some(now)) => clock.set(events::parse_time("now", now)?),
        (None, None) => {}
    }
    match frozen {
        Some(true) => clock.freeze(),
        Some(false) => clock.unfreeze(),
        None => {}
    }
    Ok(())
}

fn parse_advance(clock: &Clock, text: &str) -> Result<Duration, Refusal> {
    let duration = parse_duration(text).map_err(|error| {
        let is_negative = text.trim_start().starts_with('-');
        let hint = if is_negative {
            "; to go back in time, set now"
        } else {
            ""
        };
        invalid(format!("advance: {error}{hint}"))
    })?;
    if clock.now().plus(duration) > Timestamp::LAST {
        return Err(invalid("advance: the clock ends with the year 9999"));
    }
    Ok(duration)
}
