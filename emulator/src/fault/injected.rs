//! Errors that are answered because a fault says so.

use serde::{Deserialize, Serialize};

use crate::error::{Injected, message};

/// An exception to answer: its name alone, with the text and the status that it has on AWS, as
/// far as they are known; or with a text or a status of one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum FaultError {
    /// `"ThrottlingException"`
    Code(String),
    /// `{"code": "ThrottlingException", "message": "Rate exceeded", "status": 400}`
    Whole {
        /// The exception's name.
        code: String,
        /// Its text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// The HTTP status.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
    },
}

/// What is known of exceptions that faults are used for: name, status, whether the layers in front
/// of the service answer it, and its text. The statuses are the model's; those of the layers in
/// front, and the texts, as quoted by users. Where no text is known, there is none.
const KNOWN: &[(&str, u16, bool, &str)] = &[
    ("DependencyTimeoutException", 503, false, ""),
    (
        "ExpiredTokenException",
        400,
        true,
        "The security token included in the request is expired",
    ),
    ("IncompleteSignatureException", 400, true, ""),
    ("InternalFailure", 500, true, ""),
    (
        "InvalidSignatureException",
        400,
        true,
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    ),
    ("KeyUnavailableException", 500, false, ""),
    ("KMSInternalException", 500, false, ""),
    (
        "MissingAuthenticationTokenException",
        400,
        true,
        "Missing Authentication Token",
    ),
    ("RequestExpired", 400, true, ""),
    ("ServiceUnavailable", 503, true, ""),
    ("ThrottlingException", 400, false, message::RATE_EXCEEDED),
    (
        "UnrecognizedClientException",
        400,
        true,
        "The security token included in the request is invalid.",
    ),
];

impl FaultError {
    fn code(&self) -> &str {
        match self {
            Self::Code(code) | Self::Whole { code, .. } => code,
        }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let code = self.code();
        let is_name = code.starts_with(|first: char| first.is_ascii_uppercase())
            && code.len() <= 100
            && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_name {
            return Err(format!("{code:?} is not the name of an exception"));
        }
        let status = match self {
            Self::Whole { status, .. } => *status,
            Self::Code(_) => None,
        };
        match status {
            Some(status) if !(400..=599).contains(&status) => {
                Err("status: not from 400 to 599".to_owned())
            }
            None if !code.ends_with("Exception") && known(code).is_none() => {
                Err(format!("nothing is known of {code}: give its status too"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn injected(&self) -> Injected {
        let code = self.code().to_owned();
        let (_, status, in_front, text) = known(&code).copied().unwrap_or(("", 400, false, ""));
        let text = Some(text)
            .filter(|text| !text.is_empty())
            .map(str::to_owned);
        match self {
            Self::Code(_) => Injected::Exception {
                code,
                message: text,
                status,
                in_front,
            },
            Self::Whole {
                message,
                status: own,
                ..
            } => Injected::Exception {
                code,
                message: message.clone().or(text),
                status: own.unwrap_or(status),
                in_front,
            },
        }
    }
}

fn known(code: &str) -> Option<&'static (&'static str, u16, bool, &'static str)> {
    KNOWN.iter().find(|(name, ..)| *name == code)
}
