//! Errors that a fault injects.

use super::Mismatch;

/// An error that replaces the response of the operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Injected {
    /// An exception, in the service's JSON.
    Exception {
        code: String,
        message: Option<String>,
        status: u16,
        /// Whether AWS returns this error from a layer in front of the service.
        in_front: bool,
    },
    /// The HTML page of a proxy.
    Page { status: u16 },
}

impl Injected {
    /// The name of the exception. For a page, the name that clients use.
    pub(crate) fn wire_name(&self) -> &str {
        match self {
            Self::Exception { code, .. } => code,
            Self::Page { .. } => "ServiceUnavailable",
        }
    }

    /// Why there is no message.
    pub(super) fn reason(&self) -> Option<Mismatch> {
        match self {
            Self::Exception {
                message: Some(_), ..
            } => None,
            Self::Exception { message: None, .. } => Some(Mismatch::new(
                "request",
                "no fault for it",
                "a fault whose exception has no message",
            )),
            Self::Page { .. } => Some(Mismatch::new(
                "request",
                "no fault for it",
                "a fault with the page of a proxy",
            )),
        }
    }

    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Exception { status, .. } | Self::Page { status } => *status,
        }
    }

    /// The HTML of a proxy's page.
    pub(crate) fn page(&self) -> Option<Vec<u8>> {
        let Self::Page { status } = self else {
            return None;
        };
        let title = match status {
            502 => "502 Bad Gateway".to_owned(),
            503 => "503 Service Temporarily Unavailable".to_owned(),
            504 => "504 Gateway Time-out".to_owned(),
            status => status.to_string(),
        };
        let page = format!(
            "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1>\
             </center>\r\n</body>\r\n</html>\r\n"
        );
        Some(page.into_bytes())
    }
}
