//! ES384, the signature algorithm of attestation documents and their certificates: ECDSA on P-384
//! with SHA-384, with `aws-lc-rs`.
//!
//! These keys are not KMS keys. They are never stored, and their signatures have another encoding.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA384_FIXED, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaVerificationAlgorithm, KeyPair as _, VerificationAlgorithm as _,
};

use super::CryptoError;

/// The encoding of a signature.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    /// The two integers one after the other, 48 bytes each: COSE.
    Fixed,
    /// A DER `SEQUENCE` of the two integers: X.509.
    Der,
}

/// A private key that signs in the form of COSE.
pub(crate) struct Es384Key(EcdsaKeyPair);

impl Form {
    const fn verification(self) -> &'static EcdsaVerificationAlgorithm {
        match self {
            Self::Fixed => &ECDSA_P384_SHA384_FIXED,
            Self::Der => &ECDSA_P384_SHA384_ASN1,
        }
    }
}

impl Es384Key {
    /// Generates a key.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub(crate) fn generate() -> Result<Self, CryptoError> {
        EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING)
            .map(Self)
            .map_err(|_| CryptoError::Failed("generate a P-384 key"))
    }

    /// The public key: an uncompressed point.
    pub(crate) fn point(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    /// Hashes and signs a message.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let signature = self
            .0
            .sign(&SystemRandom::new(), message)
            .map_err(|_| CryptoError::Failed("sign with P-384"))?;
        Ok(signature.as_ref().to_vec())
    }
}

/// Whether a signature of a message verifies with the public key at this point.
pub(crate) fn verify(form: Form, point: &[u8], message: &[u8], signature: &[u8]) -> bool {
    form.verification()
        .verify_sig(point, message, signature)
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_other_forms_messages_and_keys() {
        let key = Es384Key::generate().unwrap();
        let signature = key.sign(b"message").unwrap();
        let verifies = |form, point, message| verify(form, point, message, &signature);
        assert!(verifies(Form::Fixed, key.point(), b"message"));
        assert!(!verifies(Form::Der, key.point(), b"message"));
        assert!(!verifies(Form::Fixed, key.point(), b"another"));
        let other = Es384Key::generate().unwrap();
        assert!(!verifies(Form::Fixed, other.point(), b"message"));
        assert!(!verifies(Form::Fixed, b"", b"message"));
    }
}
