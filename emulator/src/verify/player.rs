//! Plays one case: an endpoint for the library of cases, which removes what the case made.

use std::time::Duration;

use serde_json::{Value, json};

use super::Reason;
use super::guard::{self, TAG, refusal};
use super::subject::{Kind, OTHER_ACCOUNT, Subject};
use crate::cases::{Answer, Caller, Endpoint, Sent, Unreached};
use crate::clock::{Timestamp, system_time};
use crate::remote::{Credentials, Outgoing, Signature};

/// How far the clocks of AWS and of this machine may be apart, with the duration of a case.
const TOLERANCE: Duration = Duration::from_secs(60);

/// The days until a key is deleted: the minimum.
pub(super) const PENDING_DAYS: u8 = 7;

/// The endpoint of one case.
pub(super) struct Player<'s> {
    subject: &'s Subject,
    account: String,
    unique: String,
    /// The time of a clock that stands.
    now: Option<Timestamp>,
    /// The calls that remove what the case made, in the order of what was made.
    undo: Vec<Undo>,
    /// Whether a key may have been made whose id is not known.
    may_have_lost_key: bool,
    /// Why the case has no answer to compare.
    pub(super) reason: Option<Reason>,
    /// Whether the clock or a setting is not that of the start.
    pub(super) changed_control: bool,
}

/// A call that removes something.
struct Undo {
    operation: &'static str,
    input: Value,
    account: String,
    region: String,
}

impl<'s> Player<'s> {
    pub(super) fn new(subject: &'s Subject, index: usize, now: Option<Timestamp>) -> Self {
        let start = subject.run.get(..5).unwrap_or_default();
        Self {
            subject,
            account: subject.account(index),
            unique: format!("{start}{:03x}", index % 0x1000),
            now,
            undo: Vec::new(),
            may_have_lost_key: false,
            reason: None,
            changed_control: false,
        }
    }

    /// Gives the endpoint the transition time of the case.
    pub(super) fn set_transition_time(&mut self, time: Duration) -> Result<(), Reason> {
        let Kind::Controlled(control) = &self.subject.kind else {
            return Err(Reason::TransitionTime);
        };
        self.changed_control = true;
        let set = control.set_transition_time(&self.subject.remote, time);
        set.map_err(|_| Reason::TransitionTime)
    }

    /// Removes what the case made: grants and aliases at once, keys after the shortest time. Returns what
    /// is left.
    pub(super) fn clean_up(&mut self) -> Vec<String> {
        let mut left = Vec::new();
        if self.may_have_lost_key && self.subject.is_aws() {
            left.push("CreateKey had no answer, so a key may be left".to_owned());
        }
        for undo in std::mem::take(&mut self.undo).into_iter().rev() {
            let sent = Sent {
                method: "POST".to_owned(),
                path: "/".to_owned(),
                target: Some(format!("TrentService.{}", undo.operation)),
                body: undo.input.to_string(),
                caller: Caller::Signed {
                    account: undo.account,
                    region: undo.region,
                },
            };
            let error = match self.transmit(&sent) {
                Ok(answer) => answer.error(),
                Err(reason) => Some(reason.to_string()),
            };
            // What the case itself removed or scheduled.
            let is_gone = ["KMSInvalidStateException", "NotFoundException"];
            if let Some(error) = error.filter(|error| !is_gone.contains(&error.as_str())) {
                left.push(format!("{} {}: {error}", undo.operation, undo.input));
            }
        }
        left
    }

    /// Sends a request as its caller, and reads the answer.
    fn transmit(&self, sent: &Sent) -> Result<crate::remote::Answer, Reason> {
        let credentials: Option<Credentials>;
        let remote = &self.subject.remote;
        let mut region = None;
        let signature = match &sent.caller {
            Caller::Signed {
                account,
                region: asked,
            } => {
                if *asked != remote.region() && self.subject.is_aws() {
                    return Err(Reason::Region);
                }
                region = Some(asked.as_str());
                if *account != self.account && !self.subject.has_other() {
                    return Err(Reason::SecondAccount);
                }
                credentials = self.subject.credentials(account, &self.account);
                credentials.as_ref().map_or(Signature::Own, Signature::By)
            }
            Caller::Header(header) => Signature::Header(header),
            Caller::Anonymous => Signature::Absent,
        };
        let body = self.with_other_account(&sent.body);
        let answer = remote.send_patiently(&Outgoing {
            method: &sent.method,
            path: &sent.path,
            target: sent.target.as_deref(),
            body: body.as_bytes(),
            region,
            signature,
            ..Outgoing::default()
        });
        let mut answer = answer.map_err(|error| Reason::of(&error))?;
        let is_call = sent.target.is_some() && answer.status != 404;
        if answer.is_foreign() && (is_call || answer.status >= 500) {
            return Err(Reason::NotKms);
        }
        if let Some(other) = self.subject.other.as_ref().map(|other| &other.account)
            && other != OTHER_ACCOUNT
        {
            let text = String::from_utf8_lossy(&answer.body);
            answer.body = text.replace(other, OTHER_ACCOUNT).into_bytes();
        }
        Ok(answer)
    }

    /// A body with the second account of this run.
    fn with_other_account(&self, body: &str) -> String {
        match &self.subject.other {
            Some(other) => body.replace(OTHER_ACCOUNT, &other.account),
            None => body.to_owned(),
        }
    }

    /// The body as it is sent to AWS, or why it is not.
    fn for_aws(&self, operation: &str, body: &str) -> Result<Option<String>, Reason> {
        let Ok(mut input) = serde_json::from_str::<Value>(body) else {
            // AWS may read what this program cannot.
            return if guard::is_reading(operation) {
                Ok(None)
            } else {
                Err(Reason::Foreign)
            };
        };
        let is_ours = |resource: &str| {
            let is_made = |undo: &Undo| {
                let key = undo.input.get("KeyId").and_then(Value::as_str);
                key.is_some_and(|key| resource.ends_with(key))
            };
            let id = resource.rsplit('/').next().unwrap_or(resource);
            let is_literal = !resource.contains("alias/") && guard::is_of_program(id);
            resource.contains(&self.unique) || is_literal || self.undo.iter().any(is_made)
        };
        if let Some(reason) = refusal(operation, &input, &self.account, is_ours) {
            return Err(reason);
        }
        if operation != "CreateKey" {
            return Ok(None);
        }
        let tag = json!({ "TagKey": TAG, "TagValue": self.subject.run });
        if let Some(input) = input.as_object_mut() {
            let tags = input.entry("Tags").or_insert_with(|| json!([]));
            if tags.is_null() {
                *tags = json!([]);
            }
            if let Some(tags) = tags.as_array_mut() {
                tags.push(tag);
            }
        }
        Ok(Some(input.to_string()))
    }

    /// Notes how to remove what a call made.
    fn note(&mut self, operation: &str, sent: &Sent, answer: &crate::remote::Answer) {
        let Caller::Signed { account, region } = &sent.caller else {
            return;
        };
        let output = answer.json().unwrap_or_default();
        let input: Value = serde_json::from_str(&sent.body).unwrap_or_default();
        let mut region = region.clone();
        let (operation, input) = match operation {
            "CreateKey" | "ReplicateKey" => {
                let name = match operation {
                    "CreateKey" => "KeyMetadata",
                    _ => "ReplicaKeyMetadata",
                };
                let arn = output.pointer(&format!("/{name}/Arn"));
                let of_arn = arn
                    .and_then(Value::as_str)
                    .and_then(|arn| arn.split(':').nth(3));
                region = of_arn.map_or(region, str::to_owned);
                let id = output.pointer(&format!("/{name}/KeyId"));
                let input = json!({ "KeyId": id, "PendingWindowInDays": PENDING_DAYS });
                ("ScheduleKeyDeletion", input)
            }
            "CreateAlias" => {
                let name = input.get("AliasName");
                ("DeleteAlias", json!({ "AliasName": name }))
            }
            "CreateGrant" => {
                let (key, grant) = (input.get("KeyId"), output.get("GrantId"));
                ("RevokeGrant", json!({ "KeyId": key, "GrantId": grant }))
            }
            _ => return,
        };
        self.undo.push(Undo {
            operation,
            input,
            account: account.clone(),
            region,
        });
    }

    fn stop(&mut self, reason: Reason) -> Unreached {
        let text = reason.to_string();
        self.reason = Some(reason);
        Unreached::Failed(text)
    }
}

impl Endpoint for Player<'_> {
    fn send(&mut self, sent: &Sent) -> Result<Answer, Unreached> {
        let target = sent.target.as_deref().unwrap_or_default();
        let operation = guard::operation(target);
        let mut sent = sent.clone();
        if self.subject.is_aws() {
            match self.for_aws(operation, &sent.body) {
                Ok(body) => sent.body = body.unwrap_or(sent.body),
                Err(reason) => return Err(self.stop(reason)),
            }
        }
        let answer = match self.transmit(&sent) {
            Ok(answer) => answer,
            Err(reason) => {
                let may_be_done =
                    matches!(reason, Reason::TimedOut | Reason::Reset | Reason::NotKms);
                self.may_have_lost_key |= operation == "CreateKey" && may_be_done;
                return Err(self.stop(reason));
            }
        };
        if answer.status == 200 {
            self.note(operation, &sent, &answer);
        }
        Ok(Answer {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }

    fn advance(&mut self, by: Duration) -> Result<(), Unreached> {
        let Kind::Controlled(control) = &self.subject.kind else {
            return Err(self.stop(Reason::Clock));
        };
        self.changed_control = true;
        let change = json!({ "advance": format!("{}ms", by.as_millis()) });
        match control.change_clock(&self.subject.remote, &change) {
            Ok(now) => self.now = Some(now),
            Err(_) => return Err(self.stop(Reason::Clock)),
        }
        Ok(())
    }

    fn now(&self) -> Timestamp {
        self.now.unwrap_or_else(system_time)
    }

    fn tolerance(&self) -> Duration {
        match self.now {
            Some(_) => Duration::ZERO,
            None => TOLERANCE,
        }
    }

    fn region(&self) -> &str {
        self.subject.remote.region()
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn unique(&self) -> &str {
        &self.unique
    }
}
