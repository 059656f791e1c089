//! The reply to a request.

use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::Trace;
use crate::crypto::Random;
use crate::error::{Error, ErrorFormat, ProtocolError, StsCode};
use crate::fault::{ConnectionFault, Disruption, Hit};

/// The reply to a request.
///
/// ```
/// use kms_emulator::protocol::Request;
///
/// # let kms = kms_emulator::Kms::builder().build_temporary()?;
/// let reply = kms.handle(&Request::new("TrentService.ListKeys", b"{}"));
/// assert_eq!(reply.status, 200);
/// assert_eq!(reply.body, br#"{"Keys":[],"Truncated":false}"#);
/// # Ok::<(), kms_emulator::BuildError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body. It is empty where AWS sends no body.
    pub body: Vec<u8>,
    /// The value of the header `x-amzn-RequestId`, unique per request.
    pub request_id: String,
    /// The parts of the request for the log.
    pub trace: Trace,
    /// The effect of a fault on the transmission of this reply.
    pub disruption: Disruption,
    pub(crate) format: Format,
    pub(crate) content_type: &'static str,
    /// The headers of the upstream that gave this reply, instead of those of KMS.
    #[cfg(feature = "server")]
    pub(crate) passed_headers: Option<Vec<(String, String)>>,
}

pub(crate) const CACHE_CONTROL: &str = "no-cache, no-store, must-revalidate, private";
pub(crate) const EXPIRES: &str = "0";
pub(crate) const PRAGMA: &str = "no-cache";

const AWS_JSON: &str = "application/x-amz-json-1.1";
const JSON: &str = "application/json";
const XML: &str = "text/xml";
const HTML: &str = "text/html";

/// The protocol of a reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// awsJson1.1, the protocol of KMS.
    #[default]
    AwsJson,
    /// awsQuery, the protocol of STS.
    Query(QueryFormat),
}

/// The format of a reply in the awsQuery protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QueryFormat {
    Xml,
    Json,
}

impl QueryFormat {
    /// The format that a client asks for in the header `Accept`.
    pub(crate) fn of(accept: Option<&str>) -> Self {
        match accept {
            Some(accept) if accept.contains(JSON) => Self::Json,
            _ => Self::Xml,
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Xml => XML,
            Self::Json => JSON,
        }
    }
}

impl Format {
    fn content_type(self) -> &'static str {
        match self {
            Self::AwsJson => AWS_JSON,
            Self::Query(format) => format.content_type(),
        }
    }
}

impl Reply {
    pub(crate) fn success(request_id: String, body: Vec<u8>, trace: Trace, format: Format) -> Self {
        Self {
            status: 200,
            body,
            request_id,
            trace,
            disruption: Disruption::default(),
            format,
            content_type: format.content_type(),
            #[cfg(feature = "server")]
            passed_headers: None,
        }
    }

    pub(crate) fn failure(request_id: String, error: &Error, trace: Trace, format: Format) -> Self {
        let (body, content_type) = match format {
            Format::AwsJson => error_body(error, &request_id),
            Format::Query(format) => (
                query_error(error, &request_id, format),
                format.content_type(),
            ),
        };
        Self {
            status: error.status(),
            body,
            request_id,
            trace: trace.with_error(error),
            disruption: Disruption::default(),
            format,
            content_type,
            #[cfg(feature = "server")]
            passed_headers: None,
        }
    }

    /// Applies the effects of a fault on the transmission.
    pub(crate) fn disrupt(&mut self, hit: &Hit) {
        self.trace.fault = Some(hit.fault);
        let connection = match hit.connection {
            Some(ConnectionFault::Truncate) => {
                self.body.truncate(self.body.len() / 2);
                None
            }
            connection => connection,
        };
        self.disruption = Disruption::new(hit.delay, connection);
    }

    /// The headers of KMS in their recorded order. The server adds `Date`.
    pub fn headers(&self) -> [(&'static str, String); 6] {
        [
            ("x-amzn-RequestId", self.request_id.clone()),
            ("Cache-Control", CACHE_CONTROL.to_owned()),
            ("Expires", EXPIRES.to_owned()),
            ("Pragma", PRAGMA.to_owned()),
            ("Content-Type", self.content_type.to_owned()),
            ("Content-Length", self.body.len().to_string()),
        ]
    }
}

/// A new request id, a lower-case UUID. It is not a secret, so it uses no system entropy.
pub(crate) fn request_id(random: &Random) -> String {
    let seeded = random.is_seeded().then(|| random.array().ok()).flatten();
    let bytes = seeded.unwrap_or_else(|| fastrand::u128(..).to_le_bytes());
    let id = uuid::Builder::from_random_bytes(bytes).into_uuid();
    let mut text = uuid::Uuid::encode_buffer();
    id.hyphenated().encode_lower(&mut text).to_owned()
}

/// The body of an error, and its content type.
fn error_body(error: &Error, request_id: &str) -> (Vec<u8>, &'static str) {
    if let Error::Injected(injected) = error
        && let Some(page) = injected.page()
    {
        return (page, HTML);
    }
    let code = error.wire_name();
    let xml = match error {
        // AWS's other services with this protocol return XML for requests that are not awsJson.
        Error::Protocol(ProtocolError::NotTheService(_)) => format!("<{code}/>\n"),
        Error::Protocol(ProtocolError::Misdirected(misdirected)) => {
            let message = &misdirected.message;
            match misdirected.format {
                ErrorFormat::Json => return (json_body(error), AWS_JSON),
                ErrorFormat::Xml => xml_error(code, Some(message), request_id),
                ErrorFormat::UnwrappedXml => format!(
                    "<Error><Code>{code}</Code><Message>{message}</Message>\
                     <RequestId>{request_id}</RequestId></Error>\n"
                ),
            }
        }
        _ => return (json_body(error), AWS_JSON),
    };
    (xml.into_bytes(), XML)
}

/// The body of an error in the awsQuery protocol.
fn query_error(error: &Error, request_id: &str, format: QueryFormat) -> Vec<u8> {
    let code = match error {
        Error::Validation(_) => StsCode::Validation.as_str(),
        Error::Internal(_) => StsCode::InternalFailure.as_str(),
        error => error.wire_name(),
    };
    let message = error.message();
    match format {
        QueryFormat::Xml => xml_error(code, message.as_deref(), request_id),
        QueryFormat::Json => {
            let error = json!({ "Type": "Sender", "Code": code, "Message": message });
            json!({ "Error": error, "RequestId": request_id }).to_string()
        }
    }
    .into_bytes()
}

/// `<ErrorResponse>`, as awsQuery and restXml have it.
fn xml_error(code: &str, message: Option<&str>, request_id: &str) -> String {
    let message = message.map_or_else(String::new, |message| {
        format!("<Message>{}</Message>", quick_xml::escape::escape(message))
    });
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>{message}</Error>\
         <RequestId>{request_id}</RequestId></ErrorResponse>\n"
    )
}

/// `{"__type":"…","message":"…"}`, without a message where KMS sends no message.
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
    // Encoding strings cannot fail.
    serde_json::to_vec(&body).unwrap_or_default()
}

/// Encodes an output. An operation without an output has an empty body, not `null`.
pub(crate) fn encode(output: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    // Most answers fit, so the buffer does not grow.
    let mut body = Vec::with_capacity(1024);
    serde_json::to_writer(&mut body, output)?;
    Ok(if body == RawValue::NULL.get().as_bytes() {
        Vec::new()
    } else {
        body
    })
}
