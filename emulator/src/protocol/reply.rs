//! An answer, and what the log may say of it.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::crypto::Random;
use crate::error::{Error, ProtocolError};
use crate::fault::{Cut, Disruption, Hit};

/// An answer of the AWS side.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body; empty where AWS sends none.
    pub body: Vec<u8>,
    /// The id in the header `x-amzn-RequestId`, a new one for each request.
    pub request_id: String,
    /// What to log of the request.
    pub trace: Trace,
    /// What whoever holds the connection is to do with it, if a fault says so.
    pub disruption: Disruption,
    content_type: &'static str,
}

/// What a log line or an event says of a request: names only, nothing that was sent or answered.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// The operation, if the request named one that exists.
    pub operation: Option<&'static str>,
    /// The account and Region that the request was for, `000000000000/us-east-1`.
    pub location: Option<String>,
    /// The id of the key that the request was about, once it was found.
    pub key: Option<String>,
    /// The error's name, if it was refused.
    pub error: Option<String>,
}

const JSON: &str = "application/x-amz-json-1.1";
const XML: &str = "text/xml";
const HTML: &str = "text/html";

impl Reply {
    /// An answer with the given body.
    pub(crate) fn success(request_id: String, body: Vec<u8>, trace: Trace) -> Self {
        Self {
            status: 200,
            body,
            request_id,
            trace,
            disruption: Disruption::default(),
            content_type: JSON,
        }
    }

    /// An answer that refuses.
    pub(crate) fn failure(request_id: String, error: &Error, trace: Trace) -> Self {
        let trace = Trace {
            error: Some(error.wire_name().to_owned()),
            ..trace
        };
        // A request that is no awsJson request at all is answered in XML, as AWS's other services
        // of this protocol do.
        let page = match error {
            Error::Injected(injected) => injected.page(),
            _ => None,
        };
        let (body, content_type) = match (page, error) {
            (Some(page), _) => (page, HTML),
            (None, Error::Protocol(ProtocolError::NotTheService)) => {
                (format!("<{}/>\n", error.wire_name()).into_bytes(), XML)
            }
            (None, _) => (json_body(error), JSON),
        };
        Self {
            status: error.status(),
            body,
            request_id,
            trace,
            disruption: Disruption::default(),
            content_type,
        }
    }

    /// Has a fault carried out, as far as that is the answer's affair.
    pub(crate) fn disrupt(&mut self, hit: &Hit) {
        let cut = match hit.cut {
            Some(Cut::Truncate) => {
                self.body.truncate(self.body.len() / 2);
                None
            }
            cut => cut,
        };
        self.disruption = Disruption {
            delay: hit.delay,
            cut,
        };
    }

    /// The headers, as recorded of KMS and in its order; `Date` is the server's to add.
    pub fn headers(&self) -> [(&'static str, String); 6] {
        [
            ("x-amzn-RequestId", self.request_id.clone()),
            (
                "Cache-Control",
                "no-cache, no-store, must-revalidate, private".to_owned(),
            ),
            ("Expires", "0".to_owned()),
            ("Pragma", "no-cache".to_owned()),
            ("Content-Type", self.content_type.to_owned()),
            ("Content-Length", self.body.len().to_string()),
        ]
    }
}

/// A new request id, a lower-case UUID. It is a name, not a secret: no entropy of the system is
/// spent on it.
pub(crate) fn request_id(random: &Random) -> String {
    let seeded = random.is_seeded().then(|| random.array().ok()).flatten();
    let bytes = seeded.unwrap_or_else(|| fastrand::u128(..).to_le_bytes());
    uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .to_string()
}

/// `{"__type":"…","message":"…"}`, compact; no message where KMS sends none.
fn json_body(error: &Error) -> Vec<u8> {
    #[derive(Serialize)]
    struct Body<'e> {
        #[serde(rename = "__type")]
        name: &'e str,
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<&'e str>,
        #[serde(rename = "Message", skip_serializing_if = "Option::is_none")]
        capital_message: Option<&'e str>,
    }

    let text = error.message();
    let (message, capital_message) = match error.message_member() {
        "message" => (text.as_deref(), None),
        _ => (None, text.as_deref()),
    };
    let body = Body {
        name: error.wire_name(),
        message,
        capital_message,
    };
    // Texts and names alone cannot fail to encode; an empty body would still be an error's.
    serde_json::to_vec(&body).unwrap_or_default()
}

/// An output that KMS has no body for: its JSON would be `null`.
pub(crate) fn encode(output: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let body = serde_json::to_vec(output)?;
    Ok(if body == RawValue::NULL.get().as_bytes() {
        Vec::new()
    } else {
        body
    })
}
