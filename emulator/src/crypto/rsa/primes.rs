//! RSA keys that depend only on given random bytes.
//!
//! The search for a prime p of n bits starts at a number of n/8 random bytes, big endian, with the
//! two highest bits and the lowest bit set. The result is the smallest prime from that number on for
//! which p - 1 is not a multiple of 65537. If no such prime has n bits, the search starts again with
//! new bytes. A key has two different primes, the greater one first. This definition does not depend
//! on a library.

use std::num::NonZero;

use ::rsa::pkcs8::EncodePrivateKey as _;
use ::rsa::{BoxedUint, PrivateKey};
use crypto_primes::hazmat::SmallFactorsSieve;
use crypto_primes::{Flavor, is_prime};
use zeroize::Zeroizing;

use crate::crypto::{CryptoError, SecretBytes};

/// Fills a buffer with random bytes.
pub(super) type RandomSource<'r> = dyn FnMut(&mut [u8]) -> Result<(), CryptoError> + 'r;

const EXPONENT: u32 = 65537;

/// Generates a key with a modulus of this length, as PKCS#8.
pub(super) fn generate(
    bits: u32,
    random: &mut RandomSource<'_>,
) -> Result<SecretBytes, CryptoError> {
    const FAILED: CryptoError = CryptoError::Failed("generate an RSA key");
    let first = prime(bits / 2, random)?;
    let second = loop {
        let second = prime(bits / 2, random)?;
        if second != first {
            break second;
        }
    };
    let (p, q) = if first > second {
        (first, second)
    } else {
        (second, first)
    };
    let key = PrivateKey::from_p_q(p, q, BoxedUint::from(EXPONENT)).map_err(|_| FAILED)?;
    let der = key.to_pkcs8_der().map_err(|_| FAILED)?;
    Ok(SecretBytes::new(der.as_bytes().to_vec()))
}

fn prime(bits: u32, random: &mut RandomSource<'_>) -> Result<BoxedUint, CryptoError> {
    const FAILED: CryptoError = CryptoError::Failed("find a prime");
    let mut bytes = Zeroizing::new(vec![0; bits as usize / 8]);
    let length = NonZero::new(bits).ok_or(FAILED)?;
    let exponent = BoxedUint::from(EXPONENT)
        .to_nz()
        .into_option()
        .ok_or(FAILED)?;
    loop {
        random(&mut bytes)?;
        if let Some(first) = bytes.first_mut() {
            *first |= 0xc0;
        }
        if let Some(last) = bytes.last_mut() {
            *last |= 1;
        }
        let start = BoxedUint::from_be_slice(&bytes, bits).map_err(|_| FAILED)?;
        let sieve = SmallFactorsSieve::new(start, length, false).map_err(|_| FAILED)?;
        let mut primes = sieve.filter(|candidate| {
            // 65537 is prime, so it is coprime to p - 1 unless p - 1 is a multiple of it.
            candidate.rem_vartime(&exponent) != BoxedUint::one() && is_prime(Flavor::Any, candidate)
        });
        if let Some(prime) = primes.next() {
            return Ok(prime);
        }
    }
}
