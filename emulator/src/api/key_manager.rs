//! The manager of a key.

use serde::{Deserialize, Serialize};

/// `KeyManager` of `KeyMetadata`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum KeyManager {
    /// An AWS service, on behalf of the customer.
    #[serde(rename = "AWS")]
    Aws,
    #[default]
    #[serde(rename = "CUSTOMER")]
    Customer,
}

impl KeyManager {
    /// The name on the wire.
    #[cfg(feature = "server")]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Customer => "CUSTOMER",
        }
    }
}
