//! The messages of KMS, one function each. The golden cases in `fixtures/cases` quote them with their
//! sources. No other module contains messages of AWS.

mod access;
mod alias;
mod create_key;
mod credentials;
mod cryptography;
mod custom_key;
mod custom_key_store;
mod grant;
mod import;
mod key_lookup;
mod key_state;
mod multi_region;
mod page;
mod policy;
mod quota;
mod rotation;
mod tag;

pub(crate) use access::*;
pub(crate) use alias::*;
pub(crate) use create_key::*;
pub(crate) use credentials::*;
pub(crate) use cryptography::*;
pub(crate) use custom_key::*;
pub(crate) use custom_key_store::*;
pub(crate) use grant::*;
pub(crate) use import::*;
pub(crate) use key_lookup::*;
pub(crate) use key_state::*;
pub(crate) use multi_region::*;
pub(crate) use page::*;
pub(crate) use policy::*;
pub(crate) use quota::*;
pub(crate) use rotation::*;
pub(crate) use tag::*;

use super::{Code, KmsError, Mismatch};

fn error(code: Code, message: impl Into<String>) -> KmsError {
    KmsError::new(code, message)
}

fn without_message(code: Code, reason: Mismatch) -> KmsError {
    KmsError::without_message(code, reason)
}

/// The message of an internal error. KMS's own message is not published.
pub(crate) const fn internal() -> &'static str {
    "Internal error in Simulated KMS; search its log for this request id."
}

#[cfg(test)]
mod tests;
