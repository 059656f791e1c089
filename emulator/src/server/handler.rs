//! Handles HTTP requests: routes them, reads their bodies within limits, and calls the KMS.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::http::request::Parts;
use hyper::{Request, Response, Version};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::access_log::AccessLog;
use super::body::ResponseBody;
use super::connection_info::ConnectionInfo;
use super::control::Control;
use super::convert::{kms_request, response};
use super::cors::CorsOrigins;
use super::status::Status;
use super::{Limits, welcome};
use crate::error::ProtocolError;
use crate::protocol::Reply;
use crate::{Cost, Kms};

/// Handles the requests of all connections.
pub(super) struct Handler {
    kms: Arc<Kms>,
    control: Control,
    cors: CorsOrigins,
    status: Status,
    access_log: AccessLog,
    limits: Limits,
    in_flight: Semaphore,
    cpu_bound: Semaphore,
    rsa_key_generations: Semaphore,
    network_bound: Semaphore,
}

impl Handler {
    /// `authority` is the PEM certificate that clients must trust.
    pub(super) fn new(
        kms: Arc<Kms>,
        control: Control,
        cors: CorsOrigins,
        authority: Option<String>,
        limits: Limits,
    ) -> Self {
        Self {
            kms,
            control,
            cors,
            status: Status::new(authority),
            access_log: AccessLog::default(),
            limits,
            in_flight: Semaphore::new(limits.requests),
            cpu_bound: Semaphore::new(limits.cpu_bound),
            rsa_key_generations: Semaphore::new(limits.rsa_key_generations),
            network_bound: Semaphore::new(limits.network_bound),
        }
    }

    pub(super) fn access_log(&self) -> &AccessLog {
        &self.access_log
    }

    pub(super) async fn handle(
        &self,
        request: Request<Incoming>,
        connection: ConnectionInfo,
    ) -> Response<ResponseBody> {
        let (head, body) = request.into_parts();
        let is_rejected = connection.rejection.is_some();
        match head.uri.path() {
            "/health" => self.status.health(&self.kms, &head.method),
            "/ca.pem" => self.status.authority(&head.method),
            _ if !is_rejected && Control::is_for(&head) => {
                self.control.handle(&self.kms, &head, body).await
            }
            _ if !is_rejected && welcome::is_for(&head) => {
                welcome::page(&head, connection.is_tls, self.control.access())
            }
            _ => self.handle_kms(&head, body, connection).await,
        }
    }

    /// Handles a request to the KMS API.
    async fn handle_kms(
        &self,
        head: &Parts,
        body: Incoming,
        connection: ConnectionInfo,
    ) -> Response<ResponseBody> {
        let started = Instant::now();
        let origin = self.cors.allowed(head);
        if let Some(response) = origin.as_ref().and_then(|origin| origin.preflight(head)) {
            return response;
        }
        let reply = match (connection.rejection, self.in_flight.try_acquire()) {
            (None, Ok(_permit)) => self.reply(head, connection.peer, body).await,
            (None, Err(_)) => Kms::refuse(ProtocolError::Busy),
            (Some(rejection), _) => Kms::refuse(rejection.into()),
        };
        self.access_log.request(head, &reply, started.elapsed());
        // Otherwise, the rest of an unread body would be parsed as the next request.
        let close = connection.rejection.is_some() || matches!(reply.status, 408 | 413);
        let Some(mut response) = response(reply, close && head.version < Version::HTTP_2) else {
            // In HTTP/2, an error would only reset the stream.
            connection.abort.notify_one();
            return std::future::pending().await;
        };
        if let Some(origin) = origin {
            origin.add_headers(response.headers_mut());
        }
        response
    }

    async fn reply(&self, head: &Parts, peer: IpAddr, body: Incoming) -> Reply {
        let body = match self.read(body).await {
            Ok(body) => body,
            Err(error) => return Kms::refuse(error),
        };
        let reply = self.call(head, peer, body).await;
        if !reply.disruption.delay.is_zero() {
            tokio::time::sleep(reply.disruption.delay).await;
        }
        reply
    }

    /// Calls the KMS, on a blocking thread unless the operation is cheap.
    async fn call(&self, head: &Parts, peer: IpAddr, body: Bytes) -> Reply {
        let prepared = self.kms.prepare(&kms_request(head, peer, &body));
        let permits = match prepared.cost() {
            Cost::Inline => return prepared.submit(&self.kms).durable().await,
            Cost::Cpu => &self.cpu_bound,
            Cost::RsaKeygen => &self.rsa_key_generations,
            Cost::Network => &self.network_bound,
        };
        let permit = permits.acquire().await;
        let kms = Arc::clone(&self.kms);
        let pending = tokio::task::spawn_blocking(move || prepared.submit(&kms)).await;
        drop(permit);
        match pending {
            Ok(pending) => pending.durable().await,
            // The task does not panic. It is cancelled only when the runtime shuts down.
            Err(_) => Kms::refuse(ProtocolError::Busy),
        }
    }

    async fn read(&self, body: Incoming) -> Result<Bytes, ProtocolError> {
        // A body whose `Content-Length` is too large is not read.
        if body.size_hint().lower() > self.limits.body_size as u64 {
            return Err(ProtocolError::TooLarge);
        }
        let body = Limited::new(body, self.limits.body_size).collect();
        match timeout(self.limits.body_timeout, body).await {
            Ok(Ok(body)) => Ok(body.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(ProtocolError::TooLarge),
            // The client disconnected, or sent an invalid chunk.
            Ok(Err(_)) => Err(ProtocolError::serialization()),
            Err(_) => Err(ProtocolError::Timeout),
        }
    }
}
