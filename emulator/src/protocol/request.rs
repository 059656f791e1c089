//! The parts of a request that KMS reads.

use std::borrow::Cow;
use std::net::IpAddr;

use serde_json::{Map, Value};

use super::Body;
use crate::error::ProtocolError;

/// A request to KMS: the parts of an HTTP request that KMS reads.
///
/// ```
/// use kms_emulator::protocol::Request;
///
/// let request = Request::new("TrentService.ListKeys", b"{}");
/// assert_eq!((request.method, request.path), ("POST", "/"));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'r> {
    /// The HTTP method. KMS accepts only `POST`.
    pub method: &'r str,
    /// The path without its query. KMS accepts only `/`.
    pub path: &'r str,
    /// The query without its `?`. STS reads it in a `GET`.
    pub query: Option<&'r str>,
    /// The header `X-Amz-Target`, such as `TrentService.Sign`.
    pub target: Option<&'r str>,
    /// The header `Authorization`. Its credential scope selects the Region, its access key id the
    /// account.
    pub authorization: Option<&'r str>,
    /// The header `Accept`. STS returns JSON instead of XML if it contains `application/json`.
    pub accept: Option<&'r str>,
    /// All headers with their values, in the order of the request. Only signatures need them: they are
    /// read if [`AuthMode::checks_signatures`](crate::AuthMode::checks_signatures).
    pub headers: &'r [(&'r str, &'r str)],
    /// The body, a JSON object.
    pub body: &'r [u8],
    /// The sender, for the events.
    pub sender: Sender<'r>,
}

/// The sender of a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sender<'r> {
    /// The IP address. `None` means the loopback address.
    pub address: Option<IpAddr>,
    /// The header `User-Agent`.
    pub user_agent: Option<&'r str>,
    /// The AWS service that calls KMS for the caller, such as `sqs.us-east-1.amazonaws.com`: the value of
    /// `kms:ViaService`. From the emulator's own header `X-Emulator-Via-Service`.
    pub via_service: Option<&'r str>,
}

/// A member of an object. Most objects have a few members, and comparing these takes less time than a
/// hash.
pub(crate) fn member<'b>(body: &'b Map<String, Value>, name: &str) -> Option<&'b Value> {
    const FEW: usize = 8;
    if body.len() > FEW {
        return body.get(name);
    }
    let mut members = body.iter();
    members.find_map(|(other, value)| (other == name).then_some(value))
}

impl<'r> Request<'r> {
    /// A request without credentials. `target` is `TrentService.` followed by the operation.
    pub fn new(target: &'r str, body: &'r [u8]) -> Self {
        Self {
            method: "POST",
            path: "/",
            target: Some(target),
            body,
            ..Self::default()
        }
    }

    /// The value of a header, if the request has it. With several, the first.
    pub(crate) fn header(&self, name: &str) -> Option<&'r str> {
        self.header_values(name).next()
    }

    /// All values of a header.
    pub(crate) fn header_values(&self, name: &str) -> impl Iterator<Item = &'r str> {
        let headers = self.headers.iter();
        let headers = headers.filter(move |(other, _)| other.eq_ignore_ascii_case(name));
        headers.map(|(_, value)| *value)
    }

    /// The value of a parameter in the query. With several, the first.
    pub(crate) fn query_value(&self, name: &str) -> Option<Cow<'r, str>> {
        let mut pairs = form_urlencoded::parse(self.query?.as_bytes());
        pairs.find_map(|(other, value)| (other == name).then_some(value))
    }

    /// The header `Authorization`, or for a request that is signed in its query, the start of such a
    /// header.
    pub(crate) fn credential(&self) -> Option<Cow<'r, str>> {
        if let Some(header) = self.authorization {
            return Some(header.into());
        }
        let algorithm = self.query_value("X-Amz-Algorithm")?;
        let credential = self.query_value("X-Amz-Credential")?;
        Some(format!("{algorithm} Credential={credential}").into())
    }

    /// Parses the body.
    pub(crate) fn json(&self) -> Result<Body, ProtocolError> {
        if let Ok(body) = serde_json::from_slice(self.body) {
            return Ok(body);
        }
        match serde_json::from_slice(self.body) {
            Ok(Value::Object(body)) => Ok(body.into()),
            Ok(other) => Err(ProtocolError::not_an_object(&other)),
            Err(error) => Err(ProtocolError::not_json(self.body, &error)),
        }
    }
}
