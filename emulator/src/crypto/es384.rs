//! ES384, which attestation documents and their certificates are signed with: ECDSA on P-384 with
//! SHA-384, with `aws-lc-rs`.
//!
//! KMS has keys of this curve too, but they sign what a client names; these sign what the format
//! of a document asks for, in either of two forms, and are never in the store.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P384_SHA384_FIXED,
    ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    EcdsaVerificationAlgorithm, KeyPair as _, VerificationAlgorithm as _,
};

use super::CryptoError;

/// How the two halves of a signature are written.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    /// One after the other, 48 bytes each: COSE.
    Fixed,
    /// As a DER `SEQUENCE`: X.509.
    Der,
}

/// A private key that signs in one form.
pub(crate) struct Es384Key(EcdsaKeyPair);

impl Form {
    const fn signing(self) -> &'static EcdsaSigningAlgorithm {
        match self {
            Self::Fixed => &ECDSA_P384_SHA384_FIXED_SIGNING,
            Self::Der => &ECDSA_P384_SHA384_ASN1_SIGNING,
        }
    }

    const fn verification(self) -> &'static EcdsaVerificationAlgorithm {
        match self {
            Self::Fixed => &ECDSA_P384_SHA384_FIXED,
            Self::Der => &ECDSA_P384_SHA384_ASN1,
        }
    }
}

impl Es384Key {
    /// A new key.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub(crate) fn generate(form: Form) -> Result<Self, CryptoError> {
        EcdsaKeyPair::generate(form.signing())
            .map(Self)
            .map_err(|_| CryptoError::Failed("generate a key of P-384"))
    }

    /// The key in this PKCS#8.
    ///
    /// # Errors
    ///
    /// If there is none of P-384.
    pub(crate) fn decode(form: Form, pkcs8: &[u8]) -> Result<Self, CryptoError> {
        EcdsaKeyPair::from_pkcs8(form.signing(), pkcs8)
            .map(Self)
            .map_err(|_| CryptoError::Failed("read a key of P-384"))
    }

    /// The public key: an uncompressed point.
    pub(crate) fn point(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    /// Signs a message, which is hashed first.
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

/// Whether a signature is one of a message, by the key with this point.
pub(crate) fn verifies(form: Form, point: &[u8], message: &[u8], signature: &[u8]) -> bool {
    form.verification()
        .verify_sig(point, message, signature)
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_verifies_in_its_form_for_its_message_and_key_alone() {
        for (form, other) in [(Form::Fixed, Form::Der), (Form::Der, Form::Fixed)] {
            let key = Es384Key::generate(form).unwrap();
            let signature = key.sign(b"message").unwrap();
            assert!(verifies(form, key.point(), b"message", &signature));
            assert!(!verifies(other, key.point(), b"message", &signature));
            assert!(!verifies(form, key.point(), b"another", &signature));
            let stranger = Es384Key::generate(form).unwrap();
            assert!(!verifies(form, stranger.point(), b"message", &signature));
            assert!(!verifies(form, b"", b"message", &signature));
        }
    }
}
