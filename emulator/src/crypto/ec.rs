//! ECDSA on the NIST curve P-256, with `p256`.
//!
//! Signatures are DER and not normalised to a low `s`, and both halves are accepted, as by KMS.
//! Nonces are RFC 6979's, hedged with randomness of the system.

use p256::SecretKey;
use p256::ecdsa::signature::hazmat::{PrehashVerifier, RandomizedPrehashSigner};
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use p256::elliptic_curve::Generate;
use p256::pkcs8::EncodePublicKey;
use sha2::{Digest, Sha256};

use super::{CryptoError, Message, SecretBytes, random};
use crate::key::KeySpec;

/// A P-256 key pair.
pub(crate) struct P256(SigningKey);

impl P256 {
    pub(super) fn generate() -> Result<Self, CryptoError> {
        let secret = SecretKey::try_generate_from_rng(&mut random::generator())
            .map_err(|_| CryptoError::Failed("generate a P-256 key"))?;
        Ok(Self(SigningKey::from(secret)))
    }

    /// The key with this scalar, big endian.
    pub(super) fn decode(secret: &[u8]) -> Result<Self, CryptoError> {
        SigningKey::from_slice(secret)
            .map(Self)
            .map_err(|_| CryptoError::InvalidMaterial(KeySpec::EccNistP256))
    }

    /// The scalar, big endian. PKCS#8 would take twice as long to read back.
    pub(super) fn encode(&self) -> SecretBytes {
        SecretBytes::new(self.0.to_bytes().to_vec())
    }

    pub(super) fn public_key(&self) -> Result<Vec<u8>, CryptoError> {
        let der = self.0.verifying_key().to_public_key_der();
        Ok(der
            .map_err(|_| CryptoError::Failed("encode a P-256 public key"))?
            .into_vec())
    }

    pub(super) fn sign(&self, message: Message<'_>) -> Result<Vec<u8>, CryptoError> {
        let signature: DerSignature = digest(message, |digest| {
            self.0
                .sign_prehash_with_rng(&mut random::generator(), digest)
        })
        .map_err(|_| CryptoError::Failed("sign with a P-256 key"))?;
        Ok(signature.as_bytes().to_vec())
    }

    pub(super) fn verify(&self, message: Message<'_>, signature: &[u8]) -> bool {
        let Ok(signature) = DerSignature::try_from(signature) else {
            return false;
        };
        let key: &VerifyingKey = self.0.verifying_key();
        digest(message, |digest| key.verify_prehash(digest, &signature)).is_ok()
    }
}

fn digest<T>(message: Message<'_>, use_it: impl FnOnce(&[u8]) -> T) -> T {
    match message {
        Message::Raw(message) => use_it(&Sha256::digest(message)),
        Message::Digest(digest) => use_it(digest),
    }
}
