//! The KMS itself: a request in, an answer out.
//!
//! [`Kms::start`] is the whole way of a request on one screen. It is synchronous and knows neither
//! HTTP nor a runtime; what is left to wait for afterwards is the disk.

mod builder;
mod snapshot;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use memchr::memmem;

use crate::agenda;
use crate::api::{KeyArn, Location};
use crate::attestation::Trust;
use crate::auth::{Caller, Identity};
use crate::clock::{Clock, Setting, Timestamp};
use crate::constraint;
use crate::context::Context;
use crate::context::consistency::Lag;
use crate::crypto::{Random, Saved, Spares};
use crate::custom_key_store::{self, Proxies};
use crate::error::{Error, Injected, Internal, ProtocolError};
use crate::fault::{Cut, Faults, Hit, Plan, Subject};
use crate::instance_secret::InstanceSecret;
use crate::journal::{Call, EventQuery, Events, Journal, Parameters};
use crate::key::last_use::{LastUse, LastUses};
use crate::key::material_cache::MaterialCache;
use crate::model::{self, model};
use crate::operation;
use crate::protocol::{Reply, Request, Trace, request_id};
use crate::quota::{Quotas, Throttle};
use crate::seed::Seed;
use crate::store::{Receipt, Store, StoreError};

pub use builder::Builder;
use snapshot::Snapshots;
pub use snapshot::{Snapshot, UnknownSnapshot};

/// A Key Management Service.
///
/// ```
/// use kms_emulator::{Kms, protocol::Request};
///
/// let kms = Kms::builder().build_temporary()?;
/// let reply = kms.handle(&Request::new("TrentService.CreateKey", br#"{"KeySpec":"ECC_NIST_P256","KeyUsage":"SIGN_VERIFY"}"#));
/// assert_eq!(reply.status, 200);
/// # Ok::<(), kms_emulator::StoreError>(())
/// ```
pub struct Kms {
    pub(crate) store: Store,
    pub(crate) clock: Arc<Clock>,
    /// What there was when it was new, to be reset to; made when it is asked for, if it was not
    /// new when it was opened.
    beginning: OnceLock<Snapshot>,
    seed: Seed,
    clock_at_start: Setting,
    random_at_start: Option<Saved>,
    pub(crate) materials: MaterialCache,
    instance_secret: RwLock<Arc<InstanceSecret>>,
    pub(crate) random: Random,
    pub(crate) trust: Trust,
    pub(crate) spares: Spares,
    pub(crate) last_uses: LastUses,
    pub(crate) transition_time: Duration,
    pub(crate) lag: Lag,
    pub(crate) quotas: Quotas,
    pub(crate) throttle: Throttle,
    pub(crate) proxies: Proxies,
    /// Whether there is, or was, an external key store.
    pub(crate) external_stores: AtomicBool,
    pub(crate) faults: Plan,
    pub(crate) journal: Journal,
    snapshots: Snapshots,
    /// The account and Region of requests that do not say.
    pub(crate) location: Location,
    /// Whether those are the account and Region of all requests.
    one_location: bool,
}

/// How much work a request is, apart from the disk's: [`Kms::work`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Microseconds.
    Light,
    /// Milliseconds: the use of an RSA private key.
    Heavy,
    /// Perhaps a second of waiting: the proxy of an external key store is called.
    Outside,
    /// Perhaps seconds: an RSA key is made.
    KeyPair,
}

/// What became known of a request on its way.
#[derive(Default)]
struct Seen {
    trace: Trace,
    hit: Option<Hit>,
    called: Option<Called>,
}

/// A request of which the operation and the caller are known.
struct Called {
    operation: &'static model::Operation,
    caller: Caller,
    at: Timestamp,
    parameters: Parameters,
    keys: Vec<KeyArn>,
}

impl Called {
    fn new(operation: &'static model::Operation, caller: Caller, at: Timestamp) -> Self {
        Self {
            operation,
            caller,
            at,
            parameters: Parameters::default(),
            keys: Vec::new(),
        }
    }
}

/// An answer that may be told only when the disk has what it says.
#[must_use = "wait for the answer"]
pub struct Pending {
    reply: Reply,
    receipt: Receipt,
}

impl Kms {
    /// A KMS with the system's clock, for account `000000000000` in `us-east-1`.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// Answers a request, waiting for the disk if it changed something.
    pub fn handle(&self, request: &Request<'_>) -> Reply {
        self.start(request).wait()
    }

    /// Does what a request asks for. What it changed is visible when this returns, and on the
    /// disk when the answer is waited for.
    pub fn start(&self, request: &Request<'_>) -> Pending {
        let request_id = request_id(&self.random);
        let mut seen = Seen::default();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            self.run(request, &request_id, &mut seen)
        }))
        .unwrap_or_else(|panic| Err(panicked(panic.as_ref())));
        let body = match &outcome {
            Ok((body, _)) => Ok(body.as_slice()),
            Err(error) => Err(error),
        };
        self.record(request, &request_id, &mut seen, body);
        let (mut reply, receipt) = match outcome {
            Ok((body, receipt)) => (Reply::success(request_id, body, seen.trace), receipt),
            Err(error) => (refused(request_id, &error, seen.trace), Receipt::settled()),
        };
        if let Some(hit) = &seen.hit {
            reply.disrupt(hit);
        }
        Pending { reply, receipt }
    }

    fn run(
        &self,
        request: &Request<'_>,
        request_id: &str,
        seen: &mut Seen,
    ) -> Result<(Vec<u8>, Receipt), Error> {
        let name = request.operation()?;
        let shape = model()
            .operation(name)
            .ok_or(ProtocolError::UnknownOperation)?;
        seen.trace.operation = Some(&shape.name);

        let now = self.clock.now();
        let find = |access_key_id: &str| Identity::find(&self.store, access_key_id);
        let mut caller = Caller::new(request.authorization, &self.location, find)?;
        if self.one_location {
            caller.location.clone_from(&self.location);
        }
        seen.trace.location = Some(caller.location.to_string());
        let call = seen.called.insert(Called::new(shape, caller.clone(), now));

        let subject = Subject {
            operation: &shape.name,
            caller: &caller,
        };
        seen.hit = self.faults.on_arrival(&subject);
        refuse_if_hit(seen.hit.as_ref())?;

        let body = request.json()?;
        if self.journal.is_kept() {
            call.parameters = Parameters::of(shape, &body);
        }
        if let Some(input) = shape.input {
            constraint::check(input, &body)?;
        }
        let operation = operation::find(name)
            .ok_or_else(|| Error::NotImplemented(format!("the operation {name} yet")))?;

        // The body tells what kind of key is asked for, so a request is counted once its body is
        // checked, and before anything is done for it. Whether AWS counts wrong ones is not known.
        if self.quotas == Quotas::Aws {
            self.throttle.count(&caller.location, name, &body, now)?;
        }
        agenda::settle(self, now)?;
        let mut context =
            Context::new(self, operation.asked, caller.clone(), now).of_request(request_id);
        let answer = (operation.run)(&body, &mut context);
        seen.trace.key = context.key_arn().map(|key| key.id.to_string());
        call.keys = context.keys_seen();
        // Only now is it known which key is meant; nothing is kept yet.
        if seen.hit.is_none() {
            seen.hit = self
                .faults
                .on_key(&subject, |name| context.is_about(&call.keys, name));
            refuse_if_hit(seen.hit.as_ref())?;
        }
        let used = context.take_used();
        let receipt = context.commit(answer.is_ok())?;
        let answer = answer?;
        for key in used {
            let last = LastUse {
                operation: operation.name.into(),
                at: now,
                request_id: request_id.to_owned(),
            };
            // A store that takes no more writes must not keep anybody from decrypting.
            if let Err(error) = self.last_uses.note(&self.store, key, last) {
                tracing::warn!(request_id, "the last use of a key was not noted: {error}");
            }
        }
        Ok((answer, receipt))
    }

    /// Adds a request to the events, unless it named no operation, or a fault kept it from
    /// arriving.
    fn record(
        &self,
        request: &Request<'_>,
        request_id: &str,
        seen: &mut Seen,
        outcome: Result<&[u8], &Error>,
    ) {
        let arrived = seen
            .hit
            .as_ref()
            .is_none_or(|hit| hit.cut != Some(Cut::DropBefore));
        let Some(called) = seen
            .called
            .take()
            .filter(|_| arrived && self.journal.is_kept())
        else {
            return;
        };
        self.journal.add(
            Call {
                operation: called.operation,
                caller: &called.caller,
                sender: request.sender,
                at: called.at,
                request_id,
                parameters: called.parameters,
                keys: &called.keys,
                outcome,
            }
            .event(),
        );
    }

    /// An answer to a request that never became one of the protocol: too large, too slow, or one
    /// too many.
    #[cfg(feature = "server")]
    pub(crate) fn refuse(error: ProtocolError) -> Reply {
        refused(request_id(&Random::System), &error.into(), Trace::default())
    }

    /// How much work a request will be. It is the mention of an algorithm in the body that tells,
    /// so a message that happens to mention one is taken for more work than it is.
    ///
    /// Whoever serves many requests at once keeps those that are more than light apart.
    pub fn work(&self, request: &Request<'_>) -> Work {
        let operation = request.operation().ok().and_then(operation::find);
        let (mention, work) = operation.map_or(("", Work::Light), |operation| operation.work);
        match memmem::find(request.body, mention.as_bytes()) {
            Some(_) if work != Work::Light => work,
            _ if self.external_stores.load(Ordering::Relaxed)
                && operation.is_some_and(|operation| {
                    custom_key_store::may_call_a_proxy(operation.name)
                }) =>
            {
                Work::Outside
            }
            _ => Work::Light,
        }
    }

    /// The Region of requests that are not signed for one.
    pub fn region(&self) -> &str {
        self.location.region.as_str()
    }

    /// The clock that it goes by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The faults that are set, and how to set one.
    pub fn faults(&self) -> Faults<'_> {
        Faults::new(&self.faults)
    }

    /// What was asked so far, as far as there is room for it.
    pub fn events(&self) -> Events {
        Events(self.journal.find(&EventQuery::default()))
    }

    pub(crate) fn instance_secret(&self) -> Arc<InstanceSecret> {
        Arc::clone(
            &self
                .instance_secret
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// How many keys there are, in all accounts and Regions.
    pub fn key_count(&self) -> usize {
        let mut keys = 0;
        self.store.scan("key/", None, |_, _| {
            keys += 1;
            true
        });
        keys
    }
}

impl Drop for Kms {
    fn drop(&mut self) {
        if let Err(error) = self.last_uses.save_all(&self.store) {
            tracing::warn!("the last uses of keys were not saved: {error}");
        }
    }
}

impl Pending {
    /// Waits for the disk, blocking.
    pub fn wait(self) -> Reply {
        let written = self.receipt.wait();
        told(self.reply, written)
    }

    /// Waits for the disk.
    pub async fn written(self) -> Reply {
        let written = self.receipt.written().await;
        told(self.reply, written)
    }
}

/// An answer must not promise what the disk did not take.
fn told(reply: Reply, written: Result<(), StoreError>) -> Reply {
    match written {
        Ok(()) => reply,
        Err(error) => refused(reply.request_id, &error.into(), reply.trace),
    }
}

/// A fault that keeps a request from being done. One whose connection is to be dropped has an
/// answer too, for whoever holds no connection.
fn refuse_if_hit(hit: Option<&Hit>) -> Result<(), Error> {
    match hit.filter(|hit| hit.prevents()) {
        Some(hit) => Err(Error::Injected(
            hit.refusal
                .clone()
                .unwrap_or(Injected::Page { status: 503 }),
        )),
        None => Ok(()),
    }
}

fn refused(request_id: String, error: &Error, trace: Trace) -> Reply {
    if let Error::Internal(internal) = error {
        tracing::error!(request_id, "{}", internal.chain());
    }
    Reply::failure(request_id, error, trace)
}

fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Internal::new("run the operation", text.unwrap_or("a panic")).into()
}

#[cfg(test)]
mod deterministic_tests;
#[cfg(test)]
mod tests {
    use super::*;

    fn call(kms: &Kms, target: &str, body: &str) -> Reply {
        kms.handle(&Request::new(target, body.as_bytes()))
    }

    fn create_key(kms: &Kms) -> String {
        let body = r#"{"KeySpec":"ECC_NIST_P256","KeyUsage":"SIGN_VERIFY"}"#;
        call(kms, "TrentService.CreateKey", body).trace.key.unwrap()
    }

    /// Changes a byte of a record, as a failing disk would.
    fn damage(kms: &Kms, name: &str) -> Vec<u8> {
        let mut bytes = kms.store.get(name).unwrap().to_vec();
        bytes[20] ^= 1;
        let mut changes = kms.store.begin().unwrap();
        changes.put(name, bytes.clone());
        changes.commit().unwrap().wait().unwrap();
        bytes
    }

    #[test]
    fn a_damaged_record_is_an_internal_error_and_neither_skipped_nor_rewritten() {
        let kms = Kms::builder().build_temporary().unwrap();
        let (whole, broken) = (create_key(&kms), create_key(&kms));
        let name = format!("key/000000000000/us-east-1/{broken}");
        let bytes = damage(&kms, &name);
        let key = |id: &str| format!(r#"{{"KeyId":"{id}"}}"#);
        for (operation, body) in [
            ("DescribeKey", key(&broken)),
            ("DisableKey", key(&broken)),
            ("ScheduleKeyDeletion", key(&broken)),
            ("ListKeys", "{}".to_owned()),
        ] {
            let reply = call(&kms, &format!("TrentService.{operation}"), &body);
            assert_eq!(reply.status, 500, "{operation}");
            assert_eq!(
                reply.trace.error.as_deref(),
                Some("KMSInternalException"),
                "{operation}"
            );
        }
        assert_eq!(kms.store.get(&name).unwrap().as_ref(), bytes);
        assert_eq!(
            call(&kms, "TrentService.DescribeKey", &key(&whole)).status,
            200
        );
    }

    #[test]
    fn damaged_material_is_an_internal_error_that_shows_nothing_of_it() {
        let kms = Kms::builder().build_temporary().unwrap();
        let id = create_key(&kms);
        damage(&kms, &format!("material/000000000000/us-east-1/{id}/0"));
        let sign =
            format!(r#"{{"KeyId":"{id}","Message":"bQ==","SigningAlgorithm":"ECDSA_SHA_256"}}"#);
        let reply = call(&kms, "TrentService.Sign", &sign);
        assert_eq!(reply.status, 500);
        let expected = format!(
            r#"{{"__type":"KMSInternalException","message":"{}"}}"#,
            crate::error::message::internal()
        );
        assert_eq!(String::from_utf8(reply.body).unwrap(), expected);
    }
}
