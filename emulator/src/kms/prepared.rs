//! Preparation of requests.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use super::{Kms, PendingReply, failure};
use crate::api::KeyArn;
use crate::auth::Caller;
use crate::authorization::{Asked, By};
use crate::clock::Timestamp;
use crate::constraint;
use crate::context::Followed;
use crate::error::{Error, Injected, Internal, ProtocolError, SignedService, message};
use crate::fault::{Hit, RequestInfo};
use crate::journal::Parameters;
use crate::model::{self, model};
use crate::operation::{self, Call, Cost, Entry};
use crate::protocol::{Body, Format, Reply, Request, Sender, Trace, request_id};
use crate::quota::Quotas;
use crate::store::Receipt;
use crate::sts::StsRequest;

/// A request that was read and checked, from [`Kms::prepare`].
#[must_use = "a prepared request runs when it is submitted"]
pub struct Prepared {
    progress: Progress,
    /// The operation with its input, or the error of the request.
    call: Result<ReadyCall, Error>,
    cost: Cost,
    /// The changes of others that were read.
    read: Receipt,
}

/// An operation with its parsed input.
pub(super) enum ReadyCall {
    Kms {
        operation: &'static Entry,
        call: Box<dyn Call>,
        cost: Cost,
        /// With `--auth policy`: what the permissions depend on.
        asked: Option<Box<Asked>>,
    },
    Sts(Box<StsCall>),
}

/// A request to STS with its caller.
pub(super) struct StsCall {
    pub(super) request: StsRequest,
    pub(super) caller: Arc<Caller>,
}

/// The state of a request while it is processed.
pub(super) struct Progress {
    pub(super) started: Instant,
    pub(super) request_id: String,
    pub(super) trace: Trace,
    pub(super) format: Format,
    pub(super) hit: Option<Hit>,
    pub(super) followed: Option<Arc<Followed>>,
    pub(super) api_call: Option<ApiCall>,
}

/// The data for the event of a request. It exists once the operation and the caller are known.
pub(super) struct ApiCall {
    pub(super) shape: &'static model::Operation,
    pub(super) operation: Option<&'static Entry>,
    pub(super) caller: Arc<Caller>,
    pub(super) at: Timestamp,
    pub(super) address: Option<IpAddr>,
    pub(super) user_agent: Option<Arc<str>>,
    pub(super) parameters: Parameters,
    pub(super) keys: Vec<KeyArn>,
    /// The statement, grant or layer that refused the request.
    pub(super) refused_by: Option<By>,
    pub(super) via_service: Option<String>,
}

impl Kms {
    /// Reads and checks a request. Does no slow work. An invalid request gets its error when it is
    /// submitted.
    pub fn prepare(&self, request: &Request<'_>) -> Prepared {
        self.prepare_following(request, None)
    }

    /// As [`Self::prepare`], for a request that an upstream has answered.
    pub(crate) fn prepare_following(
        &self,
        request: &Request<'_>,
        followed: Option<Arc<Followed>>,
    ) -> Prepared {
        let id = followed.as_ref().and_then(|it| it.request_id.clone());
        let mut progress = Progress {
            started: Instant::now(),
            request_id: id.unwrap_or_else(|| request_id(&self.services.random)),
            followed,
            trace: Trace::default(),
            format: Format::default(),
            hit: None,
            api_call: None,
        };
        let read = || match StsRequest::read(request) {
            Some(sts) => self.read_sts(request, sts, &mut progress),
            None => self.read(request, &mut progress),
        };
        let (call, read) = self.services.store.observe(|| catch(read));
        let cost = match &call {
            Ok(ReadyCall::Kms { cost, .. }) => *cost,
            _ => Cost::Inline,
        };
        Prepared {
            progress,
            call,
            cost,
            read,
        }
    }

    /// The reply to a request that the server does not read, such as one that is too large.
    #[cfg(feature = "server")]
    pub(crate) fn refuse(error: ProtocolError) -> Reply {
        let request_id = request_id(&crate::crypto::Random::System);
        failure(
            request_id,
            &error.into(),
            Trace::default(),
            Format::default(),
        )
    }

    /// Reads a request to STS.
    fn read_sts(
        &self,
        request: &Request<'_>,
        sts: StsRequest,
        progress: &mut Progress,
    ) -> Result<ReadyCall, Error> {
        progress.format = Format::Query(sts.format());
        progress.trace.operation = sts.operation().map(|operation| operation.name.as_str());
        let caller = self.caller(request.credential().as_deref())?;
        progress.trace.location = Some(caller.location.to_string());
        if sts.needs_credentials() {
            self.verify_signature(request, SignedService::Sts, &caller)?;
        }
        Ok(ReadyCall::Sts(Box::new(StsCall {
            request: sts,
            caller,
        })))
    }

    fn caller(&self, authorization: Option<&str>) -> Result<Arc<Caller>, Error> {
        let (services, one_location) = (&self.services, self.one_location);
        Ok(self.callers.caller(services, one_location, authorization)?)
    }

    fn read(&self, request: &Request<'_>, progress: &mut Progress) -> Result<ReadyCall, Error> {
        let name = request.operation()?;
        let shape = model()
            .operation(name)
            .ok_or_else(|| ProtocolError::unknown_operation(request.target))?;
        progress.trace.operation = Some(&shape.name);
        let operation = operation::find(name);

        let checks_policies = self.services.auth.checks_policies();
        let now = self.services.clock.now();
        let caller = self.caller(request.credential().as_deref())?;
        let session = caller.session();
        let is_expired = session.is_some_and(|session| session.is_expired(now));
        progress.trace.location = Some(caller.location.text());
        let Sender {
            address,
            user_agent,
            via_service,
        } = request.sender;
        let has_events = self.services.journal.is_enabled();
        let api_call = progress.api_call.insert(ApiCall {
            shape,
            operation,
            caller,
            at: now,
            address,
            user_agent: user_agent
                .filter(|_| has_events || checks_policies)
                .map(shared),
            parameters: Parameters::default(),
            keys: Vec::new(),
            refused_by: None,
            via_service: via_service.filter(|_| checks_policies).map(str::to_owned),
        });

        progress.hit = self.faults.on_arrival(&RequestInfo {
            operation: &shape.name,
            caller: &api_call.caller,
        });
        check_hit(progress.hit.as_ref())?;

        let mut body = request.json()?;
        if name == "CreateKey" {
            operation::set_material_apart(&mut body, self.services.drop_in);
        }
        let caller = &api_call.caller;
        if let Err(error) = self.verify_signature(request, SignedService::Kms, caller) {
            // CloudTrail has events of known callers only.
            progress.api_call = None;
            return Err(error);
        }
        if is_expired {
            return Err(message::expired_token().into());
        }
        progress.trace.set_reference(&body);
        let ready = self.read_input(operation, shape, &body, caller, now);
        if has_events {
            api_call.parameters = Parameters::new(shape, body);
        }
        ready
    }

    /// Checks the input of a request, and parses it.
    fn read_input(
        &self,
        operation: Option<&'static Entry>,
        shape: &model::Operation,
        body: &Body,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<ReadyCall, Error> {
        if let Some(input) = shape.input {
            constraint::check(model(), input, |name| body.get(name))?;
        }
        let operation = operation
            .ok_or_else(|| Error::NotImplemented(format!("the operation {} yet", shape.name)))?;
        let call = operation.parse(body)?;

        // The input determines the quota, so only valid requests are counted. Whether AWS counts
        // invalid requests is unknown.
        if self.services.quotas == Quotas::Aws {
            for (location, quota) in call.charges(&caller.location) {
                self.throttle.count(&location, quota, now)?;
            }
        }
        let checks_policies = self.services.auth.checks_policies();
        let asked =
            || Asked::read(body.iter()).map_err(|error| Internal::new("read the input", error));
        let asked = checks_policies.then(asked).transpose()?;
        let cost = self.cost(operation, call.as_ref(), body, asked.as_ref(), caller, now)?;
        Ok(ReadyCall::Kms {
            operation,
            call,
            cost,
            asked: asked.map(Box::new),
        })
    }
}

impl Prepared {
    /// The cost of the request.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// Runs the request. `kms` must be the one that prepared it. The changes are visible when this
    /// returns. They, and the changes of others that it has read, are on disk when the reply is
    /// [durable](PendingReply::durable).
    pub fn submit(self, kms: &Kms) -> PendingReply {
        let Self {
            mut progress,
            call,
            read,
            ..
        } = self;
        let run = || call.and_then(|ready| catch(|| kms.run(ready, &mut progress)));
        let (outcome, also_read) = kms.services.store.observe(run);
        let body = outcome.as_ref().map(|(body, _)| body.as_slice());
        kms.add_event(&mut progress, body);
        let Progress {
            request_id,
            trace,
            format,
            hit,
            ..
        } = progress;
        let (mut reply, receipt) = match outcome {
            Ok((body, receipt)) => (Reply::success(request_id, body, trace, format), receipt),
            Err(error) => (
                failure(request_id, &error, trace, format),
                Receipt::settled(),
            ),
        };
        if let Some(hit) = &hit {
            reply.disrupt(hit);
        }
        PendingReply::new(reply, receipt.and(read).and(also_read))
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Prepared")
            .field("operation", &self.progress.trace.operation)
            .field("cost", &self.cost)
            .finish_non_exhaustive()
    }
}

/// A text that most requests of a thread share with the one before.
fn shared(text: &str) -> Arc<str> {
    thread_local! {
        static LATEST: RefCell<Arc<str>> = RefCell::new(Arc::from(""));
    }
    LATEST.with_borrow_mut(|latest| {
        if **latest != *text {
            *latest = text.into();
        }
        Arc::clone(latest)
    })
}

/// Fails a request if a fault prevents it. A fault that drops the connection has an error, too, for
/// callers without a connection.
pub(super) fn check_hit(hit: Option<&Hit>) -> Result<(), Error> {
    match hit.filter(|hit| hit.prevents()) {
        Some(hit) => Err(Error::Injected(
            hit.error.clone().unwrap_or(Injected::Page { status: 503 }),
        )),
        None => Ok(()),
    }
}

/// Turns a panic into an internal error. A panic in one request must not end the others.
fn catch<T>(run: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| Err(panicked(panic.as_ref())))
}

fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Internal::new("run the operation", text.unwrap_or("a panic")).into()
}
