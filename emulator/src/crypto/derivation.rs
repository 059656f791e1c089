//! Key material derived from a text: the same on every machine and in every future version.
//!
//! The derivation does not depend on the random generator of a library. It starts with a stream of
//! bytes: for n = 0, 1, …
//!
//! ```text
//! block(n) = SHA-256("Simulated KMS key material 1" 0x00 spec 0x00 text 0x00 n)
//! ```
//!
//! where spec is the name in the API, the text is UTF-8, and n has eight bytes, big endian. The
//! material is then
//!
//! | spec | material |
//! | --- | --- |
//! | `SYMMETRIC_DEFAULT`, Ed25519, ML-DSA | 32 bytes of the stream; for Ed25519 and ML-DSA they are the seed |
//! | HMAC | as many bytes as the output of the hash function |
//! | elliptic curves, SM2 | a scalar from 1 to the order minus 1: as many bytes as the order, big endian, with surplus high bits cleared; other values are skipped |
//! | ML-KEM | 64 bytes: `d` and `z` of FIPS 203 |
//! | RSA | the primes p and q of [`rsa::primes`](super::rsa), e = 65537 |
//!
//! Derived material is not secret: the text reveals the key.

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::algorithm::Algorithm;
use super::{CryptoError, KeyMaterial, ml_kem, rsa};
use crate::api::KeySpec;

/// An endless stream of bytes.
struct Stream {
    prefix: Sha256,
    next_block: u64,
    buffer: Vec<u8>,
}

impl Stream {
    fn new(spec: KeySpec, text: &str) -> Self {
        let prefix = Sha256::new()
            .chain_update(b"Simulated KMS key material 1\0")
            .chain_update(spec.as_str())
            .chain_update([0])
            .chain_update(text)
            .chain_update([0]);
        Self {
            prefix,
            next_block: 0,
            buffer: Vec::new(),
        }
    }

    fn take(&mut self, length: usize) -> Zeroizing<Vec<u8>> {
        while self.buffer.len() < length {
            let index = self.next_block.to_be_bytes();
            let block = self.prefix.clone().chain_update(index);
            self.buffer.extend(block.finalize());
            self.next_block += 1;
        }
        Zeroizing::new(self.buffer.drain(..length).collect())
    }
}

impl KeyMaterial {
    /// Derives the material of a spec from a text.
    ///
    /// # Errors
    ///
    /// If a library fails.
    pub(crate) fn derive(spec: KeySpec, text: &str) -> Result<Self, CryptoError> {
        const ALL_BITS: u8 = 0xff;
        let mut stream = Stream::new(spec, text);
        let (length, first_byte_mask) = match Algorithm::of(spec) {
            Algorithm::Rsa(size) => {
                let mut random = |bytes: &mut [u8]| {
                    bytes.copy_from_slice(&stream.take(bytes.len()));
                    Ok(())
                };
                return rsa::RsaKey::from_random(size, &mut random).map(Self::Rsa);
            }
            Algorithm::MlKem(set) => {
                return ml_kem::MlKem::from_seed(set, &stream.take(64)).map(Self::MlKem);
            }
            Algorithm::Hmac(hash) => (hash.length(), ALL_BITS),
            Algorithm::Ec(curve) => (curve.scalar_length(), curve.first_byte_mask()),
            Algorithm::Symmetric
            | Algorithm::Secp256k1
            | Algorithm::Ed25519
            | Algorithm::Sm2
            | Algorithm::MlDsa(_) => (32, ALL_BITS),
        };
        // At most one in 2^32 draws is not a scalar, so this terminates.
        loop {
            let mut secret = stream.take(length);
            if let Some(first) = secret.first_mut() {
                *first &= first_byte_mask;
            }
            if let Ok(material) = Self::decode(spec, &secret) {
                return Ok(material);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::SigningAlgorithm;
    use crate::crypto::{Message, Random};
    use crate::hex;

    /// Identifies a key by its public key, or by its secret if it has no public key.
    fn identify(spec: KeySpec, text: &str) -> String {
        let material = KeyMaterial::derive(spec, text).unwrap();
        let public = material.public_key().unwrap();
        let identity = public.unwrap_or_else(|| material.encode().unwrap().expose().to_vec());
        hex::encode(&Sha256::digest(identity))[..16].to_owned()
    }

    /// These values must never change: seed files, and everything encrypted or signed with their
    /// keys, depend on them.
    #[test]
    fn derived_keys_never_change() {
        for (spec, expected) in [
            (KeySpec::SymmetricDefault, "ada0478908259132"),
            (KeySpec::Hmac224, "39ea979a8eaed87d"),
            (KeySpec::Hmac256, "b0323f1b73b51951"),
            (KeySpec::Hmac384, "6b1fdba0624cadf4"),
            (KeySpec::Hmac512, "729973182293a0eb"),
            (KeySpec::Rsa2048, "7a3bbf51a52ed0dc"),
            (KeySpec::Rsa3072, "4e0ee52a76b3fb0f"),
            (KeySpec::Rsa4096, "fb2601f57914abc1"),
            (KeySpec::EccNistP256, "14387e44886afa8b"),
            (KeySpec::EccNistP384, "7c5031c07d93495d"),
            (KeySpec::EccNistP521, "5d76d2994efe4187"),
            (KeySpec::EccSecgP256K1, "deb9432cdb7a4083"),
            (KeySpec::EccNistEdwards25519, "339a794e9672f306"),
            (KeySpec::Sm2, "07e572909b1367d3"),
            (KeySpec::MlDsa44, "5ecf122c1e0e02eb"),
            (KeySpec::MlDsa65, "f949b0fb74524d72"),
            (KeySpec::MlDsa87, "8e4aaf1e5523d761"),
            (KeySpec::MlKem512, "067592bb2e780bb3"),
            (KeySpec::MlKem768, "e980aad11351445a"),
            (KeySpec::MlKem1024, "6623911b0183c308"),
        ] {
            assert_eq!(identify(spec, "a text"), expected, "{}", spec.as_str());
        }
    }

    #[test]
    fn text_and_spec_determine_the_key() {
        let keys = ["a", "b", "", "a\0"].map(|text| identify(KeySpec::Hmac256, text));
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key));
        }
        assert_ne!(
            identify(KeySpec::Hmac256, "a"),
            identify(KeySpec::SymmetricDefault, "a")
        );
    }

    #[test]
    fn derived_rsa_key_signs_and_verifies() {
        let key = KeyMaterial::derive(KeySpec::Rsa2048, "a text").unwrap();
        let algorithm = SigningAlgorithm::RsassaPssSha256;
        for random in [Random::System, Random::seeded("a")] {
            let signature = key.sign(algorithm, Message::Raw(b"m"), &random).unwrap();
            assert!(
                key.verify(algorithm, Message::Raw(b"m"), &signature)
                    .unwrap()
            );
        }
    }
}
