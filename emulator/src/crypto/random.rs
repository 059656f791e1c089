//! Randomness, in one place: the system's generator, and nothing in between, so that a fork or a
//! snapshot of the machine repeats nothing.

use getrandom::SysRng;
use rand_core::TryRng;

use super::CryptoError;

/// The generator for the libraries that ask for one.
pub(super) fn generator() -> SysRng {
    SysRng
}

/// Random bytes.
///
/// # Errors
///
/// If the system has no randomness.
pub(crate) fn bytes(length: usize) -> Result<Vec<u8>, CryptoError> {
    let mut bytes = vec![0; length];
    fill(&mut bytes)?;
    Ok(bytes)
}

/// Fills a buffer with random bytes.
///
/// # Errors
///
/// If the system has no randomness.
pub(crate) fn fill(buffer: &mut [u8]) -> Result<(), CryptoError> {
    SysRng
        .try_fill_bytes(buffer)
        .map_err(|_| CryptoError::Failed("read the system's randomness"))
}
