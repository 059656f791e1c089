//! The control plane of an emulator that is verified.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::clock::duration::format_duration;
use crate::remote::{Answer, Outgoing, Remote, RemoteError, Signature};

/// The control plane of a Simulated KMS.
#[derive(Debug)]
pub(super) struct Control {
    token: String,
    /// Of the snapshots of this run.
    run: String,
    /// Whether signatures are checked, so that an access key cannot be any account.
    pub(super) checks_signatures: bool,
}

#[derive(Deserialize)]
struct Settings {
    auth: String,
}

/// What an endpoint says of its control plane.
pub(super) enum Found {
    Control(Control),
    /// The endpoint has a control plane, which refuses this program.
    Refused(String),
    /// The endpoint has no control plane.
    Absent,
}

impl Control {
    /// Asks an endpoint for its control plane.
    pub(super) fn find(
        remote: &Remote,
        token: Option<&str>,
        run: &str,
    ) -> Result<Found, RemoteError> {
        let mut control = Self {
            token: token.unwrap_or("verify").to_owned(),
            run: run.to_owned(),
            checks_signatures: false,
        };
        let answer = control.send(remote, "GET", "settings", &Value::Null)?;
        let json = answer.json().unwrap_or_default();
        if answer.status == 403 {
            let why = json.get("error").map_or_else(String::new, Value::to_string);
            let is_ours = why.contains("control plane");
            return Ok(if is_ours {
                Found::Refused(why)
            } else {
                Found::Absent
            });
        }
        let settings = (answer.status == 200).then(|| Settings::deserialize(json));
        let Some(Ok(settings)) = settings else {
            return Ok(Found::Absent);
        };
        control.checks_signatures = settings.auth != "none";
        Ok(Found::Control(control))
    }

    /// Keeps the state. Then removes what changes answers, and stops the clock so that times can be compared
    /// exactly.
    pub(super) fn begin(&self, remote: &Remote) -> Result<Timestamp, String> {
        self.snapshot(remote, "POST", "before", "")?;
        self.ask(remote, "DELETE", "faults", &Value::Null)?;
        self.set_transition_time(remote, Duration::ZERO)?;
        let now = self.change_clock(remote, &json!({ "frozen": true }))?;
        self.snapshot(remote, "POST", "start", "")?;
        Ok(now)
    }

    /// Returns to the state that the first case found.
    pub(super) fn rewind(&self, remote: &Remote) -> Result<(), String> {
        self.snapshot(remote, "POST", "start", "/restore")
    }

    /// Returns to the state before the run.
    pub(super) fn end(&self, remote: &Remote) -> Result<(), String> {
        self.snapshot(remote, "POST", "before", "/restore")?;
        self.snapshot(remote, "DELETE", "start", "")?;
        self.snapshot(remote, "DELETE", "before", "")
    }

    /// Sets the duration of background work.
    pub(super) fn set_transition_time(
        &self,
        remote: &Remote,
        time: Duration,
    ) -> Result<(), String> {
        let change = json!({ "transitionTime": format_duration(time) });
        self.ask(remote, "PUT", "settings", &change).map(drop)
    }

    /// Moves the clock, and returns its time.
    pub(super) fn change_clock(
        &self,
        remote: &Remote,
        change: &Value,
    ) -> Result<Timestamp, String> {
        let answer = self.ask(remote, "PUT", "clock", change)?;
        let answer = answer.json().unwrap_or_default();
        let now = answer.get("now").and_then(Value::as_str);
        let now = now.and_then(|now| now.parse().ok());
        now.ok_or_else(|| format!("the control plane answered {answer}"))
    }

    fn snapshot(
        &self,
        remote: &Remote,
        method: &str,
        name: &str,
        suffix: &str,
    ) -> Result<(), String> {
        let path = format!("snapshots/verify-{}-{name}{suffix}", self.run);
        self.ask(remote, method, &path, &Value::Null).map(drop)
    }

    fn ask(
        &self,
        remote: &Remote,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Result<Answer, String> {
        let error = |why: &str| format!("control plane, {method} {path}: {why}");
        let answer = self.send(remote, method, path, body);
        let answer = answer.map_err(|why| error(&why.to_string()))?;
        if answer.status == 200 {
            return Ok(answer);
        }
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        Err(error(&format!("HTTP {} {body}", answer.status)))
    }

    fn send(
        &self,
        remote: &Remote,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Result<Answer, RemoteError> {
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        remote.send(&Outgoing {
            method,
            path: &format!("/_emulator/{path}"),
            content_type: "application/json",
            body: body.as_bytes(),
            signature: Signature::Absent,
            headers: &[("x-emulator-token", &self.token)],
            ..Outgoing::default()
        })
    }
}
