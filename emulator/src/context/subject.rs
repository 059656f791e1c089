//! The policies of a caller.

use super::{Lock, RequestContext};
use crate::auth::Caller;
use crate::authorization::Subject;
use crate::error::Error;
use crate::iam::Actor;

impl<L: Lock> RequestContext<'_, '_, L> {
    /// A caller with its policies.
    pub(crate) fn subject(&self, caller: &Caller) -> Result<Subject, Error> {
        Ok(Subject {
            actor: Actor::of_arn(&caller.arn()),
            ..Subject::default()
        })
    }
}
