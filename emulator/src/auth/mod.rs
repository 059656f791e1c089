//! Who asks.

mod caller;

pub(crate) use caller::Caller;
