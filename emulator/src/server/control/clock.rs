//! `GET` and `PUT /_emulator/clock`

use hyper::Method;
use serde::{Deserialize, Serialize};

use super::{Answer, Outcome, Refusal, bad, no_method, parse};
use crate::Kms;
use crate::clock::{Clock, Timestamp};
use crate::fault::Time;

/// What is to happen to the clock.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    advance: Option<Time>,
    now: Option<String>,
    frozen: Option<bool>,
    real: Option<bool>,
}

/// How it stands.
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
        real: clock.is_real(),
    })
}

/// Everything is checked before anything is done.
fn change(clock: &Clock, change: &Change) -> Result<(), Refusal> {
    match change {
        Change {
            advance: None,
            now: None,
            frozen: None,
            real: Some(true),
        } => {
            clock.back_to_real();
            return Ok(());
        }
        Change { real: Some(_), .. } => return Err(bad("real: only true goes, and by itself")),
        Change {
            advance: Some(_),
            now: Some(_),
            ..
        } => return Err(bad("only one of advance and now goes")),
        Change {
            advance: None,
            now: None,
            frozen: None,
            ..
        } => return Err(bad("give it advance, now, frozen or real")),
        Change { .. } => {}
    }
    let now = change.now.as_deref().map(|now| {
        Timestamp::parse(now)
            .ok_or_else(|| bad(format!("now: {now:?} is not like 2027-01-01T00:00:00Z")))
    });
    let now = now.transpose()?;
    if let Some(Time(by)) = change.advance {
        if clock.now().plus(by) > Timestamp::LAST {
            return Err(bad("advance: beyond the year 9999"));
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
