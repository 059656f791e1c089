//! Key material from a text: the same on every machine, and in every version to come.
//!
//! So the way from the text to the key is written down here, and rests on no library's way of
//! drawing. A stream of bytes comes first: for n = 0, 1, …
//!
//! ```text
//! block(n) = SHA-256("Simulated KMS key material 1" 0x00 spec 0x00 text 0x00 n)
//! ```
//!
//! with the name of the spec as KMS writes it, the text in UTF-8, and n in eight bytes, big endian.
//! Then the material is
//!
//! | spec | what |
//! | --- | --- |
//! | `SYMMETRIC_DEFAULT`, Ed25519, ML-DSA | 32 bytes of the stream; for the latter two, they are the seed |
//! | HMAC | as many bytes as the hash has |
//! | elliptic curves, SM2 | as many bytes as the order has, big endian, surplus high bits cleared; taken again from the stream until they are a scalar from 1 to below the order |
//! | ML-KEM | 64 bytes: `d` and `z` of FIPS 203 |
//! | RSA | the primes p and q of [`rsa_primes`](super::rsa_primes), e = 65537 |
//!
//! It protects nothing: whoever knows the text has the key.

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{CryptoError, KeyMaterial, ml_kem, rsa};
use crate::api::KeySpec;

/// Bytes without an end.
struct Stream {
    start: Sha256,
    block: u64,
    rest: Vec<u8>,
}

impl Stream {
    fn new(spec: KeySpec, text: &str) -> Self {
        let start = Sha256::new()
            .chain_update(b"Simulated KMS key material 1\0")
            .chain_update(spec.as_str())
            .chain_update([0])
            .chain_update(text)
            .chain_update([0]);
        Self {
            start,
            block: 0,
            rest: Vec::new(),
        }
    }

    fn take(&mut self, length: usize) -> Zeroizing<Vec<u8>> {
        while self.rest.len() < length {
            let block = self.start.clone().chain_update(self.block.to_be_bytes());
            self.rest.extend(block.finalize());
            self.block += 1;
        }
        Zeroizing::new(self.rest.drain(..length).collect())
    }
}

impl KeyMaterial {
    /// The material of a spec that belongs to a text.
    ///
    /// # Errors
    ///
    /// If a library fails.
    pub(crate) fn derive(spec: KeySpec, text: &str) -> Result<Self, CryptoError> {
        let mut stream = Stream::new(spec, text);
        if let Some(size) = rsa::Size::of(spec) {
            let mut draw = |bytes: &mut [u8]| {
                bytes.copy_from_slice(&stream.take(bytes.len()));
                Ok(())
            };
            return rsa::RsaKey::from_draws(size, &mut draw).map(Self::Rsa);
        }
        if let Some(set) = ml_kem::ParameterSet::of(spec) {
            return ml_kem::MlKem::from_seed(set, &stream.take(64)).map(Self::MlKem);
        }
        let (length, first_byte) = match spec {
            KeySpec::Hmac224 => (28, 0xff),
            KeySpec::EccNistP384 | KeySpec::Hmac384 => (48, 0xff),
            KeySpec::Hmac512 => (64, 0xff),
            KeySpec::EccNistP521 => (66, 1),
            _ => (32, 0xff),
        };
        // One in 2^32 is no scalar at the worst, so this ends.
        loop {
            let mut secret = stream.take(length);
            if let Some(first) = secret.first_mut() {
                *first &= first_byte;
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
    use crate::hex::hex;

    /// What tells a key: its public key, or its secret if it has none.
    fn name(spec: KeySpec, text: &str) -> String {
        let material = KeyMaterial::derive(spec, text).unwrap();
        let public = material.public_key().unwrap();
        let told = public.unwrap_or_else(|| material.encode().unwrap().expose().to_vec());
        hex(&Sha256::digest(told))[..16].to_owned()
    }

    /// These never change: seed files, and what was encrypted and signed with them, rest on them.
    #[test]
    fn a_text_gives_the_same_key_for_ever() {
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
            assert_eq!(name(spec, "a text"), expected, "{}", spec.as_str());
        }
    }

    #[test]
    fn another_text_or_spec_gives_another_key() {
        let names = ["a", "b", "", "a\0"].map(|text| name(KeySpec::Hmac256, text));
        for (index, one) in names.iter().enumerate() {
            assert!(!names[..index].contains(one));
        }
        assert_ne!(
            name(KeySpec::Hmac256, "a"),
            name(KeySpec::SymmetricDefault, "a")
        );
    }

    #[test]
    fn a_derived_rsa_key_signs_and_verifies() {
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
