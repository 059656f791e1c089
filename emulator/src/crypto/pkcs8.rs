//! Private keys of data key pairs, as KMS returns them.
//!
//! A recorded P-256 private key has 150 bytes: PKCS#8 with the curve named twice, in the outer
//! `AlgorithmIdentifier` and again in the inner `ECPrivateKey` (RFC 5915), followed by the public
//! key. No library used here names it twice.

use super::{SecretBytes, der};

/// A curve that has a name.
#[derive(Clone, Copy)]
pub(super) enum Named {
    P256,
    P384,
    P521,
    Secp256k1,
    Sm2,
}

/// `id-ecPublicKey`, 1.2.840.10045.2.1.
const EC_PUBLIC_KEY: &[u8] = &[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];

impl Named {
    /// The object identifier, with its tag and length.
    const fn identifier(self) -> &'static [u8] {
        match self {
            Self::P256 => &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7],
            Self::P384 => &[6, 5, 0x2b, 0x81, 4, 0, 34],
            Self::P521 => &[6, 5, 0x2b, 0x81, 4, 0, 35],
            Self::Secp256k1 => &[6, 5, 0x2b, 0x81, 4, 0, 10],
            Self::Sm2 => &[6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x82, 0x2d],
        }
    }
}

/// Whether bytes are a `SubjectPublicKeyInfo`, and no byte more, that gives its curve by this name.
/// `aws-lc-rs` would take one that spells out its parameters too, and not look at all of them, and
/// pass over what follows.
pub(super) fn is_public_key_on(curve: Named, der: &[u8]) -> bool {
    let algorithm = der::value(der::SEQUENCE, &[EC_PUBLIC_KEY, curve.identifier()]);
    let ([der::SEQUENCE, length @ 0..=0x7f, key @ ..] | [der::SEQUENCE, 0x81, length, key @ ..]) =
        der
    else {
        return false;
    };
    usize::from(*length) == key.len() && key.starts_with(&algorithm)
}

/// A private key on a curve: its scalar and its point, uncompressed.
pub(super) fn elliptic_curve(curve: Named, scalar: &[u8], point: &[u8]) -> SecretBytes {
    let curve = curve.identifier();
    let algorithm = der::value(der::SEQUENCE, &[EC_PUBLIC_KEY, curve]);
    let key = der::value(
        der::SEQUENCE,
        &[
            &[der::INTEGER, 1, 1],
            &der::value(der::OCTET_STRING, &[scalar]),
            &der::value(der::EXPLICIT_0, &[curve]),
            &der::value(
                der::EXPLICIT_1,
                &[&der::value(der::BIT_STRING, &[&[0], point])],
            ),
        ],
    );
    let key = der::value(der::OCTET_STRING, &[&key]);
    let pkcs8 = der::value(der::SEQUENCE, &[&[der::INTEGER, 1, 0], &algorithm, &key]);
    SecretBytes::new(pkcs8.to_vec())
}
