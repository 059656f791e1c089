//! Errors of cryptography.

use thiserror::Error;

use crate::api::KeySpec;

/// Why a cryptographic operation failed. No message contains a secret.
#[derive(Debug, Error)]
pub(crate) enum CryptoError {
    /// The bytes are not key material of the spec.
    #[error("the material is not a valid {0} key")]
    InvalidMaterial(KeySpec),
    /// The material does not support the algorithm. Callers check this first, so this is a bug.
    #[error("the material does not support {0}")]
    Unsupported(&'static str),
    /// The library failed.
    #[error("cannot {0}")]
    Failed(&'static str),
}
