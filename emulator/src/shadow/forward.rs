//! A client's request on its way to the upstream, and the answer on its way back.

use super::Shadow;
use crate::protocol::{Reply, Request};
use crate::remote::{Answer, Outgoing, RemoteError, Signature};

/// Headers of the connection, of the client's browser, and those that the request to the upstream gets anew.
const NOT_SENT: [&str; 20] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "origin",
    "proxy-authorization",
    "proxy-connection",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-amz-target",
    "x-emulator-token",
];
/// Headers of the client's signature.
const OF_SIGNATURE: [&str; 4] = [
    "date",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
];
/// Headers of the connection to the upstream, and those that this server sets.
const NOT_RETURNED: [&str; 13] = [
    "access-control-allow-credentials",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "connection",
    "content-length",
    "keep-alive",
    "proxy-authenticate",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

impl Shadow {
    /// Sends a request to the upstream, once.
    ///
    /// # Errors
    ///
    /// The upstream gives no answer.
    pub(super) fn forward(
        &self,
        request: &Request<'_>,
        region: Option<&str>,
    ) -> Result<Answer, RemoteError> {
        let path = match request.query {
            Some(query) => format!("{}?{query}", request.path),
            None => request.path.to_owned(),
        };
        let replaced: &[&str] = if self.signs { &OF_SIGNATURE } else { &[] };
        let headers = request.headers.iter().copied();
        let headers: Vec<_> = headers
            .filter(|(name, _)| {
                let mut dropped = NOT_SENT.iter().chain(replaced);
                !dropped.any(|other| name.eq_ignore_ascii_case(other))
            })
            .collect();
        let signature = match request.authorization {
            _ if self.signs => Signature::Own,
            Some(header) => Signature::Header(header),
            None => Signature::Absent,
        };
        let defaults = Outgoing::default();
        self.remote.send(&Outgoing {
            method: request.method,
            path: &path,
            target: request.target,
            content_type: request
                .header("content-type")
                .unwrap_or(defaults.content_type),
            body: request.body,
            region,
            signature,
            headers: &headers,
        })
    }

    /// The reply to the client: the answer of the upstream, with the log's parts of ours.
    pub(super) fn passed_on(answer: Answer, ours: Reply) -> Reply {
        let mut reply = ours;
        reply.trace.error = answer.error();
        reply.trace.error_message = None;
        reply.trace.reason = None;
        if let Some(id) = answer.header("x-amzn-requestid") {
            id.clone_into(&mut reply.request_id);
        }
        let Answer {
            status,
            headers,
            body,
        } = answer;
        let headers = headers
            .into_iter()
            .filter(|(name, _)| !NOT_RETURNED.contains(&name.as_str()));
        Reply {
            status,
            body,
            passed_headers: Some(headers.collect()),
            ..reply
        }
    }
}
