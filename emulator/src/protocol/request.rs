//! A request, as far as KMS looks at one.

use std::net::IpAddr;

use serde_json::{Map, Value};

use crate::error::ProtocolError;

/// A request to the AWS side: the parts of an HTTP request that KMS looks at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'r> {
    /// The HTTP method. KMS answers `POST` alone.
    pub method: &'r str,
    /// The path without its query. KMS answers `/` alone.
    pub path: &'r str,
    /// The header `X-Amz-Target`: `TrentService.Sign`.
    pub target: Option<&'r str>,
    /// The header `Authorization`: its credential scope says which Region is meant, its access key
    /// id which account.
    pub authorization: Option<&'r str>,
    /// The body, a JSON object.
    pub body: &'r [u8],
    /// Where it comes from, for the events.
    pub sender: Sender<'r>,
}

/// Who sends a request, as far as the connection tells.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sender<'r> {
    /// The address; without one, the loopback's.
    pub address: Option<IpAddr>,
    /// The header `User-Agent`.
    pub user_agent: Option<&'r str>,
}

/// A body that was read as a JSON object.
pub(crate) type Body = Map<String, Value>;

impl<'r> Request<'r> {
    /// A request without credentials: `target` is `TrentService.` and the operation.
    pub fn new(target: &'r str, body: &'r [u8]) -> Self {
        Self {
            method: "POST",
            path: "/",
            target: Some(target),
            body,
            ..Self::default()
        }
    }

    /// The operation that the target names: `Sign` of `TrentService.Sign`.
    pub(crate) fn operation(&self) -> Result<&'r str, ProtocolError> {
        if self.method != "POST" || self.path != "/" {
            return Err(ProtocolError::NotTheService);
        }
        self.target
            .and_then(|target| target.strip_prefix("TrentService."))
            .ok_or(ProtocolError::UnknownOperation)
    }

    /// Reads the body.
    pub(crate) fn json(&self) -> Result<Body, ProtocolError> {
        match serde_json::from_slice(self.body) {
            Ok(Value::Object(body)) => Ok(body),
            Ok(other) => Err(ProtocolError::not_a_structure_at_the_top(&other)),
            Err(_) => Err(ProtocolError::serialization()),
        }
    }
}
