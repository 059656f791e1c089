//! ECDSA and ECDH on the NIST curves, with `aws-lc-rs`, which is five times as fast as `p256`.
//! `p256` checks P-256 keys. Their public keys are computed by `aws-lc-rs`, which is ten times as fast at it, and
//! compared with those of `p256` in the tests. New keys of a deterministic KMS are drawn here, all others by
//! `aws-lc-rs`, which computes their public keys at the same time.
//!
//! As on KMS, signatures are DER, are not normalized to a low `s`, and verify with a high or a low
//! `s`. Nonces are random, except in a deterministic KMS.

use std::sync::OnceLock;

use aws_lc_rs::agreement;
use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsBigEndian as _, EcPrivateKeyBin};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self, EcdsaKeyPair, KeyPair, ParsedPublicKey};
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912::{SECP_256_R_1, SECP_384_R_1, SECP_521_R_1};
use p256::SecretKey;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use p256::elliptic_curve::Generate;

use super::{CryptoError, Message, Random, SecretBytes, pkcs8};
use crate::api::KeySpec;

/// A key pair on one of the NIST curves.
pub(crate) struct EcKey {
    curve: Curve,
    secret: Secret,
    pair: EcdsaKeyPair,
    /// Created on first use, as is the next one, because most keys only sign.
    verifier: OnceLock<ParsedPublicKey>,
    agreement: OnceLock<agreement::PrivateKey>,
}

/// A NIST curve.
#[derive(Clone, Copy)]
pub(super) enum Curve {
    P256,
    P384,
    P521,
}

/// The private scalar.
enum Secret {
    P256(SecretKey),
    /// Big endian, with leading zeros.
    Scalar(SecretBytes),
}

/// The number of draws after which the generator counts as broken. The probability that a draw is
/// not a scalar is 2^-190.
const MAX_DRAWS: usize = 16;

impl Curve {
    const fn spec(self) -> KeySpec {
        match self {
            Self::P256 => KeySpec::EccNistP256,
            Self::P384 => KeySpec::EccNistP384,
            Self::P521 => KeySpec::EccNistP521,
        }
    }

    const fn signing(self) -> &'static signature::EcdsaSigningAlgorithm {
        match self {
            Self::P256 => &signature::ECDSA_P256_SHA256_ASN1_SIGNING,
            Self::P384 => &signature::ECDSA_P384_SHA384_ASN1_SIGNING,
            Self::P521 => &signature::ECDSA_P521_SHA512_ASN1_SIGNING,
        }
    }

    pub(super) const fn verification(self) -> &'static signature::EcdsaVerificationAlgorithm {
        match self {
            Self::P256 => &signature::ECDSA_P256_SHA256_ASN1,
            Self::P384 => &signature::ECDSA_P384_SHA384_ASN1,
            Self::P521 => &signature::ECDSA_P521_SHA512_ASN1,
        }
    }

    const fn agreement(self) -> &'static agreement::Algorithm {
        match self {
            Self::P256 => &agreement::ECDH_P256,
            Self::P384 => &agreement::ECDH_P384,
            Self::P521 => &agreement::ECDH_P521,
        }
    }

    const fn digest(self) -> &'static digest::Algorithm {
        match self {
            Self::P256 => &digest::SHA256,
            Self::P384 => &digest::SHA384,
            Self::P521 => &digest::SHA512,
        }
    }

    /// The length of a scalar in bytes.
    pub(super) const fn scalar_length(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// The bits that may be set in the first byte of a scalar.
    pub(super) const fn first_byte_mask(self) -> u8 {
        match self {
            Self::P256 | Self::P384 => 0xff,
            Self::P521 => 1,
        }
    }

    pub(super) const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::P256 => SECP_256_R_1,
            Self::P384 => SECP_384_R_1,
            Self::P521 => SECP_521_R_1,
        }
    }

    const fn invalid(self) -> CryptoError {
        CryptoError::InvalidMaterial(self.spec())
    }
}

impl Secret {
    /// The scalar, big endian.
    fn decode(curve: Curve, scalar: &[u8]) -> Result<Self, CryptoError> {
        match curve {
            Curve::P256 => {
                // `from_slice` would accept a truncated scalar.
                let scalar: [u8; 32] = scalar.try_into().map_err(|_| curve.invalid())?;
                let secret = SecretKey::from_bytes(&scalar.into()).map_err(|_| curve.invalid())?;
                Ok(Self::P256(secret))
            }
            Curve::P384 | Curve::P521 => {
                if scalar.len() != curve.scalar_length() {
                    return Err(curve.invalid());
                }
                Ok(Self::Scalar(SecretBytes::new(scalar.to_vec())))
            }
        }
    }

    fn encode(&self) -> SecretBytes {
        match self {
            Self::P256(secret) => SecretBytes::new(secret.to_bytes().to_vec()),
            Self::Scalar(scalar) => scalar.clone(),
        }
    }
}

impl EcKey {
    pub(super) fn generate(curve: Curve, mut random: &Random) -> Result<Self, CryptoError> {
        const FAILED: CryptoError = CryptoError::Failed("generate an elliptic-curve key");
        if !random.is_seeded() {
            let pair = EcdsaKeyPair::generate(curve.signing()).map_err(|_| FAILED)?;
            let scalar: EcPrivateKeyBin<'_> =
                pair.private_key().as_be_bytes().map_err(|_| FAILED)?;
            let secret = Secret::decode(curve, scalar.as_ref())?;
            return Ok(Self::new(curve, secret, pair));
        }
        match curve {
            Curve::P256 => {
                let secret = SecretKey::try_generate_from_rng(&mut random).map_err(|_| FAILED)?;
                Self::from_secret(curve, Secret::P256(secret))
            }
            Curve::P384 | Curve::P521 => {
                // FIPS 186-5, A.2.2: draw bytes until they are a valid scalar.
                for _ in 0..MAX_DRAWS {
                    let mut scalar = random.bytes(curve.scalar_length())?;
                    if let Some(first) = scalar.first_mut() {
                        *first &= curve.first_byte_mask();
                    }
                    if let Ok(key) = Self::decode(curve, SecretBytes::new(scalar).expose()) {
                        return Ok(key);
                    }
                }
                Err(FAILED)
            }
        }
    }

    /// The key with this scalar, big endian.
    pub(super) fn decode(curve: Curve, scalar: &[u8]) -> Result<Self, CryptoError> {
        Self::from_secret(curve, Secret::decode(curve, scalar)?)
    }

    fn from_secret(curve: Curve, secret: Secret) -> Result<Self, CryptoError> {
        let pair = pair(curve, secret.encode().expose())?;
        Ok(Self::new(curve, secret, pair))
    }

    fn new(curve: Curve, secret: Secret, pair: EcdsaKeyPair) -> Self {
        Self {
            curve,
            secret,
            pair,
            verifier: OnceLock::new(),
            agreement: OnceLock::new(),
        }
    }

    /// The scalar, big endian.
    pub(super) fn encode(&self) -> SecretBytes {
        self.secret.encode()
    }

    pub(super) fn public_key(&self) -> Result<Vec<u8>, CryptoError> {
        pkcs8::public_key(self.curve.oid(), self.pair.public_key().as_ref())
    }

    pub(super) fn private_key(&self) -> Result<SecretBytes, CryptoError> {
        let point = self.pair.public_key().as_ref();
        pkcs8::elliptic_curve(self.curve.oid(), self.encode().expose(), Some(point))
    }

    pub(super) fn sign(
        &self,
        message: Message<'_>,
        random: &Random,
    ) -> Result<Vec<u8>, CryptoError> {
        if random.is_seeded() {
            return self.sign_deterministic(message);
        }
        let signature = match message {
            Message::Raw(message) => self.pair.sign(&SystemRandom::new(), message),
            Message::Digest(digest) => self
                .digest(digest)
                .and_then(|digest| self.pair.sign_digest(&digest)),
            Message::ExternalMu(_) => return Err(CryptoError::Unsupported("EXTERNAL_MU")),
        };
        let signature = signature.map_err(|_| CryptoError::Failed("sign with ECDSA"))?;
        Ok(signature.as_ref().to_vec())
    }

    /// Signs with a nonce derived from the key and the message (RFC 6979). `aws-lc-rs` only supports
    /// random nonces.
    fn sign_deterministic(&self, message: Message<'_>) -> Result<Vec<u8>, CryptoError> {
        const FAILED: CryptoError = CryptoError::Failed("sign with ECDSA");
        let digest = match message {
            Message::Raw(message) => digest::digest(self.curve.digest(), message)
                .as_ref()
                .to_vec(),
            Message::Digest(digest) => digest.to_vec(),
            Message::ExternalMu(_) => return Err(CryptoError::Unsupported("EXTERNAL_MU")),
        };
        let scalar = self.encode();
        match self.curve {
            Curve::P256 => {
                let key = p256::ecdsa::SigningKey::from_slice(scalar.expose());
                let signature: p256::ecdsa::DerSignature = key
                    .and_then(|key| key.sign_prehash(&digest))
                    .map_err(|_| FAILED)?;
                Ok(signature.as_bytes().to_vec())
            }
            Curve::P384 => {
                let key = p384::ecdsa::SigningKey::from_slice(scalar.expose());
                let signature: p384::ecdsa::DerSignature = key
                    .and_then(|key| key.sign_prehash(&digest))
                    .map_err(|_| FAILED)?;
                Ok(signature.as_bytes().to_vec())
            }
            Curve::P521 => {
                let key = p521::ecdsa::SigningKey::from_slice(scalar.expose());
                let signature: p521::ecdsa::DerSignature = key
                    .and_then(|key| key.sign_prehash(&digest))
                    .map_err(|_| FAILED)?;
                Ok(signature.as_bytes().to_vec())
            }
        }
    }

    pub(super) fn verify(&self, message: Message<'_>, signature: &[u8]) -> bool {
        let Some(verifier) = self.verifier() else {
            return false;
        };
        let verified = match message {
            Message::Raw(message) => verifier.verify_sig(message, signature),
            Message::Digest(digest) => self
                .digest(digest)
                .and_then(|digest| verifier.verify_digest_sig(&digest, signature)),
            Message::ExternalMu(_) => return false,
        };
        verified.is_ok()
    }

    /// `None` only if `aws-lc-rs` rejects a public key that it has computed itself.
    fn verifier(&self) -> Option<&ParsedPublicKey> {
        if self.verifier.get().is_none() {
            let key = self.pair.public_key();
            let key = ParsedPublicKey::new(self.curve.verification(), key).ok()?;
            // Another thread may have been faster.
            let _ = self.verifier.set(key);
        }
        self.verifier.get()
    }

    /// The secret shared with the owner of a public key; `None` if the key is not a DER
    /// `SubjectPublicKeyInfo` of a point on this curve.
    pub(crate) fn agree(&self, public_key: &[u8]) -> Result<Option<SecretBytes>, CryptoError> {
        if !pkcs8::is_public_key_on(self.curve.oid(), public_key) {
            return Ok(None);
        }
        let own = self.agreement_key()?;
        let theirs = agreement::UnparsedPublicKey::new(self.curve.agreement(), public_key);
        let Ok(theirs) = agreement::ParsedPublicKey::try_from(&theirs) else {
            return Ok(None);
        };
        let agreed = agreement::agree(own, theirs, (), |secret| {
            Ok(SecretBytes::new(secret.to_vec()))
        });
        Ok(agreed.ok())
    }

    fn agreement_key(&self) -> Result<&agreement::PrivateKey, CryptoError> {
        if let Some(key) = self.agreement.get() {
            return Ok(key);
        }
        let algorithm = self.curve.agreement();
        let key = agreement::PrivateKey::from_private_key(algorithm, self.encode().expose())
            .map_err(|_| self.curve.invalid())?;
        Ok(self.agreement.get_or_init(|| key))
    }

    fn digest(&self, digest: &[u8]) -> Result<digest::Digest, aws_lc_rs::error::Unspecified> {
        digest::Digest::import_less_safe(digest, self.curve.digest())
    }
}

/// `aws-lc-rs` computes the public key, and checks it once. If it were given the public key, or asked for it
/// first, it would compute it more often.
fn pair(curve: Curve, scalar: &[u8]) -> Result<EcdsaKeyPair, CryptoError> {
    let key = pkcs8::elliptic_curve(curve.oid(), scalar, None)?;
    EcdsaKeyPair::from_pkcs8(curve.signing(), key.expose()).map_err(|_| curve.invalid())
}

#[cfg(test)]
mod tests;
