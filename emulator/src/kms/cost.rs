//! The cost of a request, which determines whether a server lets it wait for others.

use super::Kms;
use crate::auth::Caller;
use crate::authorization::Asked;
use crate::clock::Timestamp;
use crate::context::{Origin, RequestState};
use crate::error::Error;
use crate::operation::{Call, Cost, Entry};
use crate::protocol::Body;

impl Kms {
    /// The cost of a call that was parsed from `body`.
    ///
    /// # Errors
    ///
    /// As [`Entry::parse`].
    pub(super) fn cost(
        &self,
        operation: &Entry,
        call: &dyn Call,
        body: &Body,
        asked: Option<&Asked>,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Cost, Error> {
        let calls_proxy = operation.calls_proxy && self.services.has_external_key_stores();
        match call.cost() {
            Cost::Inline if calls_proxy => Ok(Cost::Network),
            Cost::RsaKeygen if !calls_proxy => {
                let state = RequestState::new(&self.services, operation.info, caller.clone(), now);
                let mut state = state.rehearse();
                let call = operation.parse(body)?;
                let permitted = match asked {
                    Some(asked) => state.require_permissions(asked.clone(), Origin::default()),
                    None => Ok(()),
                };
                let answer = permitted.and_then(|()| call.run(state.context()));
                // A request that a rule of KMS refuses does not wait for the keys of others.
                let is_refused = matches!(answer, Err(Error::Kms(_) | Error::Validation(_)));
                Ok(if is_refused {
                    Cost::Cpu
                } else {
                    Cost::RsaKeygen
                })
            }
            cost => Ok(cost),
        }
    }
}
