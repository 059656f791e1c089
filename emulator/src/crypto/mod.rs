//! Cryptography: the only user of the libraries that do it.
//!
//! Operations see [`KeyMaterial`] alone, so that a library can be changed for another under it.
//! One library does each algorithm, and the file of the algorithm says why; the tests ask a second
//! one where there is one.
//!
//! | what | library |
//! | --- | --- |
//! | AES-256-GCM, RSA, Ed25519, ML-DSA, ML-KEM; Sign, Verify and ECDH on the NIST curves | `aws-lc-rs` |
//! | making, holding and encoding P-256 keys | `p256` |
//! | secp256k1 | `k256` |
//! | HMAC | `hmac`, `sha2` |
//! | Ed25519ph | `ed25519-dalek` |
//! | ML-DSA with `EXTERNAL_MU` | `ml-dsa` |
//! | what is to be reproducible, and aws-lc draws from the system | `rsa`, `p256`, `p384`, `p521`, `ml-dsa`, `ml-kem` |
//! | SM2 | `sm2` |
//! | for import: AES key wrap with padding | `aws-lc-rs` |
//! | for import: PKCS#8 | `pkcs8`, `sec1` |
//! | for an attestation document: ECDSA on P-384, RSA-OAEP, AES-256-CBC | `aws-lc-rs` |
//!
//! `aws-lc-rs` is the fastest by far for what most keys do, its C is optimised even in a test
//! build, and users of the AWS SDK for Rust build it anyway.

pub(crate) mod der;
mod derived;
mod ec;
mod ed25519;
pub(crate) mod enveloped;
mod error;
pub(crate) mod es384;
mod foretold;
mod hmac;
mod imported;
mod material;
mod ml_dsa;
mod ml_kem;
mod pkcs8;
mod random;
mod rsa;
mod rsa_primes;
mod secp256k1;
mod secret;
mod sm2;
mod spares;
pub(crate) mod symmetric;
mod wrapping;

pub(crate) use error::CryptoError;
pub(crate) use material::KeyMaterial;
pub(crate) use random::{Random, Saved};
pub(crate) use secret::SecretBytes;
pub(crate) use spares::Spares;

/// What is to be signed, or was.
#[derive(Clone, Copy)]
pub(crate) enum Message<'m> {
    /// The message itself; hashing it is part of the algorithm.
    Raw(&'m [u8]),
    /// Its digest, of the length that the algorithm asks for.
    Digest(&'m [u8]),
    /// Its representative in ML-DSA, 64 bytes.
    ExternalMu(&'m [u8]),
}

#[cfg(test)]
mod test;
#[cfg(test)]
mod vectors;
