//! The cost of a request.

use crate::api::{EncryptionAlgorithm, KeyFamily, KeySpec, SigningAlgorithm};
use crate::quota::SharedQuota;

/// The cost of a request, without disk writes.
///
/// A server runs everything but [`Cost::Inline`] on separate threads, so that other requests do not
/// wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cost {
    /// Microseconds. Such a request can run on the current thread.
    Inline,
    /// Milliseconds of computation: the use of an RSA private key.
    Cpu,
    /// Up to a second of waiting for the proxy of an external key store.
    Network,
    /// Up to seconds of computation: the generation of an RSA key.
    RsaKeygen,
}

impl Cost {
    /// The cost of the generation of a key.
    pub(super) fn of_key_generation(spec: KeySpec) -> Self {
        if spec.family() == KeyFamily::Rsa {
            Self::RsaKeygen
        } else {
            Self::Inline
        }
    }

    /// The cost of a signature.
    pub(super) fn of_signature(algorithm: SigningAlgorithm) -> Self {
        Self::of_private_key(algorithm.into())
    }

    /// The cost of a decryption.
    pub(super) fn of_decryption(algorithm: Option<EncryptionAlgorithm>) -> Self {
        algorithm.map_or(Self::Inline, |algorithm| {
            Self::of_private_key(algorithm.into())
        })
    }

    fn of_private_key(kind: SharedQuota) -> Self {
        if kind == SharedQuota::Rsa {
            Self::Cpu
        } else {
            Self::Inline
        }
    }
}
