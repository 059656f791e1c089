//! The material of a key, whatever its algorithm: a choice among the other files, no more.

use std::fmt;

use super::{
    CryptoError, Message, Random, SecretBytes, ec, ed25519, hmac, ml_dsa, ml_kem, rsa, secp256k1,
    sm2, symmetric,
};
use crate::api::{EncryptionAlgorithm, KeySpec, SigningAlgorithm};

/// The secret of a key, decoded and ready to work. `Debug` shows nothing of it.
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

/// The algorithm of a spec's keys, with what the spec leaves open.
enum Family {
    Symmetric,
    Hmac(hmac::Function),
    Rsa(rsa::Size),
    Ec(ec::Curve),
    Secp256k1,
    Ed25519,
    Sm2,
    MlDsa(ml_dsa::ParameterSet),
    MlKem(ml_kem::ParameterSet),
}

impl Family {
    const fn of(spec: KeySpec) -> Self {
        match spec {
            KeySpec::SymmetricDefault => Self::Symmetric,
            KeySpec::Hmac224 => Self::Hmac(hmac::Function::Sha224),
            KeySpec::Hmac256 => Self::Hmac(hmac::Function::Sha256),
            KeySpec::Hmac384 => Self::Hmac(hmac::Function::Sha384),
            KeySpec::Hmac512 => Self::Hmac(hmac::Function::Sha512),
            KeySpec::Rsa2048 => Self::Rsa(rsa::Size::Rsa2048),
            KeySpec::Rsa3072 => Self::Rsa(rsa::Size::Rsa3072),
            KeySpec::Rsa4096 => Self::Rsa(rsa::Size::Rsa4096),
            KeySpec::EccNistP256 => Self::Ec(ec::Curve::P256),
            KeySpec::EccNistP384 => Self::Ec(ec::Curve::P384),
            KeySpec::EccNistP521 => Self::Ec(ec::Curve::P521),
            KeySpec::EccSecgP256K1 => Self::Secp256k1,
            KeySpec::EccNistEdwards25519 => Self::Ed25519,
            KeySpec::Sm2 => Self::Sm2,
            KeySpec::MlDsa44 => Self::MlDsa(ml_dsa::ParameterSet::MlDsa44),
            KeySpec::MlDsa65 => Self::MlDsa(ml_dsa::ParameterSet::MlDsa65),
            KeySpec::MlDsa87 => Self::MlDsa(ml_dsa::ParameterSet::MlDsa87),
            KeySpec::MlKem512 => Self::MlKem(ml_kem::ParameterSet::MlKem512),
            KeySpec::MlKem768 => Self::MlKem(ml_kem::ParameterSet::MlKem768),
            KeySpec::MlKem1024 => Self::MlKem(ml_kem::ParameterSet::MlKem1024),
        }
    }
}

impl KeyMaterial {
    /// New material. An RSA key takes its time; [`Spares::material`](super::Spares::material) often has one ready.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub(crate) fn generate(spec: KeySpec, random: &Random) -> Result<Self, CryptoError> {
        Ok(match Family::of(spec) {
            Family::Symmetric => Self::Symmetric(symmetric::Aes256::generate(random)?),
            Family::Hmac(function) => Self::Hmac(hmac::HmacKey::generate(function, random)?),
            Family::Rsa(size) => Self::Rsa(rsa::RsaKey::generate(size, random)?),
            Family::Ec(curve) => Self::Ec(ec::EcKey::generate(curve, random)?),
            Family::Secp256k1 => Self::Secp256k1(secp256k1::Secp256k1::generate(random)?),
            Family::Ed25519 => Self::Ed25519(ed25519::Ed25519::generate(random)?),
            Family::Sm2 => Self::Sm2(sm2::Sm2::generate(random)?),
            Family::MlDsa(set) => Self::MlDsa(ml_dsa::MlDsa::generate(set, random)?),
            Family::MlKem(set) => Self::MlKem(ml_kem::MlKem::generate(set, random)?),
        })
    }

    /// Material from the bytes of [`Self::encode`].
    ///
    /// # Errors
    ///
    /// If they are not such bytes.
    pub(crate) fn decode(spec: KeySpec, secret: &[u8]) -> Result<Self, CryptoError> {
        Ok(match Family::of(spec) {
            Family::Symmetric => Self::Symmetric(symmetric::Aes256::decode(secret)?),
            Family::Hmac(function) => Self::Hmac(hmac::HmacKey::decode(function, secret)?),
            Family::Rsa(size) => Self::Rsa(rsa::RsaKey::decode(size, secret)?),
            Family::Ec(curve) => Self::Ec(ec::EcKey::decode(curve, secret)?),
            Family::Secp256k1 => Self::Secp256k1(secp256k1::Secp256k1::decode(secret)?),
            Family::Ed25519 => Self::Ed25519(ed25519::Ed25519::decode(secret)?),
            Family::Sm2 => Self::Sm2(sm2::Sm2::decode(secret)?),
            Family::MlDsa(set) => Self::MlDsa(ml_dsa::MlDsa::decode(set, secret)?),
            Family::MlKem(set) => Self::MlKem(ml_kem::MlKem::decode(set, secret)?),
        })
    }

    /// The material as bytes, for the store.
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

    /// The public key as DER, `SubjectPublicKeyInfo`; a symmetric key has none.
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
    /// If the library fails to encode it, or KMS has no data key pairs of the kind.
    pub(crate) fn private_key(&self) -> Result<SecretBytes, CryptoError> {
        match self {
            Self::Rsa(key) => Ok(key.encode()),
            Self::Ec(key) => Ok(key.private_key()),
            Self::Secp256k1(key) => Ok(key.private_key()),
            Self::Ed25519(key) => key.private_key(),
            Self::Sm2(key) => Ok(key.private_key()),
            Self::MlKem(key) => Ok(key.private_key()),
            Self::Symmetric(_) | Self::Hmac(_) | Self::MlDsa(_) => {
                Err(CryptoError::Mismatch("a data key pair"))
            }
        }
    }

    /// About how much memory it takes decoded, with what the library keeps beside it.
    pub(crate) const fn kilobytes(&self) -> u64 {
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

    /// The key of AES-256-GCM.
    ///
    /// # Errors
    ///
    /// If it is another kind of material.
    pub(crate) fn symmetric(&self) -> Result<&symmetric::Aes256, CryptoError> {
        match self {
            Self::Symmetric(key) => Ok(key),
            _ => Err(CryptoError::Mismatch("SYMMETRIC_DEFAULT")),
        }
    }

    /// The key of an HMAC.
    ///
    /// # Errors
    ///
    /// If it is another kind of material.
    pub(crate) fn hmac(&self) -> Result<&hmac::HmacKey, CryptoError> {
        match self {
            Self::Hmac(key) => Ok(key),
            _ => Err(CryptoError::Mismatch("HMAC")),
        }
    }

    /// The key pair of ML-KEM.
    ///
    /// # Errors
    ///
    /// If it is another kind of material.
    pub(crate) fn ml_kem(&self) -> Result<&ml_kem::MlKem, CryptoError> {
        match self {
            Self::MlKem(key) => Ok(key),
            _ => Err(CryptoError::Mismatch("ML_KEM")),
        }
    }

    /// Signs a message. Signatures of one message differ, as on AWS, except those of PKCS#1 v1.5
    /// and Ed25519.
    ///
    /// # Errors
    ///
    /// If the material does not have the algorithm, or the library fails.
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
            // The algorithm and the kind of message go together, and were checked to.
            (Self::Ed25519(key), Message::Raw(message)) => key.sign(message),
            (Self::Ed25519(key), Message::Digest(message)) => key.sign_prehash(message),
            (Self::Sm2(key), _) => key.sign(message, random),
            (Self::MlDsa(key), _) => key.sign(message, random),
            (Self::Ed25519(_) | Self::Symmetric(_) | Self::Hmac(_) | Self::MlKem(_), _) => {
                Err(CryptoError::Mismatch(algorithm.as_str()))
            }
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
                Err(CryptoError::Mismatch(algorithm.as_str()))
            }
        }
    }

    /// Encrypts with a public key.
    ///
    /// # Errors
    ///
    /// If the material does not have the algorithm, or the plaintext is too long for it.
    pub(crate) fn encrypt(
        &self,
        algorithm: EncryptionAlgorithm,
        plaintext: &[u8],
        random: &Random,
    ) -> Result<Vec<u8>, CryptoError> {
        match self {
            Self::Rsa(key) => key.encrypt(algorithm, plaintext, random),
            Self::Sm2(key) => key.encrypt(plaintext, random),
            _ => Err(CryptoError::Mismatch(algorithm.as_str())),
        }
    }

    /// Decrypts what was encrypted with the public key; `None` if it was not, or was changed.
    ///
    /// # Errors
    ///
    /// If the material does not have the algorithm.
    pub(crate) fn decrypt(
        &self,
        algorithm: EncryptionAlgorithm,
        ciphertext: &[u8],
    ) -> Result<Option<SecretBytes>, CryptoError> {
        match self {
            Self::Rsa(key) => key.decrypt(algorithm, ciphertext),
            Self::Sm2(key) => Ok(key.decrypt(ciphertext)),
            _ => Err(CryptoError::Mismatch(algorithm.as_str())),
        }
    }

    /// The secret shared with the holder of a public key, by ECDH; `None` if that is no public
    /// key on the curve of this one.
    ///
    /// # Errors
    ///
    /// If the material cannot agree.
    pub(crate) fn agree(&self, public_key: &[u8]) -> Result<Option<SecretBytes>, CryptoError> {
        match self {
            Self::Ec(key) => key.agree(public_key),
            Self::Sm2(key) => Ok(key.agree(public_key)),
            _ => Err(CryptoError::Mismatch("ECDH")),
        }
    }
}

impl fmt::Debug for KeyMaterial {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("KeyMaterial(..)")
    }
}
