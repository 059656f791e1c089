//! The shape of a case file. Every struct refuses a member it does not know, so a typo in a case
//! is a failure and not an expectation that nobody checks.

use std::collections::BTreeMap;
use std::time::Duration;

use kms_emulator::clock::parse_duration;
use serde::{Deserialize, de};
use serde_json::{Map, Value};

/// One question to KMS, and what it answers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) source: Source,
    /// What a reader has to know beyond the source.
    pub(crate) note: Option<String>,
    /// How long the changes take that are not done at once on AWS, as `2m`; no time unless told.
    pub(crate) transition_time: Option<String>,
    /// What happens before; every call of it has to succeed.
    #[serde(default)]
    pub(crate) setup: Vec<Step>,
    pub(crate) request: Request,
    pub(crate) expect: Expect,
}

/// Why we believe that KMS answers so.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    pub(crate) evidence: Evidence,
    pub(crate) r#where: String,
}

/// How good the proof is.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Evidence {
    /// An answer of AWS, captured.
    Recorded,
    /// Written in the documentation or the model of AWS.
    Documented,
    /// Quoted by somebody, or reasoned from the other two.
    Inferred,
}

/// One step of the setup.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Value")]
pub(crate) enum Step {
    Call(Call),
    Advance(Duration),
}

/// A call of an operation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    pub(crate) operation: String,
    pub(crate) input: Value,
    pub(crate) region: Option<String>,
    /// Who calls, if not the account that all cases begin with.
    pub(crate) account: Option<String>,
    /// Variable -> where its value lies in the body.
    #[serde(default)]
    pub(crate) save: Saves,
}

/// What the case is about: a call, or a request below the level of calls.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Value")]
pub(crate) enum Request {
    Call(Call),
    Http(Http),
}

/// A request in the words of HTTP. What is left out is as a client of KMS would send it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Http {
    pub(crate) method: Option<String>,
    pub(crate) path: Option<String>,
    pub(crate) target: Option<String>,
    pub(crate) body: Option<String>,
    /// An empty text sends no `Authorization` at all.
    pub(crate) authorization: Option<String>,
}

/// The answer. Every member but the status may be left out; then nothing is asked of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    pub(crate) status: u16,
    /// The error code, in `__type`.
    pub(crate) r#type: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) message_matches: Option<String>,
    #[serde(default)]
    pub(crate) no_message: bool,
    #[serde(default)]
    pub(crate) empty_body: bool,
    /// The whole body, to the byte.
    pub(crate) body: Option<String>,
    pub(crate) body_matches: Option<String>,
    /// Path -> the exact set of members there; `?` behind a name lets it be absent.
    #[serde(default)]
    pub(crate) members: BTreeMap<String, Vec<String>>,
    pub(crate) r#match: Option<Value>,
    #[serde(default)]
    pub(crate) headers: Map<String, Value>,
    #[serde(default)]
    pub(crate) save: Saves,
    #[serde(default)]
    pub(crate) verify: Vec<Check>,
}

/// Variable -> path.
pub(crate) type Saves = BTreeMap<String, String>;

/// A proof that needs more than comparing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Check {
    Signature(Signed),
}

/// The signature has to be good under the public key, outside the emulator.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signed {
    /// As KMS spells it.
    pub(crate) algorithm: String,
    pub(crate) public_key: String,
    pub(crate) message: String,
    pub(crate) signature: String,
}

// Untagged enums would do for these two, but their errors name no member.

impl TryFrom<Value> for Step {
    type Error = serde_json::Error;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        if value.get("advance").is_none() {
            return Call::deserialize(value).map(Self::Call);
        }
        let Advance { advance } = Advance::deserialize(value)?;
        parse_duration(&advance)
            .map(Self::Advance)
            .map_err(de::Error::custom)
    }
}

impl TryFrom<Value> for Request {
    type Error = serde_json::Error;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        if value.get("http").is_none() {
            return Call::deserialize(value).map(Self::Call);
        }
        let Raw { http } = Raw::deserialize(value)?;
        Ok(Self::Http(http))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    http: Http,
}
