//! Requests for another service, or for another path than `/`.
//!
//! AWS has no response to these. The usual cause is `AWS_ENDPOINT_URL`, which sends the requests of
//! all services to one endpoint.

/// A request that cannot be for KMS, with the explanation for its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misdirected {
    /// The other service. `None` for a request to KMS that has a wrong path.
    pub(crate) service: Option<String>,
    pub(crate) message: String,
    pub(crate) format: ErrorFormat,
}

/// How the protocol of a service encodes an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorFormat {
    /// awsJson and restJson.
    Json,
    /// awsQuery and restXml: `<ErrorResponse>`.
    Xml,
    /// restXml without a wrapper, as in S3: `<Error>`.
    UnwrappedXml,
}

impl Misdirected {
    pub(crate) fn status(&self) -> u16 {
        // A status of 404 would mean "no such bucket" to a client of S3.
        if self.service.is_some() { 400 } else { 404 }
    }
}
