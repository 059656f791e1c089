//! What an operation works with: the time, the caller, the records that it may read and, once it
//! takes the write lock, change.
//!
//! [`Context`] reads and may call the proxies of external key stores. [`Context::write`] consumes it
//! and gives a [`WriteContext`], which holds the write lock, so that no slow call can be made while
//! other requests wait for the lock. Both are a [`RequestContext`], so each way to read records
//! exists once.

mod aliases;
pub(crate) mod consistency;
mod custom_key_stores;
mod grants;
mod identities;
mod keys;
pub(crate) mod last_use;
mod limits;
mod materials;
mod read;
pub(crate) mod records;
mod request;
mod services;
mod write;

pub(crate) use limits::Resource;
pub(crate) use request::{
    Context, Lock, OperationInfo, RequestContext, RequestState, WriteContext,
};
pub(crate) use services::{Services, ServicesConfig};
