//! Errors of attestation documents.

use std::convert::Infallible;

use thiserror::Error;

use crate::crypto::CryptoError;

/// Why an attestation document was rejected or could not be created.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct AttestationError(#[from] Reason);

/// The reason inside an [`AttestationError`]. Private, so that the conversions from errors of
/// other crates stay out of the public API.
#[derive(Debug, Error)]
pub(super) enum Reason {
    /// The document breaks a rule.
    #[error("{0}")]
    Invalid(&'static str),
    #[error("the document is not valid CBOR of the expected types")]
    Decode(#[from] minicbor::decode::Error),
    #[error("cannot encode the document")]
    Encode(#[from] minicbor::encode::Error<Infallible>),
    #[error("cannot issue the certificate")]
    Certificate(#[from] rcgen::Error),
    #[error("cannot sign the document")]
    Sign(#[from] CryptoError),
}
