//! ECDSA on secp256k1, with `k256`, which is six times as fast as `aws-lc-rs`.
//!
//! `k256` follows Bitcoin: it signs with a low `s` and rejects a high `s`. KMS does neither, so this
//! file undoes both.

use const_oid::AssociatedOid as _;
use k256::SecretKey;
use k256::ecdsa::signature::hazmat::{PrehashVerifier, RandomizedPrehashSigner};
use k256::ecdsa::{DerSignature, Signature, SigningKey, VerifyingKey};
use k256::elliptic_curve::Generate;
use k256::pkcs8::EncodePublicKey;
use sha2::{Digest, Sha256};

use super::{CryptoError, Message, Random, SecretBytes, pkcs8};
use crate::api::KeySpec;

/// A secp256k1 key pair.
pub(crate) struct Secp256k1(SigningKey);

impl Secp256k1 {
    pub(super) fn generate(mut random: &Random) -> Result<Self, CryptoError> {
        let secret = SecretKey::try_generate_from_rng(&mut random)
            .map_err(|_| CryptoError::Failed("generate a secp256k1 key"))?;
        Ok(Self(SigningKey::from(secret)))
    }

    /// The key with this scalar, big endian.
    pub(super) fn decode(scalar: &[u8]) -> Result<Self, CryptoError> {
        const INVALID: CryptoError = CryptoError::InvalidMaterial(KeySpec::EccSecgP256K1);
        // `from_slice` would accept a truncated scalar.
        let scalar: [u8; 32] = scalar.try_into().map_err(|_| INVALID)?;
        SigningKey::from_bytes(&scalar.into())
            .map(Self)
            .map_err(|_| INVALID)
    }

    /// The scalar, big endian.
    pub(super) fn encode(&self) -> SecretBytes {
        SecretBytes::new(self.0.to_bytes().to_vec())
    }

    pub(super) fn public_key(&self) -> Result<Vec<u8>, CryptoError> {
        let der = self.0.verifying_key().to_public_key_der();
        Ok(der
            .map_err(|_| CryptoError::Failed("encode a secp256k1 public key"))?
            .into_vec())
    }

    pub(super) fn private_key(&self) -> Result<SecretBytes, CryptoError> {
        let point = self.0.verifying_key().to_sec1_point(false);
        let curve = k256::Secp256k1::OID;
        pkcs8::elliptic_curve(curve, self.encode().expose(), Some(point.as_bytes()))
    }

    pub(super) fn sign(
        &self,
        message: Message<'_>,
        mut random: &Random,
    ) -> Result<Vec<u8>, CryptoError> {
        const FAILED: CryptoError = CryptoError::Failed("sign with a secp256k1 key");
        let digest = digest(message).ok_or(CryptoError::Unsupported("EXTERNAL_MU"))?;
        let low: Signature = self
            .0
            .sign_prehash_with_rng(&mut random, &digest)
            .map_err(|_| FAILED)?;
        // `s` is uniform before it is normalized, so a coin toss restores the distribution.
        let [coin] = random.array()?;
        let signature = if coin & 1 == 1 {
            let (r, s) = low.split_scalars();
            Signature::from_scalars(r, -s).map_err(|_| FAILED)?
        } else {
            low
        };
        Ok(signature.to_der().as_bytes().to_vec())
    }

    pub(super) fn verify(&self, message: Message<'_>, signature: &[u8]) -> bool {
        verify(self.0.verifying_key(), message, signature)
    }
}

pub(super) fn verify(key: &VerifyingKey, message: Message<'_>, signature: &[u8]) -> bool {
    let signature = DerSignature::try_from(signature).and_then(Signature::try_from);
    let (Ok(signature), Some(digest)) = (signature, digest(message)) else {
        return false;
    };
    let low = signature.normalize_s();
    key.verify_prehash(&digest, &low).is_ok()
}

fn digest(message: Message<'_>) -> Option<Vec<u8>> {
    match message {
        Message::Raw(message) => Some(Sha256::digest(message).to_vec()),
        Message::Digest(digest) => Some(digest.to_vec()),
        Message::ExternalMu(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::encoding::{AsBigEndian, EcPrivateKeyBin};
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{
        ECDSA_P256K1_SHA256_ASN1, ECDSA_P256K1_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair,
        ParsedPublicKey,
    };

    #[test]
    fn aws_lc_and_k256_verify_high_and_low_signatures() {
        let theirs = EcdsaKeyPair::generate(&ECDSA_P256K1_SHA256_ASN1_SIGNING).unwrap();
        let scalar: EcPrivateKeyBin<'_> = theirs.private_key().as_be_bytes().unwrap();
        let key = Secp256k1::decode(scalar.as_ref()).unwrap();
        let verifier =
            ParsedPublicKey::new(&ECDSA_P256K1_SHA256_ASN1, theirs.public_key()).unwrap();
        let mut high = 0;
        for _ in 0..64 {
            let signature = key.sign(Message::Raw(b"message"), &Random::System).unwrap();
            assert!(verifier.verify_sig(b"message", &signature).is_ok());
            assert!(key.verify(Message::Digest(&Sha256::digest(b"message")), &signature));
            let parsed = DerSignature::try_from(signature.as_slice()).unwrap();
            let parsed = Signature::try_from(parsed).unwrap();
            high += usize::from(parsed.normalize_s() != parsed);

            let signature = theirs.sign(&SystemRandom::new(), b"message").unwrap();
            assert!(key.verify(Message::Raw(b"message"), signature.as_ref()));
            assert!(!key.verify(Message::Raw(b"massage"), signature.as_ref()));
        }
        // The probability of 64 signatures of one kind is 2^-63.
        assert!(0 < high && high < 64);
    }

    #[test]
    fn aws_lc_reads_the_private_key() {
        let key = Secp256k1::generate(&Random::System).unwrap();
        let der = key.private_key().unwrap();
        let read =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256K1_SHA256_ASN1_SIGNING, der.expose()).unwrap();
        let point = key.0.verifying_key().to_sec1_point(false);
        assert_eq!(read.public_key().as_ref(), point.as_bytes());
    }

    #[test]
    fn rejects_invalid_signatures_and_keys() {
        let key = Secp256k1::generate(&Random::System).unwrap();
        let key = Secp256k1::decode(key.encode().expose()).unwrap();
        for signature in [
            &[][..],
            &[0x30, 6, 2, 1, 0, 2, 1, 0],
            &[0x30, 6, 2, 1, 1, 2, 1, 1],
        ] {
            assert!(!key.verify(Message::Raw(b"message"), signature));
        }
        for scalar in [&[0; 32][..], &[0xff; 32], &[1; 31], &[1; 33], &[]] {
            assert!(Secp256k1::decode(scalar).is_err());
        }
    }
}
