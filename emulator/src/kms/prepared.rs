//! Preparation and execution of requests.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Kms, PendingReply, failure};
use crate::api::KeyArn;
use crate::auth::{Caller, Identity};
use crate::clock::Timestamp;
use crate::constraint;
use crate::context::last_use::LastUse;
use crate::context::{Due, OperationInfo, RequestState};
use crate::error::{Error, Injected, Internal, ProtocolError, SignedService, message};
use crate::fault::{ConnectionFault, Hit, RequestInfo};
use crate::journal::{ApiCallEvent, Parameters};
use crate::model::{self, model};
use crate::operation::{self, Call, Cost, Entry};
use crate::protocol::{Format, Reply, Request, Sender, Trace, request_id};
use crate::quota::Quotas;
use crate::scheduled;
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
enum ReadyCall {
    Kms {
        operation: &'static Entry,
        call: Box<dyn Call>,
        cost: Cost,
    },
    Sts(Box<StsCall>),
}

/// A request to STS with its caller.
struct StsCall {
    request: StsRequest,
    caller: Caller,
}

/// The state of a request while it is processed.
struct Progress {
    request_id: String,
    trace: Trace,
    format: Format,
    hit: Option<Hit>,
    api_call: Option<ApiCall>,
}

/// The data for the event of a request. It exists once the operation and the caller are known.
struct ApiCall {
    shape: &'static model::Operation,
    operation: Option<&'static Entry>,
    caller: Caller,
    at: Timestamp,
    address: Option<IpAddr>,
    user_agent: Option<String>,
    parameters: Parameters,
    keys: Vec<KeyArn>,
}

impl Kms {
    /// Reads and checks a request. Does no slow work. An invalid request gets its error when it is
    /// submitted.
    pub fn prepare(&self, request: &Request<'_>) -> Prepared {
        let mut progress = Progress {
            request_id: request_id(&self.services.random),
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

    fn caller(&self, authorization: Option<&str>) -> Result<Caller, Error> {
        let location = &self.services.location;
        let find = |access_key_id: &str| Identity::find(&self.services.store, access_key_id);
        let mut caller = Caller::new(authorization, location, find)?;
        if self.one_location {
            caller.location.clone_from(location);
        }
        Ok(caller)
    }

    fn read(&self, request: &Request<'_>, progress: &mut Progress) -> Result<ReadyCall, Error> {
        let name = request.operation()?;
        let shape = model()
            .operation(name)
            .ok_or_else(|| ProtocolError::unknown_operation(request.target))?;
        progress.trace.operation = Some(&shape.name);
        let operation = operation::find(name);

        let now = self.services.clock.now();
        let caller = self.caller(request.credential().as_deref())?;
        let session = caller.session();
        let is_expired = session.is_some_and(|session| session.is_expired(now));
        progress.trace.location = Some(caller.location.to_string());
        let Sender {
            address,
            user_agent,
        } = request.sender;
        let has_events = self.services.journal.is_enabled();
        let api_call = progress.api_call.insert(ApiCall {
            shape,
            operation,
            caller,
            at: now,
            address,
            user_agent: user_agent.filter(|_| has_events).map(str::to_owned),
            parameters: Parameters::default(),
            keys: Vec::new(),
        });

        progress.hit = self.faults.on_arrival(&RequestInfo {
            operation: &shape.name,
            caller: &api_call.caller,
        });
        check_hit(progress.hit.as_ref())?;

        let body = request.json()?;
        let caller = &api_call.caller;
        if let Err(error) = self.verify_signature(request, SignedService::Kms, caller) {
            // CloudTrail has events of known callers only.
            progress.api_call = None;
            return Err(error);
        }
        if is_expired {
            return Err(message::expired_token().into());
        }
        if has_events {
            api_call.parameters = Parameters::of(shape, &body);
        }
        progress.trace.set_reference(&body);
        if let Some(input) = shape.input {
            constraint::check(model(), input, &body)?;
        }
        let operation =
            operation.ok_or_else(|| Error::NotImplemented(format!("the operation {name} yet")))?;
        let call = operation.parse(&body)?;

        // The input determines the quota, so only valid requests are counted. Whether AWS counts
        // invalid requests is unknown.
        if self.services.quotas == Quotas::Aws {
            for (location, quota) in call.charges(&api_call.caller.location) {
                self.throttle.count(&location, quota, now)?;
            }
        }
        let cost = self.cost(operation, call.as_ref(), &body, &api_call.caller, now)?;
        Ok(ReadyCall::Kms {
            operation,
            call,
            cost,
        })
    }

    fn run(&self, ready: ReadyCall, progress: &mut Progress) -> Result<(Vec<u8>, Receipt), Error> {
        match ready {
            ReadyCall::Kms {
                operation, call, ..
            } => self.run_kms(operation, call, progress),
            ReadyCall::Sts(call) => self.run_sts(*call, progress),
        }
    }

    fn run_sts(&self, call: StsCall, progress: &Progress) -> Result<(Vec<u8>, Receipt), Error> {
        let StsCall { request, caller } = call;
        let info = OperationInfo::internal("STS");
        let now = self.services.clock.now();
        let mut state = RequestState::new(&self.services, info, caller.clone(), now);
        let answer = request.run(&caller, state.context(), &progress.request_id);
        let receipt = state.commit(answer.is_ok())?;
        Ok((answer?, receipt))
    }

    fn run_kms(
        &self,
        operation: &'static Entry,
        call: Box<dyn Call>,
        progress: &mut Progress,
    ) -> Result<(Vec<u8>, Receipt), Error> {
        let Progress {
            request_id,
            trace,
            hit,
            api_call,
            ..
        } = progress;
        let api_call = api_call
            .as_mut()
            .ok_or_else(|| Internal::new("run the operation", "its caller is unknown"))?;
        let (caller, now) = (&api_call.caller, api_call.at);

        if Due::first(&self.services.store, now).is_some() {
            if self.services.random.is_seeded() {
                // In the background, the order of random bytes would not be the same in each run.
                scheduled::run_due(&self.services, now)?;
            } else {
                self.due_work.start(&self.services);
            }
        }
        let mut state = RequestState::new(&self.services, operation.info, caller.clone(), now)
            .with_request_id(request_id);
        let answer = call.run(state.context());
        trace.key = state.subject_key().map(|key| key.id.to_string());
        api_call.keys = state.subject_keys();
        // The key of the request is known only now. Nothing is committed yet.
        if hit.is_none() {
            let info = RequestInfo {
                operation: operation.info.name,
                caller,
            };
            let state = RefCell::new(&mut state);
            let is_about = |name: &str| state.borrow_mut().is_about(&api_call.keys, name);
            *hit = self.faults.on_key(&info, is_about);
            check_hit(hit.as_ref())?;
        }
        let used_keys = state.take_used_keys();
        let receipt = state.commit(answer.is_ok())?;
        let answer = answer?;
        for key in used_keys {
            let last = LastUse {
                operation: operation.info.name.into(),
                at: now,
                request_id: request_id.clone(),
            };
            // Decryption must work even if the store rejects writes.
            let saved = self
                .services
                .last_uses
                .record(&self.services.store, key, last);
            if let Err(error) = saved {
                tracing::warn!(request_id, "cannot save the last use of a key: {error}");
            }
        }
        Ok((answer, receipt))
    }

    /// Adds the event of a request, unless the operation is unknown or a fault dropped the request.
    fn add_event(&self, progress: &mut Progress, outcome: Result<&[u8], &Error>) {
        let hit = progress.hit.as_ref();
        let arrived = hit.is_none_or(|hit| hit.connection != Some(ConnectionFault::DropBefore));
        let journal = &self.services.journal;
        let Some(call) = progress
            .api_call
            .take()
            .filter(|_| arrived && journal.is_enabled())
        else {
            return;
        };
        let event = ApiCallEvent {
            operation: call.shape,
            read_only: call.operation.is_some_and(|operation| operation.read_only),
            caller: &call.caller,
            sender: Sender {
                address: call.address,
                user_agent: call.user_agent.as_deref(),
            },
            at: call.at,
            request_id: &progress.request_id,
            parameters: call.parameters,
            keys: &call.keys,
            outcome,
        };
        journal.add(event.into_event());
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

/// Fails a request if a fault prevents it. A fault that drops the connection has an error, too, for
/// callers without a connection.
fn check_hit(hit: Option<&Hit>) -> Result<(), Error> {
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
