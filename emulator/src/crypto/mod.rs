//! Cryptography: the only user of the libraries that do it.
//!
//! Operations see [`KeyMaterial`] alone, so that a library can be changed for another under it,
//! one per algorithm. Today ECDSA on P-256 is `p256`'s.

mod ec;
pub(crate) mod random;

use std::fmt;

use zeroize::Zeroizing;

use crate::key::{KeySpec, SigningAlgorithm};

/// The secret of a key, decoded and ready to work. `Debug` shows nothing of it.
pub(crate) enum KeyMaterial {
    EccNistP256(ec::P256),
}

/// What is to be signed, or was.
#[derive(Clone, Copy)]
pub(crate) enum Message<'m> {
    /// The message itself; hashing it is part of the algorithm.
    Raw(&'m [u8]),
    /// Its digest, of the length that the algorithm asks for.
    Digest(&'m [u8]),
}

/// A secret as bytes, on its way to or from the store. It is overwritten when dropped.
pub(crate) struct SecretBytes(Zeroizing<Vec<u8>>);

/// Why material could not be used. Nothing here is secret.
#[derive(Debug)]
pub(crate) enum CryptoError {
    /// Stored bytes that are no key of the spec.
    InvalidMaterial(KeySpec),
    /// A spec or an algorithm that the material does not have; checked before, so a bug.
    Mismatch {
        spec: KeySpec,
        algorithm: SigningAlgorithm,
    },
    /// The library failed.
    Failed(&'static str),
}

impl KeyMaterial {
    /// New material, or `None` for a spec that cannot be made yet.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub(crate) fn generate(spec: KeySpec) -> Option<Result<Self, CryptoError>> {
        match spec {
            KeySpec::EccNistP256 => Some(ec::P256::generate().map(Self::EccNistP256)),
            _ => None,
        }
    }

    /// Material from the bytes of [`Self::encode`].
    ///
    /// # Errors
    ///
    /// If they are not such bytes.
    pub(crate) fn decode(spec: KeySpec, secret: &[u8]) -> Result<Self, CryptoError> {
        match spec {
            KeySpec::EccNistP256 => ec::P256::decode(secret).map(Self::EccNistP256),
            _ => Err(CryptoError::InvalidMaterial(spec)),
        }
    }

    /// The material as bytes, for the store.
    pub(crate) fn encode(&self) -> SecretBytes {
        match self {
            Self::EccNistP256(key) => key.encode(),
        }
    }

    /// The public key as DER, `SubjectPublicKeyInfo`.
    ///
    /// # Errors
    ///
    /// If the library fails to encode it.
    pub(crate) fn public_key(&self) -> Result<Vec<u8>, CryptoError> {
        match self {
            Self::EccNistP256(key) => key.public_key(),
        }
    }

    /// Signs a message. ECDSA nonces are random: two signatures of one message differ, as on AWS.
    ///
    /// # Errors
    ///
    /// If the material does not have the algorithm, or the library fails.
    pub(crate) fn sign(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
    ) -> Result<Vec<u8>, CryptoError> {
        match (self, algorithm) {
            (Self::EccNistP256(key), SigningAlgorithm::EcdsaSha256) => key.sign(message),
            (Self::EccNistP256(_), _) => Err(self.mismatch(algorithm)),
        }
    }

    /// Whether a signature is one of this message by this key.
    ///
    /// # Errors
    ///
    /// If the material does not have the algorithm.
    pub(crate) fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<bool, CryptoError> {
        match (self, algorithm) {
            (Self::EccNistP256(key), SigningAlgorithm::EcdsaSha256) => {
                Ok(key.verify(message, signature))
            }
            (Self::EccNistP256(_), _) => Err(self.mismatch(algorithm)),
        }
    }

    fn mismatch(&self, algorithm: SigningAlgorithm) -> CryptoError {
        let spec = match self {
            Self::EccNistP256(_) => KeySpec::EccNistP256,
        };
        CryptoError::Mismatch { spec, algorithm }
    }
}

impl SecretBytes {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for KeyMaterial {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("KeyMaterial(..)")
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretBytes(..)")
    }
}

impl fmt::Display for CryptoError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidMaterial(spec) => write!(formatter, "the material is no {spec} key"),
            Self::Mismatch { spec, algorithm } => {
                write!(formatter, "{spec} material was asked for {algorithm}")
            }
            Self::Failed(what) => write!(formatter, "cannot {what}"),
        }
    }
}

impl std::error::Error for CryptoError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_shows_in_debug() {
        let material = KeyMaterial::generate(KeySpec::EccNistP256)
            .unwrap()
            .unwrap();
        assert_eq!(format!("{material:?}"), "KeyMaterial(..)");
        assert_eq!(format!("{:?}", material.encode()), "SecretBytes(..)");
    }
}
