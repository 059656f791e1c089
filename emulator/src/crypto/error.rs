//! Why cryptography could not be done.

use std::fmt;

use crate::api::KeySpec;

/// Why material could not be used. Nothing here is secret.
#[derive(Debug)]
pub(crate) enum CryptoError {
    /// Bytes that are no key of the spec.
    InvalidMaterial(KeySpec),
    /// The material does not have the algorithm; checked before, so a bug.
    Mismatch(&'static str),
    /// The library failed.
    Failed(&'static str),
}

impl fmt::Display for CryptoError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidMaterial(spec) => write!(formatter, "the material is no {spec} key"),
            Self::Mismatch(asked) => {
                write!(
                    formatter,
                    "the material was asked for {asked}, which it does not have"
                )
            }
            Self::Failed(what) => write!(formatter, "cannot {what}"),
        }
    }
}

impl std::error::Error for CryptoError {}
