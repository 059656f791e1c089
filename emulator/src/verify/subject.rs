//! The endpoint that is verified: what it is, and which accounts its requests may have.

use std::fmt;

use regex_lite::Regex;
use serde_json::{Value, json};

use super::control::{Control, Found};
use super::guard::{self, Abilities, Place};
use crate::remote::{Credentials, Outgoing, Remote, RemoteError, Signature};

/// The account of the second caller in cases.
pub(super) const OTHER_ACCOUNT: &str = "111122223333";

/// An id that no key has. The error about it names the caller's account, and costs nothing.
const NO_KEY: &str = "00000000-0000-0000-0000-000000000000";

/// The secret of access keys that are accounts. It is not checked.
const ANY_SECRET: &str = "secret";

/// The endpoint.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(super) remote: Remote,
    pub(super) kind: Kind,
    pub(super) accounts: Accounts,
    pub(super) other: Option<Other>,
    pub(super) run: String,
    /// The first account of cases with their own.
    first_account: u64,
    /// What the user should know.
    pub(super) remark: Option<String>,
}

/// The kind of an endpoint.
#[derive(Debug)]
pub(super) enum Kind {
    /// AWS: each key costs money, and lasts.
    Aws,
    /// A Simulated KMS whose control plane moves its clock and restores its state.
    Controlled(Control),
    /// Another emulator.
    Other,
}

/// The accounts of requests.
#[derive(Debug)]
pub(super) enum Accounts {
    /// An access key with 12 digits is one, so each case has its own.
    PerCase,
    /// That of the credentials.
    Fixed { account: String, is_empty: bool },
}

/// The second caller.
#[derive(Debug)]
pub(super) struct Other {
    pub(super) credentials: Credentials,
    pub(super) account: String,
}

/// What a user says about the callers.
pub(crate) struct Callers<'c> {
    /// Whether the credentials were asked for, so that no others are used.
    pub(crate) are_chosen: bool,
    pub(crate) other: Option<Credentials>,
    pub(crate) control_token: Option<&'c str>,
}

impl Subject {
    /// Finds out what an endpoint is. It creates nothing on AWS.
    ///
    /// # Errors
    ///
    /// The endpoint does not answer, or not as KMS.
    pub(crate) fn find(remote: Remote, callers: Callers<'_>) -> Result<Self, RemoteError> {
        let run = format!("{:08x}", fastrand::u32(..));
        let mut remark = None;
        let kind = if remote.address().is_aws() {
            Kind::Aws
        } else {
            if let Some(upstream) = upstream(&remote)? {
                return Err(RemoteError::Invalid(format!(
                    "it is a shadow, which sends all requests to {upstream}: verify that endpoint"
                )));
            }
            match Control::find(&remote, callers.control_token, &run)? {
                Found::Control(control) => Kind::Controlled(control),
                Found::Refused(why) => {
                    remark = Some(format!("the clock cannot be moved: {why}"));
                    Kind::Other
                }
                Found::Absent => Kind::Other,
            }
        };
        let first_account = fastrand::u64(200_000_000_000..900_000_000_000);
        let checks = matches!(&kind, Kind::Controlled(control) if control.checks_signatures);
        let is_free = !matches!(kind, Kind::Aws) && !checks && !callers.are_chosen;
        let trial = Credentials::new(first_account.to_string(), ANY_SECRET);
        let accounts = if is_free
            && account_of(&remote, Signature::By(&trial))?.as_ref() == Some(&trial.access_key_id)
        {
            Accounts::PerCase
        } else {
            Accounts::fixed(&remote, &kind)?
        };
        let other = match callers.other {
            None => None,
            Some(credentials) => {
                let account = account_of(&remote, Signature::By(&credentials))?;
                let account = account.ok_or_else(|| unknown_account("second "))?;
                Some(Other {
                    credentials,
                    account,
                })
            }
        };
        Ok(Self {
            remote,
            kind,
            accounts,
            other,
            run,
            first_account,
            remark,
        })
    }

    pub(super) const fn is_aws(&self) -> bool {
        matches!(self.kind, Kind::Aws)
    }

    /// The account of a case.
    pub(super) fn account(&self, index: usize) -> String {
        match &self.accounts {
            Accounts::PerCase => {
                let index = u64::try_from(index).unwrap_or_default();
                (self.first_account + 1 + index).to_string()
            }
            Accounts::Fixed { account, .. } => account.clone(),
        }
    }

    /// What can be played.
    pub(super) fn abilities(&self) -> Abilities {
        Abilities {
            place: match self.kind {
                Kind::Aws => Place::Aws,
                Kind::Controlled(_) => Place::Controlled,
                Kind::Other => Place::Other,
            },
            has_other: self.has_other(),
            is_empty: matches!(
                self.accounts,
                Accounts::PerCase | Accounts::Fixed { is_empty: true, .. }
            ),
            partition: guard::partition(self.remote.region()),
        }
    }

    /// Whether a case may have a caller of another account.
    pub(super) const fn has_other(&self) -> bool {
        self.other.is_some() || matches!(self.accounts, Accounts::PerCase)
    }

    /// The credentials of a caller; `None` for those of the endpoint's identity.
    pub(super) fn credentials(&self, account: &str, own: &str) -> Option<Credentials> {
        match (&self.accounts, &self.other) {
            (Accounts::PerCase, None) => Some(Credentials::new(account, ANY_SECRET)),
            (Accounts::PerCase, Some(_)) if account == own => {
                Some(Credentials::new(account, ANY_SECRET))
            }
            (_, Some(other)) if account != own => Some(other.credentials.clone()),
            _ => None,
        }
    }
}

/// What a user should know of the endpoint.
impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Aws => "AWS",
            Kind::Controlled(_) => "Simulated KMS; its state is restored at the end",
            Kind::Other => "an emulator",
        };
        let (address, run) = (self.remote.address(), &self.run);
        let region = self.remote.region();
        write!(formatter, "run {run}: {address}, {region}, {kind}")?;
        if let Some(remark) = &self.remark {
            write!(formatter, "; {remark}")?;
        }
        Ok(())
    }
}

impl Accounts {
    /// The account of the endpoint's identity.
    fn fixed(remote: &Remote, kind: &Kind) -> Result<Self, RemoteError> {
        let found = match account_of(remote, Signature::Own)? {
            Some(account) => Some(account),
            // Not every emulator names the account in an error.
            None if !matches!(kind, Kind::Aws) => account_of_new_key(remote)?,
            None => None,
        };
        let account = found.ok_or_else(|| unknown_account(""))?;
        // Elsewhere, a case finds the keys of those before it.
        let is_empty = matches!(kind, Kind::Controlled(_)) && has_no_keys(remote)?;
        Ok(Self::Fixed { account, is_empty })
    }
}

fn unknown_account(which: &str) -> RemoteError {
    RemoteError::Invalid(format!(
        "the endpoint does not answer as KMS does: the {which}account is unknown"
    ))
}

/// The account in the first ARN of a text.
fn account_in(text: &str) -> Option<String> {
    let arn = Regex::new(r"arn:[a-z-]+:kms:[a-z0-9-]*:(\d{12}):").ok()?;
    arn.captures(text)?.get(1).map(|it| it.as_str().to_owned())
}

/// The account of a caller, from the error about a key that does not exist.
fn account_of(remote: &Remote, signature: Signature<'_>) -> Result<Option<String>, RemoteError> {
    let answer = remote.send_patiently(&Outgoing {
        target: Some("TrentService.DescribeKey"),
        body: json!({ "KeyId": NO_KEY }).to_string().as_bytes(),
        signature,
        ..Outgoing::default()
    })?;
    let Some(body) = answer.json() else {
        return Err(answer.not_kms());
    };
    let error = answer.error().unwrap_or_default();
    if matches!(signature, Signature::Own) && error != "NotFoundException" && is_refusal(&error) {
        return Err(RemoteError::Credentials(body.to_string()));
    }
    Ok(account_in(&body.to_string()))
}

/// The upstream of a shadow, which may be AWS.
fn upstream(remote: &Remote) -> Result<Option<String>, RemoteError> {
    let answer = remote.send(&Outgoing {
        method: "GET",
        path: "/health",
        signature: Signature::Absent,
        ..Outgoing::default()
    })?;
    let health = answer.json().unwrap_or_default();
    let upstream = health.get("upstream").and_then(Value::as_str);
    Ok(upstream.map(str::to_owned))
}

/// Whether an error says that the credentials are wrong.
fn is_refusal(error: &str) -> bool {
    [
        "AccessDeniedException",
        "ExpiredTokenException",
        "IncompleteSignatureException",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "UnrecognizedClientException",
    ]
    .contains(&error)
}

fn account_of_new_key(remote: &Remote) -> Result<Option<String>, RemoteError> {
    let key = remote.call("CreateKey", b"{}")?.json().unwrap_or_default();
    let key = key.get("KeyMetadata").cloned().unwrap_or_default();
    if let Some(id) = key.get("KeyId") {
        let input = json!({ "KeyId": id, "PendingWindowInDays": 7 });
        remote.call("ScheduleKeyDeletion", input.to_string().as_bytes())?;
    }
    let arn = key.get("Arn").and_then(Value::as_str);
    Ok(arn.and_then(account_in))
}

fn has_no_keys(remote: &Remote) -> Result<bool, RemoteError> {
    let keys = remote.call("ListKeys", b"{}")?.json().unwrap_or_default();
    let keys = keys.get("Keys").and_then(Value::as_array);
    Ok(keys.is_some_and(Vec::is_empty))
}
