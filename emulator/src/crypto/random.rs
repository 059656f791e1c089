//! Randomness, in one place.
//!
//! A KMS draws from the system's generator, with nothing in between, so that a fork or a snapshot
//! of the machine repeats nothing; or, for a test that is to be reproducible, from a generator
//! that a seed started. `aws-lc-rs` takes no generator from outside, so what it alone makes stays
//! the system's: RSA and ML-KEM keys, and the nonces of ECDSA on the NIST curves, of RSA-PSS, of
//! OAEP and of ML-DSA.

use std::sync::{Mutex, PoisonError};

use chacha20::ChaCha20Rng;
use getrandom::SysRng;
use rand_core::{Rng as _, SeedableRng as _, TryCryptoRng, TryRng};

use super::{CryptoError, SecretBytes};

/// Where a KMS's random bytes come from.
pub(crate) enum Random {
    /// The system.
    System,
    /// A seed, and how much was drawn before.
    Seeded(Box<Mutex<ChaCha20Rng>>),
}

impl Random {
    /// A generator that gives the same for the same seed.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self::Seeded(Box::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed))))
    }

    /// Random bytes.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub(crate) fn bytes(&self, length: usize) -> Result<Vec<u8>, CryptoError> {
        let mut bytes = vec![0; length];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// As many random bytes as an array holds.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub(crate) fn array<const N: usize>(&self) -> Result<[u8; N], CryptoError> {
        let mut array = [0; N];
        self.fill(&mut array)?;
        Ok(array)
    }

    /// Random bytes, to be a key.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub(crate) fn secret(&self, length: usize) -> Result<SecretBytes, CryptoError> {
        self.bytes(length).map(SecretBytes::new)
    }

    fn fill(&self, buffer: &mut [u8]) -> Result<(), CryptoError> {
        let mut generator = self;
        generator
            .try_fill_bytes(buffer)
            .map_err(|_| CryptoError::Failed("read the system's randomness"))
    }
}

/// For the libraries that ask for a generator.
impl TryRng for &Random {
    type Error = <SysRng as TryRng>::Error;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), Self::Error> {
        match self {
            Random::System => SysRng.try_fill_bytes(buffer),
            Random::Seeded(generator) => {
                // A holder that panicked left the generator whole, if further on.
                let mut generator = generator.lock().unwrap_or_else(PoisonError::into_inner);
                generator.fill_bytes(buffer);
                Ok(())
            }
        }
    }
}

impl TryCryptoRng for &Random {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_again_and_another_seed_something_else() {
        let first = Random::seeded(1).bytes(40).unwrap();
        assert_eq!(Random::seeded(1).bytes(40).unwrap(), first);
        assert_ne!(Random::seeded(2).bytes(40).unwrap(), first);
        assert_ne!(Random::System.bytes(40).unwrap(), first);
        let random = Random::seeded(1);
        assert_ne!(random.array::<16>().unwrap(), random.array::<16>().unwrap());
    }
}
