//! The material of a key. It dispatches to the module of its algorithm.

use std::fmt;

use super::algorithm::Algorithm;
use super::{
    CryptoError, Message, Random, SecretBytes, ec, ed25519, hmac, ml_dsa, ml_kem, rsa, secp256k1,
    sm2, symmetric,
};
use crate::api::{EncryptionAlgorithm, KeySpec, SigningAlgorithm};

/// The decoded secret of a key. `Debug` does not show it.
pub(crate) enum KeyMaterial {
    Symmetric(symmetric::Aes256),
    Hmac(hmac::HmacKey),
    Rsa(rsa::RsaKey),
    Ec(ec::EcKey),
    Secp256k1(secp256k1::Secp256k1),
    Ed25519(ed25519::Ed25519),
    Sm2(sm2::Sm2),
    MlDsa(ml_dsa::MlDsa),
    MlKem(ml_kem::MlKem),
}

impl KeyMaterial {
    /// Generates material. For RSA, this takes up to several seconds; use
    /// [`RsaKeyPool::generate`](super::RsaKeyPool::generate).
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub(crate) fn generate(spec: KeySpec, random: &Random) -> Result<Self, CryptoError> {
        Ok(match Algorithm::of(spec) {
            Algorithm::Symmetric => Self::Symmetric(symmetric::Aes256::generate(random)?),
            Algorithm::Hmac(function) => Self::Hmac(hmac::HmacKey::generate(function, random)?),
            Algorithm::Rsa(size) => Self::Rsa(rsa::RsaKey::generate(size, random)?),
            Algorithm::Ec(curve) => Self::Ec(ec::EcKey::generate(curve, random)?),
            Algorithm::Secp256k1 => Self::Secp256k1(secp256k1::Secp256k1::generate(random)?),
            Algorithm::Ed25519 => Self::Ed25519(ed25519::Ed25519::generate(random)?),
            Algorithm::Sm2 => Self::Sm2(sm2::Sm2::generate(random)?),
            Algorithm::MlDsa(set) => Self::MlDsa(ml_dsa::MlDsa::generate(set, random)?),
            Algorithm::MlKem(set) => Self::MlKem(ml_kem::MlKem::generate(set, random)?),
        })
    }

    /// Decodes the bytes of [`Self::encode`].
    ///
    /// # Errors
    ///
    /// If the bytes are not material of the spec.
    pub(crate) fn decode(spec: KeySpec, secret: &[u8]) -> Result<Self, CryptoError> {
        Ok(match Algorithm::of(spec) {
            Algorithm::Symmetric => Self::Symmetric(symmetric::Aes256::decode(secret)?),
            Algorithm::Hmac(function) => Self::Hmac(hmac::HmacKey::decode(function, secret)?),
            Algorithm::Rsa(size) => Self::Rsa(rsa::RsaKey::decode(size, secret)?),
            Algorithm::Ec(curve) => Self::Ec(ec::EcKey::decode(curve, secret)?),
            Algorithm::Secp256k1 => Self::Secp256k1(secp256k1::Secp256k1::decode(secret)?),
            Algorithm::Ed25519 => Self::Ed25519(ed25519::Ed25519::decode(secret)?),
            Algorithm::Sm2 => Self::Sm2(sm2::Sm2::decode(secret)?),
            Algorithm::MlDsa(set) => Self::MlDsa(ml_dsa::MlDsa::decode(set, secret)?),
            Algorithm::MlKem(set) => Self::MlKem(ml_kem::MlKem::decode(set, secret)?),
        })
    }

    /// Encodes the material for the store.
    ///
    /// # Errors
    ///
    /// If the library fails to encode it.
    pub(crate) fn encode(&self) -> Result<SecretBytes, CryptoError> {
        Ok(match self {
            Self::Symmetric(key) => key.encode(),
            Self::Hmac(key) => key.encode(),
            Self::Rsa(key) => key.encode(),
            Self::Ec(key) => key.encode(),
            Self::Secp256k1(key) => key.encode(),
            Self::Ed25519(key) => key.encode()?,
            Self::Sm2(key) => key.encode(),
            Self::MlDsa(key) => key.encode(),
            Self::MlKem(key) => key.encode(),
        })
    }

    /// The public key as a DER `SubjectPublicKeyInfo`; `None` for a symmetric or an HMAC key.
    ///
    /// # Errors
    ///
    /// If the library fails to encode it.
    pub(crate) fn public_key(&self) -> Result<Option<Vec<u8>>, CryptoError> {
        match self {
            Self::Symmetric(_) | Self::Hmac(_) => Ok(None),
            Self::Rsa(key) => key.public_key().map(Some),
            Self::Ec(key) => key.public_key().map(Some),
            Self::Secp256k1(key) => key.public_key().map(Some),
            Self::Ed25519(key) => key.public_key().map(Some),
            Self::Sm2(key) => key.public_key().map(Some),
            Self::MlDsa(key) => key.public_key().map(Some),
            Self::MlKem(key) => key.public_key().map(Some),
        }
    }

    /// The private key as PKCS#8, for a data key pair.
    ///
    /// # Errors
    ///
    /// If the library fails to encode it, or KMS has no data key pairs of the algorithm.
    pub(crate) fn private_key(&self) -> Result<SecretBytes, CryptoError> {
        match self {
            Self::Rsa(key) => Ok(key.encode()),
            Self::Ec(key) => key.private_key(),
            Self::Secp256k1(key) => key.private_key(),
            Self::Ed25519(key) => key.private_key(),
            Self::Sm2(key) => key.private_key(),
            Self::MlKem(key) => key.private_key(),
            Self::Symmetric(_) | Self::Hmac(_) | Self::MlDsa(_) => {
                Err(CryptoError::Unsupported("a data key pair"))
            }
        }
    }

    /// The approximate memory of the decoded key in KiB, including the library's data.
    pub(crate) const fn cache_weight(&self) -> u64 {
        match self {
            Self::Symmetric(_)
            | Self::Hmac(_)
            | Self::Ec(_)
            | Self::Secp256k1(_)
            | Self::Ed25519(_)
            | Self::Sm2(_) => 1,
            Self::Rsa(_) | Self::MlKem(_) => 10,
            Self::MlDsa(_) => 20,
        }
    }

    /// The AES-256-GCM key.
    ///
    /// # Errors
    ///
    /// If the material is of another algorithm.
    pub(crate) fn symmetric(&self) -> Result<&symmetric::Aes256, CryptoError> {
        match self {
            Self::Symmetric(key) => Ok(key),
            Self::Hmac(_)
            | Self::Rsa(_)
            | Self::Ec(_)
            | Self::Secp256k1(_)
            | Self::Ed25519(_)
            | Self::Sm2(_)
            | Self::MlDsa(_)
            | Self::MlKem(_) => Err(CryptoError::Unsupported("SYMMETRIC_DEFAULT")),
        }
    }

    /// The HMAC key.
    ///
    /// # Errors
    ///
    /// If the material is of another algorithm.
    pub(crate) fn hmac(&self) -> Result<&hmac::HmacKey, CryptoError> {
        match self {
            Self::Hmac(key) => Ok(key),
            Self::Symmetric(_)
            | Self::Rsa(_)
            | Self::Ec(_)
            | Self::Secp256k1(_)
            | Self::Ed25519(_)
            | Self::Sm2(_)
            | Self::MlDsa(_)
            | Self::MlKem(_) => Err(CryptoError::Unsupported("HMAC")),
        }
    }

    /// The ML-KEM key pair.
    ///
    /// # Errors
    ///
    /// If the material is of another algorithm.
    pub(crate) fn ml_kem(&self) -> Result<&ml_kem::MlKem, CryptoError> {
        match self {
            Self::MlKem(key) => Ok(key),
            Self::Symmetric(_)
            | Self::Hmac(_)
            | Self::Rsa(_)
            | Self::Ec(_)
            | Self::Secp256k1(_)
            | Self::Ed25519(_)
            | Self::Sm2(_)
            | Self::MlDsa(_) => Err(CryptoError::Unsupported("ML_KEM")),
        }
    }

    /// Signs a message. As on AWS, two signatures of the same message differ, except for PKCS#1
    /// v1.5 and Ed25519.
    ///
    /// # Errors
    ///
    /// If the material does not support the algorithm, or the library fails.
    pub(crate) fn sign(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        random: &Random,
    ) -> Result<Vec<u8>, CryptoError> {
        match (self, message) {
            (Self::Rsa(key), _) => key.sign(algorithm, message, random),
            (Self::Ec(key), _) => key.sign(message, random),
            (Self::Secp256k1(key), _) => key.sign(message, random),
            // The operation has checked that the algorithm and the message type match.
            (Self::Ed25519(key), Message::Raw(message)) => key.sign(message),
            (Self::Ed25519(key), Message::Digest(message)) => key.sign_prehash(message),
            (Self::Sm2(key), _) => key.sign(message, random),
            (Self::MlDsa(key), _) => key.sign(message, random),
            (Self::Ed25519(_) | Self::Symmetric(_) | Self::Hmac(_) | Self::MlKem(_), _) => {
                Err(CryptoError::Unsupported(algorithm.as_str()))
            }
        }
    }

    /// Whether a signature of a message verifies with this key.
    ///
    /// # Errors
    ///
    /// If the material does not support the algorithm.
    pub(crate) fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<bool, CryptoError> {
        match (self, message) {
            (Self::Rsa(key), _) => key.verify(algorithm, message, signature),
            (Self::Ec(key), _) => Ok(key.verify(message, signature)),
            (Self::Secp256k1(key), _) => Ok(key.verify(message, signature)),
            (Self::Ed25519(key), Message::Raw(message)) => Ok(key.verify(message, signature)),
            (Self::Ed25519(key), Message::Digest(message)) => {
                key.verify_prehash(message, signature)
            }
            (Self::Sm2(key), _) => Ok(key.verify(message, signature)),
            (Self::MlDsa(key), _) => Ok(key.verify(message, signature)),
            (Self::Ed25519(_) | Self::Symmetric(_) | Self::Hmac(_) | Self::MlKem(_), _) => {
                Err(CryptoError::Unsupported(algorithm.as_str()))
            }
        }
    }

    /// Encrypts with a public key.
    ///
    /// # Errors
    ///
    /// If the material does not support the algorithm, or the plaintext is too long for it.
    pub(crate) fn encrypt(
        &self,
        algorithm: EncryptionAlgorithm,
        plaintext: &[u8],
        random: &Random,
    ) -> Result<Vec<u8>, CryptoError> {
        match self {
            Self::Rsa(key) => key.encrypt(algorithm, plaintext, random),
            Self::Sm2(key) => key.encrypt(plaintext, random),
            Self::Symmetric(_)
            | Self::Hmac(_)
            | Self::Ec(_)
            | Self::Secp256k1(_)
            | Self::Ed25519(_)
            | Self::MlDsa(_)
            | Self::MlKem(_) => Err(CryptoError::Unsupported(algorithm.as_str())),
        }
    }

    /// Decrypts with the private key; `None` if the ciphertext is not valid for this key.
    ///
    /// # Errors
    ///
    /// If the material does not support the algorithm.
    pub(crate) fn decrypt(
        &self,
        algorithm: EncryptionAlgorithm,
        ciphertext: &[u8],
    ) -> Result<Option<SecretBytes>, CryptoError> {
        match self {
            Self::Rsa(key) => key.decrypt(algorithm, ciphertext),
            Self::Sm2(key) => Ok(key.decrypt(ciphertext)),
            Self::Symmetric(_)
            | Self::Hmac(_)
            | Self::Ec(_)
            | Self::Secp256k1(_)
            | Self::Ed25519(_)
            | Self::MlDsa(_)
            | Self::MlKem(_) => Err(CryptoError::Unsupported(algorithm.as_str())),
        }
    }

    /// The ECDH secret shared with the owner of a public key; `None` if the public key is not on
    /// this key's curve.
    ///
    /// # Errors
    ///
    /// If the material does not support ECDH.
    pub(crate) fn agree(&self, public_key: &[u8]) -> Result<Option<SecretBytes>, CryptoError> {
        match self {
            Self::Ec(key) => key.agree(public_key),
            Self::Sm2(key) => Ok(key.agree(public_key)),
            Self::Symmetric(_)
            | Self::Hmac(_)
            | Self::Rsa(_)
            | Self::Secp256k1(_)
            | Self::Ed25519(_)
            | Self::MlDsa(_)
            | Self::MlKem(_) => Err(CryptoError::Unsupported("ECDH")),
        }
    }
}

impl fmt::Debug for KeyMaterial {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("KeyMaterial(..)")
    }
}
