//! Callers and their identities.

mod caller;
mod identity;

pub(crate) use caller::Caller;
pub(crate) use identity::Identity;
