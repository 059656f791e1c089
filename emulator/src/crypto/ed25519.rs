//! Ed25519: the pure form with `aws-lc-rs`, and the prehash form, which `aws-lc-rs` does not have,
//! with `ed25519-dalek`.

use aws_lc_rs::encoding::{AsBigEndian, AsDer, Curve25519SeedBin, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::signature::{self, Ed25519KeyPair, KeyPair, ParsedPublicKey};
use ed25519_dalek::{Signature, SigningKey};
use sha2::{Digest, Sha512};

use super::{CryptoError, Random, SecretBytes};
use crate::api::KeySpec;

/// An Ed25519 key pair.
pub(crate) struct Ed25519 {
    pair: Ed25519KeyPair,
    verifier: ParsedPublicKey,
}

/// The length of the seed, which is also the stored form of a key.
const SEED_LENGTH: usize = 32;

const INVALID: CryptoError = CryptoError::InvalidMaterial(KeySpec::EccNistEdwards25519);

impl Ed25519 {
    pub(super) fn generate(random: &Random) -> Result<Self, CryptoError> {
        Self::decode(random.secret(SEED_LENGTH)?.expose())
    }

    /// The key with this seed.
    pub(super) fn decode(seed: &[u8]) -> Result<Self, CryptoError> {
        Self::new(Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| INVALID)?)
    }

    fn new(pair: Ed25519KeyPair) -> Result<Self, CryptoError> {
        let verifier =
            ParsedPublicKey::new(&signature::ED25519, pair.public_key()).map_err(|_| INVALID)?;
        Ok(Self { pair, verifier })
    }

    /// The seed.
    pub(super) fn encode(&self) -> Result<SecretBytes, CryptoError> {
        let seed: Curve25519SeedBin<'_> = self
            .pair
            .seed()
            .and_then(|seed| seed.as_be_bytes())
            .map_err(|_| CryptoError::Failed("encode an Ed25519 key"))?;
        Ok(SecretBytes::new(seed.as_ref().to_vec()))
    }

    pub(super) fn public_key(&self) -> Result<Vec<u8>, CryptoError> {
        let der: PublicKeyX509Der<'_> = self
            .pair
            .public_key()
            .as_der()
            .map_err(|_| CryptoError::Failed("encode an Ed25519 public key"))?;
        Ok(der.as_ref().to_vec())
    }

    /// PKCS#8, version 1: only the seed. It is unknown whether AWS adds the public key.
    pub(super) fn private_key(&self) -> Result<SecretBytes, CryptoError> {
        let der: Pkcs8V1Der<'_> = self
            .pair
            .as_der()
            .map_err(|_| CryptoError::Failed("encode an Ed25519 private key"))?;
        Ok(SecretBytes::new(der.as_ref().to_vec()))
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let signature = self
            .pair
            .try_sign(message)
            .map_err(|_| CryptoError::Failed("sign with Ed25519"))?;
        Ok(signature.as_ref().to_vec())
    }

    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.verifier.verify_sig(message, signature).is_ok()
    }

    /// Signs with Ed25519ph. KMS hashes the 64 bytes of the digest again, according to three
    /// independent sources.
    pub(super) fn sign_prehash(&self, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let signature = self
            .dalek()?
            .sign_prehashed(Sha512::new_with_prefix(message), None)
            .map_err(|_| CryptoError::Failed("sign with Ed25519ph"))?;
        Ok(signature.to_vec())
    }

    pub(super) fn verify_prehash(
        &self,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, CryptoError> {
        let Ok(signature) = Signature::from_slice(signature) else {
            return Ok(false);
        };
        let key = self.dalek()?.verifying_key();
        let hash = Sha512::new_with_prefix(message);
        Ok(key.verify_prehashed(hash, None, &signature).is_ok())
    }

    fn dalek(&self) -> Result<SigningKey, CryptoError> {
        SigningKey::try_from(self.encode()?.expose()).map_err(|_| INVALID)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::hex;
    use super::*;
    use ed25519_dalek::Signer;

    /// RFC 8032, section 7.1, TEST 2.
    #[test]
    fn rfc_8032_ed25519() {
        let seed = hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        let key = Ed25519::decode(&seed).unwrap();
        let expected = hex(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                            085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        );
        assert_eq!(key.sign(&[0x72]).unwrap(), expected);
        assert!(key.verify(&[0x72], &expected));
        assert!(!key.verify(&[0x73], &expected));
        assert!(!key.verify(&[0x72], &expected[..63]));
        assert!(!key.verify_prehash(&[0x72], &expected).unwrap());
        assert_eq!(key.encode().unwrap().expose(), seed);
    }

    /// RFC 8032, section 7.3, TEST abc.
    #[test]
    fn rfc_8032_ed25519ph() {
        let seed = hex("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42");
        let key = Ed25519::decode(&seed).unwrap();
        let expected = hex(
            "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41\
                            31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406",
        );
        assert_eq!(key.sign_prehash(b"abc").unwrap(), expected);
        assert!(key.verify_prehash(b"abc", &expected).unwrap());
        assert!(!key.verify_prehash(b"abd", &expected).unwrap());
        assert!(!key.verify_prehash(b"abc", &expected[..63]).unwrap());
        assert!(!key.verify(b"abc", &expected));
    }

    #[test]
    fn both_libraries_create_the_same_signature() {
        let key = Ed25519::generate(&Random::System).unwrap();
        let theirs = key.dalek().unwrap().sign(b"message");
        assert_eq!(key.sign(b"message").unwrap(), theirs.to_vec());
        assert!(Ed25519::decode(&[0; 31]).is_err());
    }

    /// The order of the group, added to the second half of a signature: RFC 8032, 5.1.7, requires
    /// its rejection. Like Wycheproof's "checking malleability".
    #[test]
    fn rejects_unreduced_signature() {
        let key = Ed25519::generate(&Random::System).unwrap();
        let order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        for sign in [Ed25519::sign, Ed25519::sign_prehash] {
            let mut signature = sign(&key, b"message").unwrap();
            let mut carry = 0;
            for (byte, addend) in signature[32..].iter_mut().zip(&order) {
                let sum = u16::from(*byte) + u16::from(*addend) + carry;
                *byte = sum.to_le_bytes()[0];
                carry = sum >> 8;
            }
            assert!(!key.verify(b"message", &signature));
            assert!(!key.verify_prehash(b"message", &signature).unwrap());
        }
    }
}
