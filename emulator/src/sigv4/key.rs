//! What is signed of a request, and the signature with HMAC.

use sha2::{Digest as _, Sha256};

use super::algorithm::Algorithm;
use super::scope::Scope;
use crate::crypto::hmac_sha256;
use crate::hex;

/// What is signed of a request.
pub(super) fn string_to_sign(
    algorithm: Algorithm,
    date: &str,
    scope: &str,
    canonical: &str,
) -> String {
    let hash = hash(canonical);
    format!("{}\n{date}\n{scope}\n{hash}", algorithm.name())
}

/// The hash of a canonical request.
pub(super) fn hash(canonical: &str) -> String {
    hex::encode(&Sha256::digest(canonical))
}

/// The signature with HMAC.
pub(super) fn sign(secret: &str, scope: &Scope<'_>, to_sign: &str) -> String {
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in [scope.day, scope.region, scope.service, scope.terminator] {
        key = hmac_sha256(&key, &[part.as_bytes()]).to_vec();
    }
    hex::encode(&hmac_sha256(&key, &[to_sign.as_bytes()]))
}
