//! Handles HTTP requests: routes them, reads their bodies within limits, and calls the KMS.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Request, Response, Version};
use tokio::sync::Semaphore;

use super::access_log::AccessLog;
use super::body::ResponseBody;
use super::connection_info::ConnectionInfo;
use super::control::Control;
use super::convert::{all_headers, kms_request, response};
use super::cors::CorsOrigins;
use super::request_body::BodyReader;
use super::shadowed;
use super::status::Status;
use super::unread::AllUnread;
use super::{Limits, console, welcome};
use crate::error::ProtocolError;
use crate::protocol::Reply;
use crate::shadow::Shadow;
use crate::{Cost, Kms};

/// The header with the reason of an error, which AWS does not have.
const REASON: HeaderName = HeaderName::from_static("x-emulator-reason");

/// Handles the requests of all connections.
pub(super) struct Handler {
    kms: Arc<Kms>,
    /// Answers instead of the KMS, with what its upstream answers.
    shadow: Option<Arc<Shadow>>,
    control: Control,
    cors: CorsOrigins,
    reason_header: bool,
    status: Status,
    access_log: AccessLog,
    bodies: BodyReader,
    body_size: usize,
    unread: AllUnread,
    running: Semaphore,
    cpu_bound: Semaphore,
    rsa_key_generations: Semaphore,
    network_bound: Arc<Semaphore>,
}

impl Handler {
    /// `authority` is the PEM certificate that clients must trust.
    pub(super) fn new(
        kms: Arc<Kms>,
        shadow: Option<Arc<Shadow>>,
        control: Control,
        cors: CorsOrigins,
        reason_header: bool,
        authority: Option<String>,
        limits: Limits,
    ) -> Self {
        let upstream = shadow.as_ref().map(|shadow| shadow.upstream());
        Self {
            kms,
            shadow,
            control,
            cors,
            reason_header,
            status: Status::new(authority, upstream),
            access_log: AccessLog::default(),
            bodies: BodyReader::new(limits.body_timeout, limits.body_memory),
            body_size: limits.body_size,
            unread: AllUnread::default(),
            running: Semaphore::new(limits.requests),
            cpu_bound: Semaphore::new(limits.cpu_bound),
            rsa_key_generations: Semaphore::new(limits.rsa_key_generations),
            network_bound: Arc::new(Semaphore::new(limits.network_bound)),
        }
    }

    pub(super) fn access_log(&self) -> &AccessLog {
        &self.access_log
    }

    pub(super) fn unread(&self) -> AllUnread {
        AllUnread::clone(&self.unread)
    }

    pub(super) async fn handle(
        &self,
        request: Request<Incoming>,
        connection: Arc<ConnectionInfo>,
    ) -> Response<ResponseBody> {
        let in_progress = connection.activity.begin();
        connection.turn().await;
        let started = Instant::now();
        let (head, body) = request.into_parts();
        let is_rejected = connection.rejection.is_some();
        let response = match head.uri.path() {
            "/health" => self.status.health(&self.kms, &head.method),
            "/ca.pem" => self.status.authority(&head.method),
            _ if !is_rejected && Control::is_for(&head, self.has_drop_in_routes()) => {
                self.control
                    .handle(&self.kms, &head, body, &connection)
                    .await
            }
            _ if !is_rejected
                && let Some(page) = console::response(&head, self.control.access()) =>
            {
                page
            }
            _ if !is_rejected && welcome::is_for(&head) => {
                let auth = self.kms.auth();
                welcome::page(&head, connection.is_tls, self.control.access(), auth)
            }
            _ => self.handle_kms(&head, body, &connection).await,
        };
        connection.activity.has_worked(started.elapsed());
        response.map(|body| body.of(in_progress, &connection.unread))
    }

    /// Whether routes of other emulators have their meaning. Those of an upstream go to it.
    fn has_drop_in_routes(&self) -> bool {
        self.kms.services.drop_in && self.shadow.is_none()
    }

    /// Handles a request to the KMS API.
    async fn handle_kms(
        &self,
        head: &Parts,
        body: Incoming,
        connection: &ConnectionInfo,
    ) -> Response<ResponseBody> {
        let started = Instant::now();
        let (origin, refused) = match self.cors.check(head, connection.is_loopback) {
            Ok(origin) => (origin, connection.rejection.map(ProtocolError::from)),
            Err(error) => (None, Some(error)),
        };
        if matches!(refused, Some(ProtocolError::PlainHttp)) {
            self.access_log.http_on_tls_port(connection.peer);
        }
        if let Some(response) = origin.as_ref().and_then(|origin| origin.preflight(head)) {
            return response;
        }
        let reply = match refused {
            None => self.reply(head, body, connection).await,
            Some(error) => Err(error),
        };
        // Otherwise, the rest of an unread body would be parsed as the next request.
        let close = reply.is_err();
        let reply = reply.unwrap_or_else(Kms::refuse);
        self.access_log.request(head, &reply, started.elapsed());
        let reason = reply.trace.reason.clone().filter(|_| self.reason_header);
        let Some(mut response) = response(reply, close && head.version < Version::HTTP_2) else {
            // In HTTP/2, an error would only reset the stream.
            connection.abort.notify_one();
            return std::future::pending().await;
        };
        if let Some(Ok(reason)) = reason.map(HeaderValue::try_from) {
            response.headers_mut().insert(REASON, reason);
        }
        if let Some(origin) = origin {
            origin.add_headers(response.headers_mut());
        }
        response
    }

    /// The reply to a request, or the reason why its body was not read.
    async fn reply(
        &self,
        head: &Parts,
        body: Incoming,
        connection: &ConnectionInfo,
    ) -> Result<Reply, ProtocolError> {
        let body = self
            .bodies
            .read(body, self.body_size, &connection.body_memory)
            .await?;
        // A client that withholds a body and a delayed response need no permit, so that they do not
        // keep other clients from the KMS.
        let reply = {
            let _own_permit = match connection.running.try_acquire() {
                Ok(permit) => Ok(permit),
                Err(_) => connection.running.acquire().await,
            };
            match self.running.try_acquire() {
                _ if !connection.unread.has_room() => Kms::refuse(ProtocolError::Busy),
                Ok(_permit) => match &self.shadow {
                    None => self.call(head, connection.peer, &body.bytes).await,
                    Some(shadow) => {
                        let call = shadowed::Call {
                            head: head.clone(),
                            peer: connection.peer,
                            body: body.bytes.clone(),
                        };
                        call.answer(&self.kms, shadow, &self.network_bound).await
                    }
                },
                Err(_) => Kms::refuse(ProtocolError::Busy),
            }
        };
        drop(body);
        if !reply.disruption.delay.is_zero() {
            tokio::time::sleep(reply.disruption.delay).await;
        }
        Ok(reply)
    }

    /// Calls the KMS, on a blocking thread unless the operation is cheap.
    async fn call(&self, head: &Parts, peer: IpAddr, body: &[u8]) -> Reply {
        let headers = if self.kms.auth().checks_signatures() {
            all_headers(head)
        } else {
            Vec::new()
        };
        let prepared = self.kms.prepare(&kms_request(head, &headers, peer, body));
        let permits = match prepared.cost() {
            Cost::Inline => return prepared.submit(&self.kms).durable().await,
            Cost::Cpu => &self.cpu_bound,
            Cost::RsaKeygen => &self.rsa_key_generations,
            Cost::Network => &*self.network_bound,
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
}
