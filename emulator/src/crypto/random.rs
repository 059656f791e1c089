//! The random generator of a KMS.
//!
//! By default, it is the system's generator without a buffer, so a fork or a snapshot of the machine
//! never repeats a value. `aws-lc-rs` uses its own generator, for RSA keys, keys on NIST curves, and the
//! nonces of signatures. It accepts no other. So a deterministic KMS, whose generator is seeded with a
//! text, uses the slower `RustCrypto` libraries for operations that need randomness.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chacha20::ChaCha20Rng;
use getrandom::SysRng;
use rand_core::{Rng as _, SeedableRng as _, TryCryptoRng, TryRng};
use sha2::{Digest as _, Sha256};

use super::{CryptoError, SecretBytes};

/// The source of random bytes.
pub(crate) enum Random {
    /// The system's generator.
    System,
    /// A generator seeded with a text.
    Seeded(Box<Mutex<ChaCha20Rng>>),
}

impl Random {
    /// A generator that returns the same bytes for the same text.
    pub(crate) fn seeded(text: &str) -> Self {
        let seed = Sha256::new()
            .chain_update(b"Simulated KMS randomness 1\0")
            .chain_update(text)
            .finalize();
        Self::Seeded(Box::new(Mutex::new(ChaCha20Rng::from_seed(seed.into()))))
    }

    /// Whether the output is reproducible.
    pub(crate) const fn is_seeded(&self) -> bool {
        matches!(self, Self::Seeded(_))
    }

    /// The current position, for [`Self::restore`]; `None` for the system's generator.
    pub(crate) fn position(&self) -> Option<RngPosition> {
        match self {
            Self::System => None,
            Self::Seeded(generator) => Some(RngPosition(lock(generator).get_word_pos())),
        }
    }

    /// Returns to an earlier position.
    pub(crate) fn restore(&self, position: Option<&RngPosition>) {
        if let (Self::Seeded(generator), Some(position)) = (self, position) {
            lock(generator).set_word_pos(position.0);
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

    /// An array of random bytes.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub(crate) fn array<const N: usize>(&self) -> Result<[u8; N], CryptoError> {
        let mut array = [0; N];
        self.fill(&mut array)?;
        Ok(array)
    }

    /// Secret random bytes.
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

/// The position of a seeded generator, in words.
#[derive(Clone, Copy)]
pub(crate) struct RngPosition(u128);

/// A panic cannot leave the generator in an invalid state.
fn lock(generator: &Mutex<ChaCha20Rng>) -> MutexGuard<'_, ChaCha20Rng> {
    generator.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the generator usable by libraries.
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
    fn seed_and_position_determine_the_output() {
        let first = Random::seeded("1").bytes(40).unwrap();
        assert_eq!(Random::seeded("1").bytes(40).unwrap(), first);
        assert_ne!(Random::seeded("2").bytes(40).unwrap(), first);
        assert_ne!(Random::System.bytes(40).unwrap(), first);
        let random = Random::seeded("1");
        let position = random.position();
        let drawn = random.array::<16>().unwrap();
        assert_ne!(random.array::<16>().unwrap(), drawn);
        random.restore(position.as_ref());
        assert_eq!(random.array::<16>().unwrap(), drawn);
    }
}
