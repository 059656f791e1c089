//! RSA keys from given bytes, so that the same bytes make the same key.
//!
//! A prime of n bits comes from n/8 bytes, big endian, with the two highest bits and the lowest one
//! set: it is the least prime from there on for which p - 1 is no multiple of 65537. Should there
//! be none of n bits, other bytes are drawn. p is drawn first, then q, again as long as it is p;
//! the greater one is called p. That is mathematics, and so no matter which library does it.

use std::num::NonZero;

use ::rsa::pkcs8::EncodePrivateKey as _;
use ::rsa::{BoxedUint, PrivateKey};
use crypto_primes::hazmat::SmallFactorsSieve;
use crypto_primes::{Flavor, is_prime};
use zeroize::Zeroizing;

use super::{CryptoError, SecretBytes};

/// Where the bytes come from.
pub(super) type Draw<'d> = dyn FnMut(&mut [u8]) -> Result<(), CryptoError> + 'd;

const EXPONENT: u32 = 65537;

/// The key as PKCS#8.
pub(super) fn pkcs8(bits: u32, draw: &mut Draw<'_>) -> Result<SecretBytes, CryptoError> {
    const FAILED: CryptoError = CryptoError::Failed("make an RSA key");
    let one = prime(bits / 2, draw)?;
    let other = loop {
        let other = prime(bits / 2, draw)?;
        if other != one {
            break other;
        }
    };
    let (p, q) = if one > other {
        (one, other)
    } else {
        (other, one)
    };
    let key = PrivateKey::from_p_q(p, q, BoxedUint::from(EXPONENT)).map_err(|_| FAILED)?;
    let der = key.to_pkcs8_der().map_err(|_| FAILED)?;
    Ok(SecretBytes::new(der.as_bytes().to_vec()))
}

fn prime(bits: u32, draw: &mut Draw<'_>) -> Result<BoxedUint, CryptoError> {
    const FAILED: CryptoError = CryptoError::Failed("find a prime");
    let mut bytes = Zeroizing::new(vec![0; bits as usize / 8]);
    let length = NonZero::new(bits).ok_or(FAILED)?;
    let exponent = BoxedUint::from(EXPONENT)
        .to_nz()
        .into_option()
        .ok_or(FAILED)?;
    loop {
        draw(&mut bytes)?;
        if let Some(first) = bytes.first_mut() {
            *first |= 0xc0;
        }
        if let Some(last) = bytes.last_mut() {
            *last |= 1;
        }
        let start = BoxedUint::from_be_slice(&bytes, bits).map_err(|_| FAILED)?;
        let sieve = SmallFactorsSieve::new(start, length, false).map_err(|_| FAILED)?;
        let mut primes = sieve.filter(|candidate| {
            // 65537 is prime itself, so it has a common divisor with p - 1 or divides it.
            candidate.rem_vartime(&exponent) != BoxedUint::one() && is_prime(Flavor::Any, candidate)
        });
        if let Some(prime) = primes.next() {
            return Ok(prime);
        }
    }
}
