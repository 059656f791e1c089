//! A client of a KMS endpoint: AWS, or an emulator. It sends only to the host that it was made for.

mod address;
mod answer;
mod credentials;
mod error;
mod identity;
mod profile;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;
use std::time::Duration;

use ureq::Agent;
use ureq::http;

pub(crate) use address::Address;
pub(crate) use answer::Answer;
pub(crate) use credentials::Credentials;
pub(crate) use error::RemoteError;
pub(crate) use identity::{Identity, region};

use crate::clock::system_time;
use crate::outgoing;
use crate::protocol::Request;
use crate::sigv4::Signer;

/// The maximum length of an answer. A page of `ListGrants` can have more than 1 MB.
const MAX_ANSWER: u64 = 4 * 1024 * 1024;

/// The service in the scope of signatures.
const SERVICE: &str = "kms";

/// The format of KMS.
const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// A KMS endpoint and the caller's identity.
#[derive(Debug)]
pub(crate) struct Remote {
    address: Address,
    region: String,
    identity: Identity,
    options: Options,
    agent: Agent,
}

/// How to connect.
#[derive(Debug)]
pub(crate) struct Options {
    /// The certificate authorities to trust instead of Mozilla's, in PEM.
    pub(crate) ca: Option<Vec<u8>>,
    /// The time for one attempt, from connecting to the last byte.
    pub(crate) timeout: Duration,
    /// How often a throttled call is repeated.
    pub(crate) retries: u32,
    /// The pause before the first repetition. It doubles each time.
    pub(crate) pause: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            ca: None,
            timeout: Duration::from_secs(30),
            retries: 4,
            pause: Duration::from_millis(500),
        }
    }
}

impl Options {
    /// The default options with the certificate authorities of a PEM file, if there is one.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn trusting(file: Option<&Path>) -> Result<Self, String> {
        let ca = file.map(|file| {
            fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
        });
        Ok(Self {
            ca: ca.transpose()?,
            ..Self::default()
        })
    }
}

/// A request, as it is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outgoing<'a> {
    pub(crate) method: &'a str,
    /// With the query.
    pub(crate) path: &'a str,
    /// `X-Amz-Target`.
    pub(crate) target: Option<&'a str>,
    pub(crate) content_type: &'a str,
    pub(crate) body: &'a [u8],
    /// The Region of the signature, if it is not that of the endpoint.
    pub(crate) region: Option<&'a str>,
    pub(crate) signature: Signature<'a>,
    /// Further headers, which are not signed.
    pub(crate) headers: &'a [(&'a str, &'a str)],
}

/// Who signs a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Signature<'a> {
    /// The identity of the [`Remote`].
    Own,
    By(&'a Credentials),
    /// The header `Authorization` as it is.
    Header(&'a str),
    Absent,
}

impl Default for Outgoing<'_> {
    fn default() -> Self {
        Self {
            method: "POST",
            path: "/",
            target: None,
            content_type: CONTENT_TYPE,
            body: b"",
            region: None,
            signature: Signature::Own,
            headers: &[],
        }
    }
}

impl Remote {
    /// # Errors
    ///
    /// `options.ca` has no certificate.
    pub(crate) fn new(
        address: Address,
        region: String,
        identity: Identity,
        options: Options,
    ) -> Result<Self, RemoteError> {
        let agent = outgoing::agent(options.ca.as_deref(), options.timeout);
        let agent = agent.ok_or_else(|| {
            RemoteError::Invalid("the file of certificate authorities has no certificate".into())
        })?;
        Ok(Self {
            address,
            region,
            identity,
            options,
            agent,
        })
    }

    pub(crate) const fn address(&self) -> &Address {
        &self.address
    }

    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// Calls an operation. A throttled call is repeated.
    ///
    /// # Errors
    ///
    /// There is no answer, it is not one of KMS, or the call was throttled each time.
    pub(crate) fn call(&self, operation: &str, body: &[u8]) -> Result<Answer, RemoteError> {
        let target = format!("TrentService.{operation}");
        let answer = self.send_patiently(&Outgoing {
            target: Some(&target),
            body,
            ..Outgoing::default()
        })?;
        if answer.is_foreign() {
            return Err(answer.not_kms());
        }
        Ok(answer)
    }

    /// Sends a request until its answer is not that it was throttled. Every other answer is one.
    ///
    /// # Errors
    ///
    /// There is no answer, or the request was throttled each time.
    pub(crate) fn send_patiently(&self, request: &Outgoing<'_>) -> Result<Answer, RemoteError> {
        let mut pause = self.options.pause;
        for attempt in 0..=self.options.retries {
            if attempt > 0 {
                std::thread::sleep(pause);
                pause = pause.saturating_mul(2);
            }
            let answer = self.send(request)?;
            if !answer.is_throttled() {
                return Ok(answer);
            }
        }
        Err(RemoteError::Throttled {
            attempts: self.options.retries.saturating_add(1),
        })
    }

    /// Sends a request once. Every status and every body is an answer.
    ///
    /// # Errors
    ///
    /// There is no answer.
    pub(crate) fn send(&self, request: &Outgoing<'_>) -> Result<Answer, RemoteError> {
        let prepared = self.prepare(request)?;
        let mut response = self
            .agent
            .run(prepared)
            .map_err(|error| self.failure(&error))?;
        let status = response.status().as_u16();
        let headers = response.headers().iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), value.into_owned())
        });
        let headers = headers.collect();
        let body = response.body_mut().with_config().limit(MAX_ANSWER);
        let body = body.read_to_vec().map_err(|error| self.failure(&error))?;
        Ok(Answer {
            status,
            headers,
            body,
        })
    }

    /// The request with its headers.
    fn prepare<'r>(&self, request: &Outgoing<'r>) -> Result<http::Request<&'r [u8]>, RemoteError> {
        // With another form, such as `*` or `.example.com`, the path could become a part of the host's name.
        if !request.path.starts_with('/') {
            return Err(RemoteError::Invalid("the path has no slash".to_owned()));
        }
        let mut builder = http::Request::builder()
            .method(request.method)
            .uri(format!("{}{}", self.address, request.path));
        let mut headers = vec![("content-type", request.content_type)];
        headers.extend(request.target.map(|target| ("x-amz-target", target)));
        let (date, authorization, token);
        match request.signature {
            Signature::Own | Signature::By(_) => {
                let credentials = match request.signature {
                    Signature::By(credentials) => credentials.clone(),
                    _ => self
                        .identity
                        .credentials()
                        .map_err(RemoteError::Credentials)?,
                };
                token = credentials.session_token.clone();
                headers.extend(token.as_deref().map(|it| ("x-amz-security-token", it)));
                headers.push(("host", self.address.authority()));
                let signed = self.sign(request, &headers, &credentials);
                (date, authorization) = (signed.date, signed.authorization);
                headers.retain(|(name, _)| *name != "host");
                headers.push(("x-amz-date", &date));
                headers.push(("authorization", &authorization));
            }
            Signature::Header(text) => headers.push(("authorization", text)),
            Signature::Absent => {}
        }
        headers.extend(request.headers);
        for (name, value) in headers {
            builder = builder.header(name, value);
        }
        let invalid = |error: http::Error| RemoteError::Invalid(error.to_string());
        builder.body(request.body).map_err(invalid)
    }

    fn sign(
        &self,
        request: &Outgoing<'_>,
        headers: &[(&str, &str)],
        credentials: &Credentials,
    ) -> crate::sigv4::Signed {
        let (path, query) = match request.path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (request.path, None),
        };
        let signer = Signer {
            access_key_id: &credentials.access_key_id,
            secret: &credentials.secret,
            region: request.region.unwrap_or(&self.region),
            service: SERVICE,
        };
        let request = Request {
            method: request.method,
            path,
            query,
            headers,
            body: request.body,
            ..Request::default()
        };
        signer.sign_request(&request, system_time())
    }

    fn failure(&self, error: &ureq::Error) -> RemoteError {
        RemoteError::of(error, self.options.timeout, MAX_ANSWER)
    }
}
