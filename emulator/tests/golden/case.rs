//! The format of a case file. Every struct denies unknown members, so that a typo in a case is an error
//! instead of an expectation that is never checked.

use std::collections::BTreeMap;
use std::time::Duration;

use kms_emulator::clock::parse_duration;
use serde::{Deserialize, de};
use serde_json::{Map, Value};

/// A request to KMS and the expected response.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) source: Source,
    /// Remarks for the reader.
    pub(crate) note: Option<String>,
    /// The duration of changes that AWS makes in the background, such as `2m`. The default is zero.
    pub(crate) transition_time: Option<String>,
    /// Steps before the request. Every call must succeed.
    #[serde(default)]
    pub(crate) setup: Vec<Step>,
    pub(crate) request: Request,
    pub(crate) expect: Expect,
}

/// The evidence for the expected response.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    pub(crate) evidence: Evidence,
    pub(crate) r#where: String,
}

/// The kind of evidence.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Evidence {
    /// A captured response of AWS.
    Recorded,
    /// AWS's documentation or model.
    Documented,
    /// Quoted by users, or derived from the other two.
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
    /// The caller's account. The default is the account of all cases.
    pub(crate) account: Option<String>,
    /// Variable -> path of its value in the body.
    #[serde(default)]
    pub(crate) save: Saves,
}

/// The tested request: a call of an operation, or an HTTP request.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Value")]
pub(crate) enum Request {
    Call(Call),
    Http(Http),
}

/// An HTTP request. The default of each part is that of an SDK.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Http {
    pub(crate) method: Option<String>,
    pub(crate) path: Option<String>,
    pub(crate) target: Option<String>,
    pub(crate) body: Option<String>,
    /// An empty text sends no `Authorization` header.
    pub(crate) authorization: Option<String>,
}

/// The expected response. Only `status` is required; omitted parts are not checked.
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
    /// The exact body.
    pub(crate) body: Option<String>,
    pub(crate) body_matches: Option<String>,
    /// Path of an object -> all its members. A name that ends with `?` is optional.
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

/// A check beyond a comparison.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Check {
    Signature(Signed),
}

/// Another implementation must accept the signature.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signed {
    /// A signing algorithm of KMS.
    pub(crate) algorithm: String,
    pub(crate) public_key: String,
    pub(crate) message: String,
    pub(crate) signature: String,
}

// Not untagged enums, because their errors do not name the member.

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
