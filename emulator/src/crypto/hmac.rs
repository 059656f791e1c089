//! HMAC, with `hmac` and `sha2`, which are twice as fast as `aws-lc-rs` for a key that is used once.

use ::hmac::digest::KeyInit;
use ::hmac::{Hmac, Mac};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::{CryptoError, Random, SecretBytes};
use crate::api::KeySpec;

/// The HMAC-SHA-256 of a message in parts, with a key of any length.
#[expect(clippy::expect_used, reason = "HMAC accepts keys of any length")]
pub(crate) fn hmac_sha256(key: &[u8], message: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("a key of any length");
    for part in message {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// A key for HMAC-SHA-256 that is used often. Prepared keys are faster with `aws-lc-rs`.
pub(crate) struct HmacSha256(hmac::Key);

impl HmacSha256 {
    /// Takes a key of any length.
    pub(crate) fn new(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The MAC of a message.
    pub(crate) fn mac(&self, message: &[u8]) -> impl AsRef<[u8]> {
        hmac::sign(&self.0, message)
    }
}

/// Whether two secrets are equal, compared in constant time.
pub(crate) fn is_equal(one: &[u8], other: &[u8]) -> bool {
    verify_slices_are_equal(one, other).is_ok()
}

/// An HMAC key.
pub(crate) struct HmacKey {
    hash: Hash,
    secret: SecretBytes,
}

/// The hash function of a key spec.
#[derive(Clone, Copy)]
pub(super) enum Hash {
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// The length in bytes of the output and of a key.
    pub(super) const fn length(self) -> usize {
        match self {
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    const fn spec(self) -> KeySpec {
        match self {
            Self::Sha224 => KeySpec::Hmac224,
            Self::Sha256 => KeySpec::Hmac256,
            Self::Sha384 => KeySpec::Hmac384,
            Self::Sha512 => KeySpec::Hmac512,
        }
    }
}

impl HmacKey {
    pub(super) fn generate(hash: Hash, random: &Random) -> Result<Self, CryptoError> {
        Ok(Self {
            hash,
            secret: random.secret(hash.length())?,
        })
    }

    pub(super) fn decode(hash: Hash, secret: &[u8]) -> Result<Self, CryptoError> {
        if secret.len() != hash.length() {
            return Err(CryptoError::InvalidMaterial(hash.spec()));
        }
        Ok(Self {
            hash,
            secret: SecretBytes::new(secret.to_vec()),
        })
    }

    pub(super) fn encode(&self) -> SecretBytes {
        self.secret.clone()
    }

    pub(crate) fn mac(&self, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        match self.hash {
            Hash::Sha224 => self.keyed::<Hmac<Sha224>>(message).map(finalize),
            Hash::Sha256 => self.keyed::<Hmac<Sha256>>(message).map(finalize),
            Hash::Sha384 => self.keyed::<Hmac<Sha384>>(message).map(finalize),
            Hash::Sha512 => self.keyed::<Hmac<Sha512>>(message).map(finalize),
        }
    }

    /// Whether a MAC is valid for a message, compared in constant time.
    pub(crate) fn verify(&self, message: &[u8], mac: &[u8]) -> Result<bool, CryptoError> {
        match self.hash {
            Hash::Sha224 => self
                .keyed::<Hmac<Sha224>>(message)
                .map(|computed| verify(computed, mac)),
            Hash::Sha256 => self
                .keyed::<Hmac<Sha256>>(message)
                .map(|computed| verify(computed, mac)),
            Hash::Sha384 => self
                .keyed::<Hmac<Sha384>>(message)
                .map(|computed| verify(computed, mac)),
            Hash::Sha512 => self
                .keyed::<Hmac<Sha512>>(message)
                .map(|computed| verify(computed, mac)),
        }
    }

    /// A key of any length, for test vectors.
    #[cfg(test)]
    pub(super) fn with_any_length(hash: Hash, secret: &[u8]) -> Self {
        Self {
            hash,
            secret: SecretBytes::new(secret.to_vec()),
        }
    }

    fn keyed<M: Mac + KeyInit>(&self, message: &[u8]) -> Result<M, CryptoError> {
        let mac = <M as KeyInit>::new_from_slice(self.secret.expose())
            .map_err(|_| CryptoError::Failed("create an HMAC"))?;
        Ok(mac.chain_update(message))
    }
}

fn finalize(mac: impl Mac) -> Vec<u8> {
    mac.finalize().into_bytes().to_vec()
}

fn verify(computed: impl Mac, mac: &[u8]) -> bool {
    computed.verify_slice(mac).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::tests::hex;
    use super::*;

    const HASHES: [Hash; 4] = [Hash::Sha224, Hash::Sha256, Hash::Sha384, Hash::Sha512];

    /// RFC 4231, test case 2. Its key is too short for `decode`.
    #[test]
    fn rfc_4231_test_case_2() {
        let expected = [
            "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e\
             8e2240ca5e69e2c78b3239ecfab21649",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
             9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ];
        for (hash, expected) in HASHES.into_iter().zip(expected) {
            let key = HmacKey {
                hash,
                secret: SecretBytes::new(b"Jefe".to_vec()),
            };
            assert_eq!(
                key.mac(b"what do ya want for nothing?").unwrap(),
                hex(expected)
            );
        }
    }

    #[test]
    fn agrees_with_aws_lc() {
        use aws_lc_rs::hmac::{self, HMAC_SHA224, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512};
        let theirs = [HMAC_SHA224, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512];
        for (hash, theirs) in HASHES.into_iter().zip(theirs) {
            let key = HmacKey::generate(hash, &Random::System).unwrap();
            let theirs = hmac::Key::new(theirs, key.encode().expose());
            let expected = hmac::sign(&theirs, b"message");
            assert_eq!(key.mac(b"message").unwrap(), expected.as_ref());
        }
    }

    #[test]
    fn verifies_only_the_full_mac() {
        for hash in HASHES {
            let key = HmacKey::generate(hash, &Random::System).unwrap();
            let mac = key.mac(b"message").unwrap();
            assert!(key.verify(b"message", &mac).unwrap());
            assert!(!key.verify(b"messagE", &mac).unwrap());
            assert!(!key.verify(b"message", &mac[1..]).unwrap());
            assert!(!key.verify(b"message", &mac[..mac.len() - 1]).unwrap());
            assert!(!key.verify(b"message", &[]).unwrap());
            assert!(HmacKey::decode(hash, &mac[1..]).is_err());
        }
    }
}
