//! `SigV4a`: signatures with a P-256 key that is derived from the secret. They are valid in several
//! Regions.

use super::algorithm::Algorithm;
use crate::api::{KeySpec, Region, SigningAlgorithm};
#[cfg(test)]
use crate::crypto::Random;
use crate::crypto::{KeyMaterial, Message, hmac_sha256};
use crate::error::SignatureError;
use crate::hex;

/// The order of P-256 minus 2, the largest candidate for a key.
const LARGEST_CANDIDATE: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x4f,
];

/// Checks that a signature is for a Region. Its set has names, with `*` for any text.
pub(super) fn check_region(set: Option<&str>, region: &Region) -> Result<(), SignatureError> {
    let matches = |pattern: &str| match pattern.trim().split_once('*') {
        None => pattern.trim() == region.as_str(),
        Some((start, end)) => {
            let rest = region.as_str().strip_prefix(start);
            rest.is_some_and(|rest| rest.ends_with(end))
        }
    };
    let is_for_region = set.is_some_and(|set| set.split(',').any(matches));
    is_for_region
        .then_some(())
        .ok_or_else(|| SignatureError::wrong_region_set(region.as_str(), set))
}

/// Whether a signature, DER in hexadecimal, is that of an access key.
pub(super) fn verify(access_key_id: &str, secret: &str, to_sign: &str, signature: &str) -> bool {
    let Some((key, signature)) = key(access_key_id, secret).zip(hex::decode(signature)) else {
        return false;
    };
    let message = Message::Raw(to_sign.as_bytes());
    key.verify(SigningAlgorithm::EcdsaSha256, message, &signature)
        .unwrap_or(false)
}

/// The signature of an access key, DER in hexadecimal.
#[cfg(test)]
pub(super) fn sign(access_key_id: &str, secret: &str, to_sign: &str) -> String {
    let message = Message::Raw(to_sign.as_bytes());
    let key = key(access_key_id, secret).unwrap();
    let signature = key.sign(SigningAlgorithm::EcdsaSha256, message, &Random::System);
    hex::encode(&signature.unwrap())
}

/// The key of an access key: the counter mode of NIST SP 800-108 with HMAC-SHA-256.
fn key(access_key_id: &str, secret: &str) -> Option<KeyMaterial> {
    let secret = format!("AWS4A{secret}");
    let candidates = (1..=254_u8).map(|counter| {
        let parts: [&[u8]; 6] = [
            &1_u32.to_be_bytes(),
            Algorithm::Ecdsa.name().as_bytes(),
            &[0],
            access_key_id.as_bytes(),
            &[counter],
            &256_u32.to_be_bytes(),
        ];
        hmac_sha256(secret.as_bytes(), &parts)
    });
    // Almost always the first.
    let mut scalar = candidates
        .into_iter()
        .find(|candidate| *candidate <= LARGEST_CANDIDATE)?;
    // Plus one.
    for byte in scalar.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
    KeyMaterial::decode(KeySpec::EccNistP256, &scalar).ok()
}
