//! The context of an operation: the time, the caller, and access to records.
//!
//! [`Context`] reads records and calls the proxies of external key stores. [`Context::write`]
//! consumes it and returns a [`WriteContext`], which holds the write lock and cannot call proxies.
//! Both are a [`RequestContext`], which has the methods that read records.

mod aliases;
mod authorize;
pub(crate) mod consistency;
mod custom_key_stores;
mod due;
mod followed;
mod grants;
mod identities;
mod keys;
pub(crate) mod last_use;
mod limits;
mod materials;
mod new_keys;
mod origin;
mod permissions;
mod principals;
mod read;
pub(crate) mod records;
mod request;
mod service_events;
mod services;
mod subject;
mod unasked;
mod write;

pub(crate) use due::Due;
pub(crate) use followed::Followed;
pub(crate) use limits::Resource;
pub(crate) use origin::Origin;
pub(crate) use request::{
    Context, Lock, OperationInfo, RequestContext, RequestState, WriteContext,
};
pub(crate) use services::{Services, ServicesConfig};
