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
