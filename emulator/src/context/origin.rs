//! Where a request comes from.

use std::net::IpAddr;

/// What a request tells about itself outside of its input.
#[derive(Default)]
pub(crate) struct Origin {
    pub(crate) address: Option<IpAddr>,
    pub(crate) user_agent: Option<String>,
    /// The service that calls for the caller: `sqs.us-east-1.amazonaws.com`.
    pub(crate) via_service: Option<String>,
}
