//! Faults on purpose: which requests fail, how, and how often.
//!
//! A [`Fault`] says what it applies to, when, and what it does. Those that name no key are decided
//! before anything is looked at. Those that name one are decided when the operation has found its
//! key, before anything is kept: so they also hold for `Decrypt`, where the ciphertext alone tells
//! the key. What concerns the connection alone is carried out by whoever holds it: the server, or
//! the client without a socket; see [`Disruption`].

mod delay;
mod injected;
mod plan;

use std::num::NonZero;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::Injected;

pub use delay::{Delay, Time};
pub use injected::FaultError;
pub use plan::{Armed, FaultId, Faults};
pub(crate) use plan::{Plan, Subject};

/// A fault: as the control plane takes and shows it, and as [`Faults`] builds it.
///
/// ```json
/// {"operation": "Sign", "times": 2, "error": "ThrottlingException"}
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The operations that it applies to, one or a list; without it, all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Names>,
    /// The key that it applies to: an id, an ARN, or an alias as `alias/NAME`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The caller that it applies to: an access key id, an account, or an ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    /// How many requests that it applies to go free at first.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub after: u64,
    /// Of those that follow, each so-many-th: 3 for the third, the sixth, and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<NonZero<u64>>,
    /// How many requests it hits before it rests; without it, it does not rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// How likely it is to hit one, from 0 to 1; without it, certain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// What the chances and the delays are drawn from: the same seed gives the same again.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub seed: u64,
    /// The exception to answer; nothing is done then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<FaultError>,
    /// The HTTP status to answer, with a page of HTML, as a proxy would; nothing is done then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How late the answer is; by itself, the request is done and answered well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<Delay>,
    /// What happens to the connection, or to the answer on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<Cut>,
}

/// One name, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Names {
    /// One.
    One(String),
    /// Any of these.
    Many(Vec<String>),
}

/// How a connection, or the answer on it, breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// Closed before anything is done.
    DropBefore,
    /// Done, but closed in the middle of the answer.
    DropAmid,
    /// Done, but closed without an answer.
    LoseAnswer,
    /// Done, and answered with the first half of the body, as if that were all.
    Truncate,
}

/// What whoever holds the connection is to do with an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Disruption {
    /// How long to wait before it is sent.
    pub delay: Duration,
    /// Whether to break the connection instead, and when. Never [`Cut::Truncate`], which has
    /// been done already.
    pub cut: Option<Cut>,
}

/// What a fault does to one request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hit {
    pub(crate) refusal: Option<Injected>,
    pub(crate) delay: Duration,
    pub(crate) cut: Option<Cut>,
}

impl Hit {
    /// Whether the request is not done.
    pub(crate) fn prevents(&self) -> bool {
        self.refusal.is_some() || self.cut == Some(Cut::DropBefore)
    }
}

impl Names {
    fn contains(&self, name: &str) -> bool {
        match self {
            Self::One(one) => one == name,
            Self::Many(many) => many.iter().any(|one| one == name),
        }
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        let list = match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        };
        list.iter().map(String::as_str)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Fault {
    /// Says what is wrong with the fault, if something is.
    fn check(&self) -> Result<(), String> {
        for name in self.operation.iter().flat_map(Names::iter) {
            if crate::model::model().operation(name).is_none() {
                return Err(format!("operation: KMS has no operation {name}"));
            }
        }
        if self.probability.is_some_and(|p| !(0.0..=1.0).contains(&p)) {
            return Err("probability: not from 0 to 1".to_owned());
        }
        if let Some(error) = &self.error {
            error.check().map_err(|wrong| format!("error: {wrong}"))?;
        }
        if self
            .status
            .is_some_and(|status| !(400..=599).contains(&status))
        {
            return Err("status: not from 400 to 599".to_owned());
        }
        if let Some(delay) = &self.delay {
            delay.check().map_err(|wrong| format!("delay: {wrong}"))?;
        }
        let answers = [
            self.error.is_some(),
            self.status.is_some(),
            self.connection.is_some(),
        ];
        match answers.into_iter().filter(|there| *there).count() {
            0 if self.delay.is_none() => Err(
                "it does nothing: give it an error, a status, a delay or a connection".to_owned(),
            ),
            0 | 1 => Ok(()),
            _ => Err("only one of error, status and connection goes".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests;
