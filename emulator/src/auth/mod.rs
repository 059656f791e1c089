//! The caller of a request.

mod caller;
mod identity;

pub(crate) use caller::Caller;
pub(crate) use identity::Identity;
