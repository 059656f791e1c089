//! Cryptography. Only this module and its tests use cryptographic libraries.
//!
//! Operations use [`KeyMaterial`] instead of a library, so libraries can be replaced. Each algorithm
//! has one library, for the reason in its file. The tests check it against a second library where
//! one exists.
//!
//! | algorithm | library |
//! | --- | --- |
//! | AES-256-GCM, RSA, Ed25519, ML-DSA, ML-KEM; signatures and ECDH on the NIST curves | `aws-lc-rs` |
//! | generation and encoding of P-256 keys | `p256` |
//! | secp256k1 | `k256` |
//! | HMAC | `hmac`, `sha2` |
//! | hashes of requests | `aws-lc-rs` |
//! | Ed25519ph | `ed25519-dalek` |
//! | ML-DSA with `EXTERNAL_MU` | `ml-dsa` |
//! | reproducible operations, for which `aws-lc-rs` accepts no generator | `rsa`, `p256`, `p384`, `p521`, `ml-dsa`, `ml-kem` |
//! | SM2 | `sm2` |
//! | import: AES key wrap with padding | `aws-lc-rs` |
//! | import: PKCS#8 | `pkcs8`, `sec1` |
//! | attestation documents: ECDSA on P-384, RSA-OAEP, AES-256-CBC | `aws-lc-rs` |
//!
//! `aws-lc-rs` is the fastest for most keys, its C code is optimized even in a test build, and
//! users of the AWS SDK for Rust build it anyway.

mod algorithm;
mod ber;
pub(crate) mod der;
mod derivation;
mod ec;
mod ed25519;
pub(crate) mod enveloped;
mod error;
pub(crate) mod es384;
mod hash;
mod hmac;
mod import;
mod material;
mod ml_dsa;
mod ml_kem;
mod pkcs8;
mod private_key;
mod random;
mod rsa;
mod rsa_key_pool;
mod secp256k1;
mod secret;
mod sm2;
pub(crate) mod symmetric;
mod wrapping;

pub(crate) use error::CryptoError;
pub(crate) use hash::sha256;
pub(crate) use hmac::{HmacSha256, hmac_sha256, is_equal};
pub(crate) use material::KeyMaterial;
pub(crate) use random::{Random, RngPosition};
pub(crate) use rsa_key_pool::RsaKeyPool;
pub(crate) use secret::SecretBytes;

/// A message to sign or to verify.
#[derive(Clone, Copy)]
pub(crate) enum Message<'m> {
    /// The message itself. The algorithm hashes it.
    Raw(&'m [u8]),
    /// The digest of the message, of the length that the algorithm requires.
    Digest(&'m [u8]),
    /// The message representative of ML-DSA, 64 bytes.
    ExternalMu(&'m [u8]),
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
