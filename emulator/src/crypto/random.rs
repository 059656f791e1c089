//! Randomness, in one place.
//!
//! A KMS draws from the system's generator, with nothing in between, so that a fork or a snapshot
//! of the machine repeats nothing; or, for a test that is to be reproducible, from a generator
//! that a text started. `aws-lc-rs` takes no generator from outside, so with such a one the
//! libraries of `RustCrypto` do what it does otherwise: they are slower, and verify alike.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chacha20::ChaCha20Rng;
use getrandom::SysRng;
use rand_core::{Rng as _, SeedableRng as _, TryCryptoRng, TryRng};
use sha2::{Digest as _, Sha256};

use super::{CryptoError, SecretBytes};

/// Where a KMS's random bytes come from.
pub(crate) enum Random {
    /// The system.
    System,
    /// A generator that a text started.
    Seeded(Box<Mutex<ChaCha20Rng>>),
}

impl Random {
    /// A generator that gives the same for the same text.
    pub(crate) fn seeded(text: &str) -> Self {
        let seed = Sha256::new()
            .chain_update(b"Simulated KMS randomness 1\0")
            .chain_update(text)
            .finalize();
        Self::Seeded(Box::new(Mutex::new(ChaCha20Rng::from_seed(seed.into()))))
    }

    /// Whether it can be foretold.
    pub(crate) const fn is_seeded(&self) -> bool {
        matches!(self, Self::Seeded(_))
    }

    /// How far it was drawn from, to come back to; nothing for the system's.
    pub(crate) fn save(&self) -> Option<Saved> {
        match self {
            Self::System => None,
            Self::Seeded(generator) => Some(Saved(lock(generator).get_word_pos())),
        }
    }

    /// Comes back to what was saved.
    pub(crate) fn restore(&self, saved: Option<&Saved>) {
        if let (Self::Seeded(generator), Some(saved)) = (self, saved) {
            lock(generator).set_word_pos(saved.0);
        }
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

    /// Fills a buffer with random bytes.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub(crate) fn fill(&self, buffer: &mut [u8]) -> Result<(), CryptoError> {
        let mut generator = self;
        generator
            .try_fill_bytes(buffer)
            .map_err(|_| CryptoError::Failed("read the system's randomness"))
    }
}

/// How many words were drawn from a generator.
#[derive(Clone, Copy)]
pub(crate) struct Saved(u128);

/// A holder that panicked left the generator whole, if further on.
fn lock(generator: &Mutex<ChaCha20Rng>) -> MutexGuard<'_, ChaCha20Rng> {
    generator.lock().unwrap_or_else(PoisonError::into_inner)
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
                lock(generator).fill_bytes(buffer);
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
        let first = Random::seeded("1").bytes(40).unwrap();
        assert_eq!(Random::seeded("1").bytes(40).unwrap(), first);
        assert_ne!(Random::seeded("2").bytes(40).unwrap(), first);
        assert_ne!(Random::System.bytes(40).unwrap(), first);
        let random = Random::seeded("1");
        let saved = random.save();
        let drawn = random.array::<16>().unwrap();
        assert_ne!(random.array::<16>().unwrap(), drawn);
        random.restore(saved.as_ref());
        assert_eq!(random.array::<16>().unwrap(), drawn);
    }
}
