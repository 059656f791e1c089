//! The format of a case file. Every struct denies unknown members, so that a typo in a case is an error
//! instead of an expectation that is never checked.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value};

use crate::clock::parse_duration;

/// A request to KMS and the expected response.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Where the expected response is from.
    pub source: Source,
    /// Remarks for the reader.
    pub note: Option<String>,
    /// The duration of changes that AWS makes in the background, such as `2m`. The default is zero.
    #[serde(default, deserialize_with = "duration")]
    pub transition_time: Option<Duration>,
    /// Steps before the request. Every call must succeed.
    #[serde(default)]
    pub setup: Vec<Step>,
    /// The tested request.
    pub request: Request,
    /// What the response must be.
    pub expect: Expect,
}

/// The evidence for the expected response.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// How well the response is known.
    pub evidence: Evidence,
    /// Where to find it.
    pub r#where: String,
}

/// The kind of evidence, the best first.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// A captured response of AWS.
    Recorded,
    /// AWS's documentation or model.
    Documented,
    /// Quoted by users, or derived from the other two.
    Inferred,
}

impl Evidence {
    /// All kinds, the best first.
    pub const ALL: [Self; 3] = [Self::Recorded, Self::Documented, Self::Inferred];
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Recorded => "recorded",
            Self::Documented => "documented",
            Self::Inferred => "inferred",
        })
    }
}

/// One step of the setup.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Value")]
pub enum Step {
    /// A call, which must succeed.
    Call(Call),
    /// Moves the clock.
    Advance(Duration),
}

/// A call of an operation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The operation, such as `Sign`.
    pub operation: String,
    /// The body, with placeholders.
    pub input: Value,
    /// The Region. The default is that of the endpoint.
    pub region: Option<String>,
    /// The caller's account. The default is that of the endpoint.
    pub account: Option<String>,
    /// The values of the body to save.
    #[serde(default)]
    pub save: Saves,
}

/// The tested request: a call of an operation, or an HTTP request.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Value")]
pub enum Request {
    /// A call of an operation.
    Call(Call),
    /// An HTTP request.
    Http(Http),
}

/// An HTTP request. The default of each part is that of an SDK.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// The method; `POST` by default.
    pub method: Option<String>,
    /// The path; `/` by default.
    pub path: Option<String>,
    /// The header `X-Amz-Target`; none by default.
    pub target: Option<String>,
    /// The body; empty by default.
    pub body: Option<String>,
    /// An empty text sends no `Authorization` header.
    pub authorization: Option<String>,
}

/// The expected response. Only `status` is required; omitted parts are not checked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The HTTP status.
    pub status: u16,
    /// The error code, in `__type`.
    pub r#type: Option<String>,
    /// The exact message of an error.
    pub message: Option<String>,
    /// A pattern for the whole message.
    pub message_matches: Option<String>,
    /// Neither `message` nor `Message`.
    #[serde(default)]
    pub no_message: bool,
    /// An empty body.
    #[serde(default)]
    pub empty_body: bool,
    /// The exact body.
    pub body: Option<String>,
    /// A pattern for the whole body.
    pub body_matches: Option<String>,
    /// Path of an object -> all its members. A name that ends with `?` is optional.
    #[serde(default)]
    pub members: BTreeMap<String, Vec<String>>,
    /// The body, with conditions.
    pub r#match: Option<Value>,
    /// Name -> value, compared as in `match`.
    #[serde(default)]
    pub headers: Map<String, Value>,
    /// The values of the body that the checks need.
    #[serde(default)]
    pub save: Saves,
    /// Checks beyond comparisons.
    #[serde(default)]
    pub verify: Vec<Check>,
}

/// Variable -> path of its value in the body.
pub type Saves = BTreeMap<String, String>;

/// A check beyond a comparison.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Another implementation must accept a signature.
    Signature(Signed),
}

/// A signature, with placeholders.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// A signing algorithm of KMS.
    pub algorithm: String,
    /// The public key, in base64.
    pub public_key: String,
    /// The message, in base64.
    pub message: String,
    /// The signature, in base64.
    pub signature: String,
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

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_duration(&text)
        .map(Some)
        .map_err(|error| de::Error::custom(format!("transition_time: {error}")))
}
