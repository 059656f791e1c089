//! Execution of prepared requests.

use std::cell::RefCell;
use std::sync::Arc;

use super::Kms;
use super::prepared::{Progress, ReadyCall, StsCall, check_hit};
use crate::authorization::Asked;
use crate::context::last_use::LastUse;
use crate::context::{Due, OperationInfo, Origin, RequestState};
use crate::error::{Error, Internal};
use crate::fault::{ConnectionFault, RequestInfo};
use crate::journal::{self, Outcome};
use crate::operation::{Call, Entry};
use crate::scheduled;
use crate::store::Receipt;

impl Kms {
    pub(super) fn run(
        &self,
        ready: ReadyCall,
        progress: &mut Progress,
    ) -> Result<(Vec<u8>, Receipt), Error> {
        match ready {
            ReadyCall::Kms {
                operation,
                call,
                asked,
                ..
            } => self.run_kms(operation, call, asked, progress),
            ReadyCall::Sts(call) => self.run_sts(*call, progress),
        }
    }

    fn run_sts(&self, call: StsCall, progress: &Progress) -> Result<(Vec<u8>, Receipt), Error> {
        let StsCall { request, caller } = call;
        let info = OperationInfo::internal("STS");
        let now = self.services.clock.now();
        let mut state = RequestState::new(&self.services, info, Arc::clone(&caller), now);
        let answer = request.run(&caller, state.context(), &progress.request_id);
        let receipt = state.commit(answer.is_ok())?;
        Ok((answer?, receipt))
    }

    fn run_kms(
        &self,
        operation: &'static Entry,
        call: Box<dyn Call>,
        asked: Option<Box<Asked>>,
        progress: &mut Progress,
    ) -> Result<(Vec<u8>, Receipt), Error> {
        let Progress {
            request_id,
            trace,
            hit,
            api_call,
            followed,
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
        let mut state = RequestState::new(&self.services, operation.info, Arc::clone(caller), now)
            .with_request_id(request_id)
            .following(followed.clone());
        let permitted = asked.map_or(Ok(()), |asked| {
            let origin = Origin {
                address: api_call.address,
                user_agent: api_call.user_agent.as_deref().map(str::to_owned),
                via_service: api_call.via_service.clone(),
            };
            state.require_permissions(*asked, origin)
        });
        let answer = permitted.and_then(|()| call.run(state.context()));
        api_call.refused_by = state.refused_by().cloned();
        trace.key = state.subject_key().map(|key| key.id.as_str().to_owned());
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
    pub(super) fn add_event(&self, progress: &mut Progress, outcome: Result<&[u8], &Error>) {
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
        let read_only = call.operation.is_some_and(|operation| operation.read_only);
        let outcome = match outcome {
            Ok(body) => Outcome::of_answer(call.shape, read_only, body),
            Err(error) => Outcome::of_error(error),
        };
        journal.add(journal::Call::Api(Box::new(journal::ApiCall {
            operation: call.shape,
            read_only,
            caller: call.caller,
            address: call.address,
            user_agent: call.user_agent,
            at: call.at,
            request_id: progress.request_id.clone(),
            parameters: call.parameters,
            keys: call.keys,
            refused_by: call.refused_by,
            outcome,
            duration: progress.started.elapsed(),
            fault: progress.hit.as_ref().map(|hit| hit.fault),
        })));
    }
}
