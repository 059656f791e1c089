//! Replies of STS: XML, or JSON for clients that ask for it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::clock::Timestamp;
use crate::error::Internal;
pub(crate) use crate::protocol::QueryFormat as Format;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// A date in an output: text in XML, seconds in JSON.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Date {
    Text(String),
    Seconds(i64),
}

impl Date {
    pub(super) fn new(at: Timestamp, format: Format) -> Self {
        match format {
            Format::Xml => Self::Text(at.seconds_text()),
            Format::Json => Self::Seconds(at.millis() / 1000),
        }
    }
}

/// The output of an operation, encoded.
pub(super) enum Output {
    Xml(String),
    Json(Value),
}

impl Output {
    /// Encodes an output. `name` is the name of the operation.
    pub(super) fn new(
        name: &str,
        output: &impl Serialize,
        format: Format,
    ) -> Result<Self, Internal> {
        let internal = |error| Internal::new("encode an output of STS", error);
        Ok(match format {
            Format::Xml => {
                let root = format!("{name}Result");
                let xml = quick_xml::se::to_string_with_root(&root, output);
                Self::Xml(xml.map_err(|error| internal(error.to_string()))?)
            }
            Format::Json => {
                let json = serde_json::to_value(output);
                Self::Json(json.map_err(|error| internal(error.to_string()))?)
            }
        })
    }

    /// The body of a reply.
    pub(super) fn into_body(self, name: &str, request_id: &str) -> Vec<u8> {
        match self {
            Self::Xml(result) => format!(
                "<{name}Response xmlns=\"{NAMESPACE}\">{result}<ResponseMetadata>\
                 <RequestId>{request_id}</RequestId></ResponseMetadata></{name}Response>\n"
            )
            .into_bytes(),
            Self::Json(result) => {
                let metadata = serde_json::json!({ "RequestId": request_id });
                let members = BTreeMap::from([
                    (format!("{name}Result"), result),
                    ("ResponseMetadata".to_owned(), metadata),
                ]);
                serde_json::json!({ format!("{name}Response"): members })
                    .to_string()
                    .into_bytes()
            }
        }
    }
}
