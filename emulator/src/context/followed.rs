//! What a request takes over from the upstream of a shadow.

use crate::api::KeyId;

/// What an upstream has answered to a request that this KMS repeats. Then both have keys with the same
/// ids, and state that follows from the same requests.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "server"),
    allow(dead_code, reason = "only a shadow of an upstream follows it")
)]
pub(crate) struct Followed {
    /// The id of the request.
    pub(crate) request_id: Option<String>,
    /// The id of a key that the request creates.
    pub(crate) key_id: Option<KeyId>,
    /// A text that imported key material is derived from. It was encrypted for the upstream, so it cannot
    /// be known here.
    pub(crate) material: Option<String>,
    /// Whether the upstream did what was asked. If it refused, nothing is stored here either.
    pub(crate) succeeded: bool,
}
