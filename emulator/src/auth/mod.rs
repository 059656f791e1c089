//! Callers, their identities and their sessions.

mod caller;
mod identity;
mod mode;
mod principal;
mod session;
mod user_id;

pub(crate) use caller::{Caller, credential_scope};
pub(crate) use identity::Identity;
pub use mode::AuthMode;
pub(crate) use principal::{Account, InlinePolicy, ManagedPolicyRecord, Principal};
pub(crate) use session::Session;
pub(crate) use user_id::{letter, unique_id};
