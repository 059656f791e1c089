//! awsJson1.1 without HTTP: what of a request matters to KMS, and what an answer is made of.
//!
//! The server in front turns a socket's bytes into a [`Request`] and a [`Reply`] into bytes; a
//! test does the same without a socket.

pub(crate) mod blob;
mod reply;
mod request;

pub use reply::{Reply, Trace};
pub(crate) use reply::{encode, request_id};
pub use request::{Request, Sender};

pub(crate) use blob::Blob;
pub(crate) use request::Body;
