//! Keys in custom key stores.

use serde::{Deserialize, Serialize};

/// A key's membership in a custom key store.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Membership {
    /// The store's id.
    pub(crate) store: String,
    /// The id of the external key at the proxy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) xks_key_id: Option<String>,
    /// Whether the store is connected. Looked up in the store's record whenever the key is read.
    #[serde(skip)]
    pub(crate) connected: bool,
    /// The CloudHSM cluster of the store. Looked up like `connected`.
    #[serde(skip)]
    pub(crate) cluster: Option<String>,
}
