//! awsJson1.1 without HTTP: the parts of a request that KMS reads, and the parts of a reply.
//!
//! The server converts between bytes on a socket and a [`Request`] or [`Reply`]. Tests use them
//! without a socket.

pub(crate) mod blob;
mod body;
mod misdirected;
pub(crate) mod reply;
mod request;
mod target;
mod trace;

#[cfg(feature = "server")]
pub(crate) use misdirected::printable;
pub(crate) use misdirected::signed_service;
pub use reply::Reply;
pub(crate) use reply::{Format, QueryFormat, encode, request_id};
pub use request::{Request, Sender};
pub use trace::Trace;

pub(crate) use blob::Blob;
pub(crate) use body::Body;
pub(crate) use request::member;
